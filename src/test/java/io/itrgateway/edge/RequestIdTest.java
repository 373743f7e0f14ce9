package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdTest {

    private static final String UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "!",
                "~",
                "01JD8Z5E4T9Q3N6V2X7W1K0ABC",
                "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
                "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
            })
    void theCallersOwnIdIsTaken(String offered) {
        assertThat(accepted(offered)).isEqualTo(offered);
    }

    @Test
    void anIdOf128CharactersIsTaken() {
        assertThat(accepted("x".repeat(128))).isEqualTo("x".repeat(128));
    }

    @Test
    void anIdOf129CharactersIsReplaced() {
        assertThat(accepted("x".repeat(129))).matches(UUID);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                " a",
                "a ",
                "a\tb",
                "a\r\nSet-Cookie: b",
                "a\nb",
                "a\rb",
                "a\u0000b",
                "a\u001bb",
                "a\u007fb",
                "a\u0080b",
                "a\u00a0b",
                "é",
                "१",
                "🙏"
            })
    void anIdThatMayNotStandInAHeaderOrALogIsReplaced(String offered) {
        assertThat(accepted(offered)).matches(UUID);
    }

    @Test
    void newIdsAreUnlikeEachOther() {
        assertThat(accepted(null)).isNotEqualTo(accepted(null));
    }

    @ParameterizedTest
    @CsvSource({
        "x-api-key, demo, demo",
        "x-api-key, 0123456789abcdef0123456789abcdef, 0123456789abcdef0123456789abcdef",
        "X-API-KEY, 0123456789abcdef0123456789abcdef, key=0123456789abcdef0123456789abcdef;",
        "x-api-key, 0123456789abcdef0123456789abcdef, 0123456789abcdef",
        "Authorization, Bearer opaque-token, opaque-token",
        "Authorization, bearer   opaque-token , opaque-token",
        "Authorization, Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg, c2lnbmF0dXJlLW9mLXRoZS10b2tlbg",
        "Authorization, opaque-token, opaque-token",
        "Authorization, Basic b3BlcmF0b3I6YS1wYXNzd29yZA==, a-password",
        "Authorization, Basic b3BlcmF0b3I6YS1wYXNzd29yZA==, b3BlcmF0b3I6YS1wYXNzd29yZA=="
    })
    void anIdThatShowsWhatTheCallerProvesItselfWithIsReplaced(String header, String secret, String offered) {
        var headers = MultiMap.caseInsensitiveMultiMap().add(header, secret).add(RequestId.HEADER, offered);

        assertThat(RequestId.acceptOrCreate(headers)).matches(UUID);
    }

    @Test
    void anIdThatShowsTheSecondOfTwoKeysIsReplaced() {
        var headers = MultiMap.caseInsensitiveMultiMap()
                .add("x-api-key", "one")
                .add("x-api-key", "two")
                .add(RequestId.HEADER, "two");

        assertThat(RequestId.acceptOrCreate(headers)).matches(UUID);
    }

    @ParameterizedTest
    @CsvSource({
        "x-api-key, demo, demo-4711",
        "x-api-key, a, order-a",
        "x-api-key, 0123456789abcdef0123456789abcdef, 0123",
        "x-api-key, '', order-1",
        "Authorization, Bearer, order-1",
        "Authorization, Basic !!!, order-1"
    })
    void anIdThatIsLikeASecretByChanceIsTaken(String header, String secret, String offered) {
        var headers = MultiMap.caseInsensitiveMultiMap().add(header, secret).add(RequestId.HEADER, offered);

        assertThat(RequestId.acceptOrCreate(headers)).isEqualTo(offered);
    }

    private static String accepted(String offered) {
        var headers = MultiMap.caseInsensitiveMultiMap();
        return RequestId.acceptOrCreate(offered == null ? headers : headers.add(RequestId.HEADER, offered));
    }
}
