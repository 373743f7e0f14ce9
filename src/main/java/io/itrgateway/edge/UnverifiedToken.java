package io.itrgateway.edge;

import io.quarkus.oidc.common.runtime.OidcCommonUtils;
import io.quarkus.oidc.runtime.OidcUtils;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

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
        return read(token, OidcCommonUtils::decodeJwtContent)
                .map(claims -> new UnverifiedToken(
                        // What verifies tokens is less strict: it may take such a header for one without a key.
                        read(token, OidcUtils::decodeJwtHeaders).orElseGet(JsonObject::new), claims));
    }

    private static Optional<JsonObject> read(String token, Function<String, JsonObject> part) {
        try {
            return Optional.ofNullable(part.apply(token));
        } catch (RuntimeException e) { // there is no such part, or it is no base64
            return Optional.empty();
        }
    }

    boolean namesItsKey() {
        return KEY_NAMES.stream().anyMatch(name -> header.getValue(name) instanceof String);
    }

    boolean isOf(String issuer) {
        return issuer.equals(claims.getValue("iss"));
    }

    /** Seconds since the epoch. */
    OptionalLong issuedAt() {
        return seconds("iat");
    }

    /** Seconds since the epoch. */
    OptionalLong expiresAt() {
        return seconds("exp");
    }

    private OptionalLong seconds(String claim) {
        return claims.getValue(claim) instanceof Number seconds
                ? OptionalLong.of(seconds.longValue())
                : OptionalLong.empty();
    }
}
