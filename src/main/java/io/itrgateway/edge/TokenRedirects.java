package io.itrgateway.edge;

import io.quarkus.arc.Unremovable;
import io.quarkus.oidc.common.OidcEndpoint;
import io.quarkus.oidc.common.OidcRequestFilter;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;

/**
 * Does not follow an endpoint of the OIDC issuer that is asked about a token to another address: the token, or the credentials of this service,
 * would be sent there, and the answer from there would name the caller.
 */
@Singleton
@Unremovable
@OidcEndpoint({OidcEndpoint.Type.USERINFO, OidcEndpoint.Type.INTROSPECTION})
class TokenRedirects implements OidcRequestFilter {

    @Override
    public Uni<Void> filter(OidcRequestFilterContext request) {
        request.request().followRedirects(false);
        return Uni.createFrom().voidItem();
    }
}
