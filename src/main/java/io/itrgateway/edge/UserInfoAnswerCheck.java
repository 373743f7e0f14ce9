package io.itrgateway.edge;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.arc.Unremovable;
import io.quarkus.oidc.common.OidcEndpoint;
import io.quarkus.oidc.common.OidcResponseFilter;
import io.quarkus.security.AuthenticationFailedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.Set;

/** Tells a token that the UserInfo endpoint refuses from an endpoint that fails; Quarkus takes both for a failure of the issuer. */
@Singleton
@Unremovable
@OidcEndpoint(OidcEndpoint.Type.USERINFO)
class UserInfoAnswerCheck implements OidcResponseFilter {

    /** RFC 6750, 3.1, which OpenID Connect Core refers to (5.3.3). */
    private static final Set<Integer> REFUSALS_OF_TOKENS = Set.of(400, 401, 403);

    private static final int FORBIDDEN = 403;

    @Override
    public Uni<Void> filter(OidcResponseFilterContext answer) {
        if (isRefusal(answer)) {
            return Uni.createFrom().failure(new AuthenticationFailedException());
        }
        return IssuerFault.in(answer)
                .map(fault -> Uni.createFrom().<Void>failure(fault))
                .orElseGet(() -> Uni.createFrom().voidItem());
    }

    /** The endpoint challenges where it refuses (RFC 6750, 3), and neither a firewall nor a limit of requests does with status 403. */
    private static boolean isRefusal(OidcResponseFilterContext answer) {
        return REFUSALS_OF_TOKENS.contains(answer.statusCode())
                && (answer.statusCode() != FORBIDDEN
                        || answer.responseHeaders().contains(HttpHeaderNames.WWW_AUTHENTICATE));
    }
}
