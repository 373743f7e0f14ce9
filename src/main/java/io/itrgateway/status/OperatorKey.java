package io.itrgateway.status;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.edge.KeyDigest;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.ProblemMapper;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The operators' key, known by its digest only. It comes as the password of HTTP's Basic scheme, with any user name: browsers ask for it by
 * themselves and keep it out of every script.
 */
final class OperatorKey {

    private static final String PROPERTY = "gateway.operator-key";
    private static final String CHALLENGE = "Basic realm=\"itr-gateway status\", charset=\"UTF-8\"";
    private static final String SCHEME = "Basic ";
    private static final String SHOULD_BE_OF_OPERATORS =
            "the digest of a key that no caller has: callers may not see the status page";

    private final KeyDigest digest;

    private OperatorKey(KeyDigest digest) {
        this.digest = digest;
    }

    /**
     * Reads {@code GATEWAY_OPERATOR_KEY}; a wrong one is noted, and none.
     *
     * @param isOfCaller whether a digest is that of a caller's key
     */
    static Optional<OperatorKey> from(
            StatusSettings.Config config, Predicate<KeyDigest> isOfCaller, ConfigurationFaults faults) {
        Optional<String> text = config.operatorKey().map(String::strip).filter(key -> !key.isEmpty());
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Optional<KeyDigest> digest = KeyDigest.parse(text.get());
        if (digest.isEmpty()) {
            faults.unfit(PROPERTY, "is not a SHA-256 digest", KeyDigest.SHOULD_BE);
        } else if (digest.get().isOfNothing()) {
            faults.unfit(PROPERTY, "is the digest of no key at all", KeyDigest.SHOULD_BE_OF_A_KEY);
        } else if (isOfCaller.test(digest.get())) {
            faults.unfit(PROPERTY, "is the digest of a caller's key in GATEWAY_API_KEYS", SHOULD_BE_OF_OPERATORS);
        } else if (isOfCaller.test(KeyDigest.of(text.get().getBytes(StandardCharsets.UTF_8)))) {
            faults.unfit(PROPERTY, "is itself a caller's key of GATEWAY_API_KEYS", SHOULD_BE_OF_OPERATORS);
        }
        return digest.filter(known -> !known.isOfNothing()).map(OperatorKey::new);
    }

    /** Fails with {@code unauthenticated}, and a challenge that browsers understand, unless the request has the key. */
    void require(RoutingContext request) {
        if (!isIn(request.request().getHeader(HttpHeaders.AUTHORIZATION))) {
            request.put(ProblemMapper.CHALLENGE, CHALLENGE);
            throw GatewayException.of(
                    ProblemKind.UNAUTHENTICATED,
                    "The status page requires the operators' key, as the password of Basic authentication.");
        }
    }

    boolean isIn(String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        byte[] userAndKey;
        try {
            userAndKey = Base64.getDecoder()
                    .decode(authorization.substring(SCHEME.length()).strip());
        } catch (IllegalArgumentException e) {
            return false;
        }
        int colon = new String(userAndKey, StandardCharsets.ISO_8859_1).indexOf(':');
        return colon >= 0 && digest.equals(KeyDigest.of(Arrays.copyOfRange(userAndKey, colon + 1, userAndKey.length)));
    }
}
