package io.itrgateway.edge;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.ProblemMapper;
import io.itrgateway.secret.Secret;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpCredentialTransport;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;

/**
 * Quarkus security mechanism for {@code x-api-key}.
 *
 * <p>It is asked before the Bearer mechanism: the vendor's sample clients send both headers, and their Bearer token is
 * the vendor's, not one of the configured issuer. A request without the header is left to the next mechanism; one with a
 * wrong key is refused, whatever else it carries.
 */
@ApplicationScoped
class ApiKeyMechanism implements HttpAuthenticationMechanism {

    private static final String HEADER = "x-api-key";

    private final ProblemMapper exit;

    ApiKeyMechanism(ProblemMapper exit) {
        this.exit = exit;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        String key = context.request().getHeader(HEADER);
        return key == null ? Uni.createFrom().nullItem() : identities.authenticate(new ApiKey(Secret.of(key)));
    }

    /** For refusals by an operator's permission policy, which happen before any resource: through the one exit, too. */
    @Override
    public Uni<Boolean> sendChallenge(RoutingContext context) {
        exit.answer(context, GatewayException.of(ProblemKind.UNAUTHENTICATED));
        return Uni.createFrom().item(true);
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        return Uni.createFrom().item(new ChallengeData(401));
    }

    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return Set.of(ApiKey.class);
    }

    @Override
    public Uni<HttpCredentialTransport> getCredentialTransport(RoutingContext context) {
        return Uni.createFrom().item(new HttpCredentialTransport(HttpCredentialTransport.Type.OTHER_HEADER, HEADER));
    }

    @Override
    public int getPriority() {
        return DEFAULT_PRIORITY + 1000;
    }
}
