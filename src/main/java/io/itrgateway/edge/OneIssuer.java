package io.itrgateway.edge;

import io.quarkus.oidc.OidcRequestContext;
import io.quarkus.oidc.OidcTenantConfig;
import io.quarkus.oidc.TenantConfigResolver;
import io.quarkus.oidc.TenantResolver;
import io.quarkus.oidc.runtime.OidcUtils;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Has no issuer beside the one of {@code quarkus.oidc.auth-server-url}. Its existence lets the service start without
 * that setting: Quarkus then switches OIDC off, instead of asking for it. Settings of further issuers, Quarkus' tenants, have no effect: callers
 * of two issuers may have the same name, and would be one caller.
 */
@ApplicationScoped
class OneIssuer implements TenantConfigResolver, TenantResolver {

    @Override
    public Uni<OidcTenantConfig> resolve(RoutingContext context, OidcRequestContext<OidcTenantConfig> request) {
        return Uni.createFrom().nullItem();
    }

    @Override
    public String resolve(RoutingContext context) {
        return OidcUtils.DEFAULT_TENANT_ID;
    }
}
