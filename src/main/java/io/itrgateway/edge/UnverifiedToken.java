package io.itrgateway.edge;

import io.quarkus.oidc.common.runtime.OidcCommonUtils;
import io.quarkus.oidc.runtime.OidcUtils;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** What a JWT says of itself, before anything of it is verified. */
record UnverifiedToken(JsonObject header, JsonObject claims) {

    /** By which Quarkus chooses the key that verifies a token. */
    private static final List<String> KEY_NAMES = List.of("kid", "x5t#S256", "x5t");

    private static final String BEARER = "bearer ";

    /** RFC 9068, 2.1. Other access tokens have no such type: most are simply {@code JWT}. */
    private static final String TYPE_OF_ACCESS_TOKENS = "at+jwt";

    private static final String EXPLICIT_TYPE = "+jwt";

    /** OpenID Connect Back-Channel Logout, 2.4, where the type is only recommended. */
    private static final String LOGOUT = "http://schemas.openid.net/event/backchannel-logout";

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

    /** Whether it says that it is no access token, but a logout token, for example (RFC 8725, 3.11). */
    boolean isOfAnotherKind() {
        String type = header.getValue("typ") instanceof String text ? text.toLowerCase(Locale.ROOT) : "";
        return type.endsWith(EXPLICIT_TYPE)
                        && !type.substring(type.lastIndexOf('/') + 1).equals(TYPE_OF_ACCESS_TOKENS)
                || claims.getValue("events") instanceof JsonObject events && events.containsKey(LOGOUT);
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
