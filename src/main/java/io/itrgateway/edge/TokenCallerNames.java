package io.itrgateway.edge;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Names the caller that a verified token identifies, by the first of these claims that is a usable name:
 *
 * <ol>
 *   <li>where {@code quarkus.oidc.token.principal-claim} is set, only that claim,
 *   <li>{@code upn}, {@code preferred_username}, {@code sub}; of a token that the issuer was asked about, {@code username}, {@code sub},
 *   <li>{@code azp}, {@code client_id}: a program, without a user.
 * </ol>
 *
 * <p>A name is {@value #USER} and the claim, or {@value #CLIENT} and the claim: a user may choose a name at many issuers, and must not be
 * able to choose that of a program. No configured name has a colon, so no token carries the name of a caller with a key either.
 */
final class TokenCallerNames {

    static final String USER = "oidc:";
    static final String CLIENT = "oidc-client:";

    /** OpenID Connect bounds {@code sub} at that. */
    private static final int LONGEST_CHARS = 255;

    /** Decoders put it in the place of what they cannot read: names that differ would become one. */
    private static final int REPLACEMENT = 0xFFFD;

    static final List<String> OF_JWT = List.of("upn", "preferred_username", "sub");
    static final List<String> OF_INTROSPECTION = List.of("username", "sub");
    private static final List<String> OF_CLIENT = List.of("azp", "client_id");

    private final Optional<String> principalClaim;

    /** @param principalClaim the only claim to look at, if an operator says so */
    TokenCallerNames(Optional<String> principalClaim) {
        this.principalClaim = principalClaim;
    }

    /**
     * The name of the caller; empty if the token identifies no caller.
     *
     * @param userClaims the claims that name a user, in the order in which they are asked
     * @param claims the value of a claim, of any type; null if the token does not have it
     */
    Optional<String> nameBy(List<String> userClaims, Function<String, Object> claims) {
        if (principalClaim.isPresent()) {
            return first(List.of(principalClaim.get()), claims).map(USER::concat);
        }
        return first(userClaims, claims)
                .map(USER::concat)
                .or(() -> first(OF_CLIENT, claims).map(CLIENT::concat));
    }

    private static Optional<String> first(List<String> names, Function<String, Object> claims) {
        return names.stream()
                .map(claims)
                .filter(Objects::nonNull)
                .flatMap(value -> value instanceof String text ? Stream.of(text) : Stream.empty())
                .filter(TokenCallerNames::isUsable)
                .findFirst();
    }

    /** Whether it can tell callers apart and stand in a log: neither blank nor too long, and nothing in it is invisible or could not be read. */
    static boolean isUsable(String name) {
        return name.codePoints().anyMatch(c -> !Character.isWhitespace(c) && !Character.isSpaceChar(c))
                && name.length() <= LONGEST_CHARS
                && name.codePoints().noneMatch(TokenCallerNames::isUnfit);
    }

    private static boolean isUnfit(int character) {
        return character == REPLACEMENT
                || switch (Character.getType(character)) {
                    case Character.CONTROL,
                            Character.FORMAT,
                            Character.LINE_SEPARATOR,
                            Character.PARAGRAPH_SEPARATOR,
                            Character.SURROGATE,
                            Character.PRIVATE_USE,
                            Character.UNASSIGNED -> true;
                    default -> false;
                };
    }
}
