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
import java.util.List;
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

    static final String HEADER = "x-api-key";

    private static final GatewayException TWO_KEYS =
            GatewayException.of(ProblemKind.MALFORMED_REQUEST, "There is more than one x-api-key header. Send one.");

    private final ProblemMapper exit;

    ApiKeyMechanism(ProblemMapper exit) {
        this.exit = exit;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        List<String> keys = context.request().headers().getAll(HEADER);
        if (keys.size() > 1) {
            return Uni.createFrom().failure(AuthenticationRefusal.of(TWO_KEYS, context, this));
        }
        return keys.isEmpty()
                ? Uni.createFrom().nullItem()
                : identities.authenticate(new ApiKey(Secret.of(keys.get(0))));
    }

    /** For refusals by an operator's permission policy, which happen before any resource: through the one exit, too. */
    @Override
    public Uni<Boolean> sendChallenge(RoutingContext context) {
        exit.refuse(context);
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
