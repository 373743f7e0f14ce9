package io.itrgateway.edge;

import io.quarkus.oidc.OidcRequestContext;
import io.quarkus.oidc.OidcTenantConfig;
import io.quarkus.oidc.TenantConfigResolver;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Has no issuer beside the one of {@code quarkus.oidc.auth-server-url}. Its existence lets the service start without
 * that setting: Quarkus then switches OIDC off, instead of asking for it.
 */
@ApplicationScoped
class OneIssuer implements TenantConfigResolver {

    @Override
    public Uni<OidcTenantConfig> resolve(RoutingContext context, OidcRequestContext<OidcTenantConfig> request) {
        return Uni.createFrom().nullItem();
    }
}
