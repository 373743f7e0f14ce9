package io.itrgateway.edge;

import io.quarkus.arc.Unremovable;
import io.quarkus.oidc.common.OidcEndpoint;
import io.quarkus.oidc.common.OidcResponseFilter;
import io.quarkus.oidc.runtime.TenantConfigBean;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.Use;
import org.jose4j.lang.JoseException;

/**
 * Fails an exchange with the OIDC issuer where its status says that it failed, or where an issuer that is about to be used, and cannot be asked
 * about single tokens, publishes no key that verifies one: Quarkus would refuse every token. An issuer that is in use may withdraw its keys.
 */
@Singleton
@Unremovable
@OidcEndpoint({OidcEndpoint.Type.JWKS, OidcEndpoint.Type.INTROSPECTION})
class IssuerAnswerCheck implements OidcResponseFilter {

    private final Instance<TenantConfigBean> tenants;
    private final IssuerMetadataCheck metadata;

    IssuerAnswerCheck(Instance<TenantConfigBean> tenants, IssuerMetadataCheck metadata) {
        this.tenants = tenants;
        this.metadata = metadata;
    }

    @Override
    public Uni<Void> filter(OidcResponseFilterContext answer) {
        Optional<IssuerFault> fault = IssuerFault.in(answer);
        if (fault.isPresent()) {
            return Uni.createFrom().failure(fault.get());
        }
        return tenants.get().getDefaultTenant().ready()
                        || metadata.introspects()
                        || hasKey(String.valueOf(answer.responseBody()))
                ? Uni.createFrom().voidItem()
                : Uni.createFrom().failure(new IssuerFault("it publishes no usable keys"));
    }

    /** Also where it is no key set, which Quarkus notices itself. */
    static boolean hasKey(String keySet) {
        try {
            return new JsonWebKeySet(keySet)
                    .getJsonWebKeys().stream()
                            .anyMatch(key -> key instanceof PublicJsonWebKey && !Use.ENCRYPTION.equals(key.getUse()));
        } catch (JoseException | RuntimeException e) {
            return true;
        }
    }
}
