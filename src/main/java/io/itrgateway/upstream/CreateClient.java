package io.itrgateway.upstream;

import io.itrgateway.secret.Secret;
import java.util.List;

/**
 * The body of create-client.
 *
 * @param username the portal user id: usually a PAN
 * @param password the portal password
 */
public record CreateClient(Secret username, Secret password) {

    /** What of it must not come back in any text. */
    List<Secret> secrets() {
        return List.of(password, username);
    }
}
