package io.itrgateway.edge;

import io.quarkus.oidc.common.runtime.OidcCommonUtils;
import io.quarkus.oidc.runtime.OidcUtils;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What a JWT says of itself, before anything of it is verified. */
record UnverifiedToken(JsonObject header, JsonObject claims) {

    /** By which Quarkus chooses the key that verifies a token. */
    private static final List<String> KEY_NAMES = List.of("kid", "x5t#S256", "x5t");

    private static final String BEARER = "bearer ";

    /** The token of an {@code Authorization} header; empty if it is no JWT. */
    static Optional<UnverifiedToken> of(String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            return Optional.empty();
        }
        String token = authorization.substring(BEARER.length());
        try {
            return Optional.ofNullable(OidcCommonUtils.decodeJwtContent(token))
                    .flatMap(claims -> Optional.ofNullable(OidcUtils.decodeJwtHeaders(token))
                            .map(header -> new UnverifiedToken(header, claims)));
        } catch (RuntimeException e) { // it has no parts, or they are no base64
            return Optional.empty();
        }
    }

    boolean namesItsKey() {
        return KEY_NAMES.stream().anyMatch(name -> header.getValue(name) instanceof String);
    }

    /** Seconds since the epoch. */
    OptionalLong issuedAt() {
        return claims.getValue("iat") instanceof Number seconds
                ? OptionalLong.of(seconds.longValue())
                : OptionalLong.empty();
    }
}
