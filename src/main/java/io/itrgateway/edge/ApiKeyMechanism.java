package io.itrgateway.edge;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.ProblemMapper;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.quarkus.vertx.http.runtime.security.HttpCredentialTransport;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/**
 * Quarkus security mechanism for {@code x-api-key}: the principal has the configured name of the caller, and the role {@value #ROLE}.
 *
 * <p>It is asked before the Bearer mechanism: the vendor's sample clients send both headers, and their Bearer token is
 * the vendor's, not one of the configured issuer. A request without the header is left to the next mechanism; one with a
 * wrong key is refused, whatever else it carries.
 */
@ApplicationScoped
class ApiKeyMechanism implements HttpAuthenticationMechanism {

    static final String HEADER = "x-api-key";

    /** The role of every caller with a key, for permission policies of the operator. */
    static final String ROLE = "caller";

    private static final GatewayException TWO_KEYS =
            GatewayException.of(ProblemKind.MALFORMED_REQUEST, "There is more than one x-api-key header. Send one.");

    private final ProblemMapper exit;
    private final CallerKeys keys;
    private final Challenges challenges;

    ApiKeyMechanism(ProblemMapper exit, CallerKeys keys, Challenges challenges) {
        this.exit = exit;
        this.keys = keys;
        this.challenges = challenges;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager identities) {
        challenges.put(context);
        List<String> presented = context.request().headers().getAll(HEADER);
        if (presented.size() > 1) {
            return Uni.createFrom().failure(AuthenticationRefusal.of(TWO_KEYS, context, this));
        }
        if (presented.isEmpty()) {
            return Uni.createFrom().nullItem();
        }
        return keys.nameOf(presented.get(0))
                .map(name -> Uni.createFrom().item(identity(name)))
                .orElseGet(() -> Uni.createFrom().failure(new AuthenticationFailedException()));
    }

    private static SecurityIdentity identity(String name) {
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(new Caller.Known(name))
                .addRole(ROLE)
                .build();
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
    public Uni<HttpCredentialTransport> getCredentialTransport(RoutingContext context) {
        return Uni.createFrom().item(new HttpCredentialTransport(HttpCredentialTransport.Type.OTHER_HEADER, HEADER));
    }

    @Override
    public int getPriority() {
        return DEFAULT_PRIORITY + 1000;
    }
}
