package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IssuerAnswerCheckTest {

    /** The first of RFC 7517, A.1. */
    private static final String KEY = "\"kty\":\"EC\",\"crv\":\"P-256\","
            + "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\",\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"keys\":[{" + KEY + "}]}",
                "{\"keys\":[{" + KEY + ",\"use\":\"sig\",\"kid\":\"1\"}]}",
                "{\"keys\":[{\"kty\":\"unknown\"},{" + KEY + ",\"use\":\"enc\"},{" + KEY + "}]}"
            })
    void aKeyOfAPairThatIsNotForEncryptionVerifiesTokens(String keys) {
        assertThat(IssuerAnswerCheck.hasKey(keys)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"keys\":[]}",
                "{\"keys\":[{\"kty\":\"unknown\"}]}",
                "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\"}]}",
                "{\"keys\":[{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}]}",
                "{\"keys\":[{" + KEY + ",\"use\":\"enc\"}]}"
            })
    void noOtherKeyDoes(String keys) {
        assertThat(IssuerAnswerCheck.hasKey(keys)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<html>", "[]", "{}", "{\"keys\":{}}"})
    void whatIsNoKeySetIsLeftToQuarkus(String keys) {
        assertThat(IssuerAnswerCheck.hasKey(keys)).isTrue();
    }
}
