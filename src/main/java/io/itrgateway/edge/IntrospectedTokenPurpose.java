package io.itrgateway.edge;

import io.quarkus.oidc.TokenIntrospection;
import io.quarkus.oidc.runtime.OidcJwtCallerPrincipal;
import io.quarkus.oidc.runtime.OidcUtils;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.util.List;
import java.util.Optional;

/**
 * Whether an introspected token is meant for this service. Quarkus compares audience and issuer of JWTs only with {@code token.audience} and
 * {@code token.issuer}; this applies the same rules to the answer of an introspection (RFC 7662, 2.2): a claim that is configured must be there.
 */
final class IntrospectedTokenPurpose {

    /** Switches a check off, in both settings. */
    static final String ANY = "any";

    private final Optional<List<String>> audiences;
    private final Optional<String> issuer;

    /**
     * @param audiences of which a token needs one; empty: any token is accepted
     * @param issuer empty: the one that was asked
     */
    IntrospectedTokenPurpose(Optional<List<String>> audiences, Optional<String> issuer) {
        this.audiences = audiences.filter(list -> !list.equals(List.of(ANY)));
        this.issuer = issuer.filter(name -> !name.equals(ANY));
    }

    /** A JWT that was verified by its signature has been judged by Quarkus; one that the UserInfo endpoint has verified has no such claims. */
    boolean isThisService(SecurityIdentity identity) {
        TokenIntrospection answer = identity.getAttribute(OidcUtils.INTROSPECTION_ATTRIBUTE);
        if (answer != null) {
            return isThisService(answer.getJsonObject());
        }
        return identity.getPrincipal() instanceof OidcJwtCallerPrincipal || isThisService(JsonValue.EMPTY_JSON_OBJECT);
    }

    boolean isThisService(JsonObject answer) {
        return audiences.map(expected -> isAny(expected, answer.get("aud"))).orElse(true)
                && issuer.map(expected -> isText(expected, answer.get("iss"))).orElse(true);
    }

    private static boolean isAny(List<String> expected, JsonValue claim) {
        List<? extends JsonValue> given =
                claim instanceof JsonArray several ? several : claim == null ? List.of() : List.of(claim);
        return given.stream().anyMatch(value -> expected.stream().anyMatch(one -> isText(one, value)));
    }

    private static boolean isText(String expected, JsonValue claim) {
        return claim instanceof JsonString text && text.getString().equals(expected);
    }
}
