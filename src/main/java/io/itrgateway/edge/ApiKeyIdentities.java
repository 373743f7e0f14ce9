package io.itrgateway.edge;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.AuthenticationRequestContext;
import io.quarkus.security.identity.IdentityProvider;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** Turns a key into a caller: the principal has the configured name, and the role {@value #ROLE}. */
@ApplicationScoped
class ApiKeyIdentities implements IdentityProvider<ApiKey> {

    /** The role of everybody who came with a key, for permission policies of the operator. */
    static final String ROLE = "caller";

    private final CallerKeys keys;

    ApiKeyIdentities(CallerKeys keys) {
        this.keys = keys;
    }

    @Override
    public Class<ApiKey> getRequestType() {
        return ApiKey.class;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(ApiKey request, AuthenticationRequestContext context) {
        return keys.nameOf(request.key().reveal())
                .map(ApiKeyIdentities::identity)
                .map(caller -> Uni.createFrom().item(caller))
                .orElseGet(() -> Uni.createFrom().failure(new AuthenticationFailedException()));
    }

    private static SecurityIdentity identity(String name) {
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(new Caller.Known(name))
                .addRole(ROLE)
                .build();
    }
}
