package io.itrgateway.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.edge.KeyDigest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class OperatorKeyTest {

    private static final String OPERATOR = "06e55b633481f7bb072957eabcf110c972e86691c3cfedabe088024bffe42f23";
    private static final String OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String OF_A_LINE_BREAK = "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b";

    /** As {@code openssl rand -hex 32} prints keys. */
    private static final String CALLER = "0123456789abcdef".repeat(4);

    private final ConfigurationFaults faults = new ConfigurationFaults();

    private Optional<OperatorKey> key(String text) {
        return OperatorKey.from(() -> Optional.ofNullable(text), KeyDigest.of(CALLER.getBytes(UTF_8))::equals, faults);
    }

    @Test
    void theDigestOfACallersKeyIsAFaultThatNamesBothSettings() {
        key(digest(CALLER));

        assertThat(faults.lines())
                .containsExactly(
                        "GATEWAY_OPERATOR_KEY is the digest of a caller's key in GATEWAY_API_KEYS; it should be the"
                                + " digest of a key that no caller has: callers may not see the status page");
    }

    @Test
    void aCallersKeyThatLooksLikeADigestIsAFaultThatNamesBothSettings() {
        key(CALLER);

        assertThat(faults.lines())
                .singleElement()
                .asString()
                .startsWith("GATEWAY_OPERATOR_KEY is itself a caller's key of GATEWAY_API_KEYS; it should be ")
                .doesNotContain(CALLER);
    }

    private static String digest(String key) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getBytes(UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String basic(String userAndKey) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndKey.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = " ")
    void withoutADigestThereIsNoKeyAndNoFault(String text) {
        assertThat(key(text)).isEmpty();
        assertThat(faults.lines()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"operator", "06e5", OPERATOR + "00", OF_NOTHING, OF_A_LINE_BREAK})
    void whatIsNoDigestOfAKeyIsAFaultThatDoesNotShowIt(String text) {
        assertThat(key(text)).isEmpty();
        assertThat(faults.lines())
                .singleElement()
                .asString()
                .startsWith("GATEWAY_OPERATOR_KEY is ")
                .doesNotContain(text);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(
            strings = {"Basic", "Basic ", "Basic !", "Bearer operator", "operator", "Basic b3BlcmF0b3I=", "Basic Og=="})
    void whatIsNoKeyIsNotTheKey(String authorization) {
        assertThat(key(OPERATOR).orElseThrow().isIn(authorization)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x:operatoR", "x:operator ", "operator:", "x:", "x:" + OPERATOR})
    void anotherKeyIsNotTheKey(String userAndKey) {
        assertThat(key(OPERATOR).orElseThrow().isIn(basic(userAndKey))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x:operator", ":operator", "anybody at all:operator"})
    void theKeyIsThePasswordOfAnyUser(String userAndKey) {
        assertThat(key(OPERATOR.toUpperCase()).orElseThrow().isIn(basic(userAndKey)))
                .isTrue();
    }

    @Test
    void theSchemeIsWrittenAsOneLikes() {
        assertThat(key(OPERATOR).orElseThrow().isIn(basic("x:operator").replace("Basic", "bAsIc")))
                .isTrue();
    }
}
