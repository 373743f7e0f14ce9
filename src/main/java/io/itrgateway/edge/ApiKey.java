package io.itrgateway.edge;

import io.itrgateway.secret.Secret;
import io.quarkus.security.identity.request.BaseAuthenticationRequest;

/** The claim to be a caller, as it came in {@code x-api-key}. */
final class ApiKey extends BaseAuthenticationRequest {

    private final Secret key;

    ApiKey(Secret key) {
        this.key = key;
    }

    Secret key() {
        return key;
    }
}
