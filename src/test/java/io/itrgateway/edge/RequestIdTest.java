package io.itrgateway.edge;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestIdTest {

    private static final Instant NOW = Instant.parse("2026-03-08T00:00:00.123Z");

    /** Crockford's alphabet: no I, L, O, U; the first digit of 48 bits is 7 at the most. */
    private static final String ULID = "[0-7][0-9A-HJKMNP-TV-Z]{25}";

    private final RequestId requestIds = at(NOW);

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
        assertThat(accepted(requestIds, offered)).isEqualTo(offered);
    }

    @Test
    void anIdOf128CharactersIsTaken() {
        assertThat(accepted(requestIds, "x".repeat(128))).isEqualTo("x".repeat(128));
    }

    @Test
    void anIdOf129CharactersIsReplaced() {
        assertThat(accepted(requestIds, "x".repeat(129))).matches(ULID);
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
        assertThat(accepted(requestIds, offered)).matches(ULID);
    }

    @Test
    void aNewIdBeginsWithItsTime() {
        // The example of the specification: this moment, and these ten digits.
        assertThat(accepted(at(Instant.ofEpochMilli(1_469_918_176_385L)), null)).startsWith("01ARYZ6S41");
    }

    @Test
    void newIdsSortByTheClock() {
        var ids = Stream.of(
                        Instant.EPOCH,
                        NOW,
                        NOW.plusMillis(1),
                        NOW.plusMillis(32),
                        NOW.plusSeconds(86_400),
                        Instant.parse("9999-12-31T23:59:59.999Z"))
                .map(instant -> accepted(at(instant), null))
                .toList();

        assertThat(ids).isSorted();
    }

    @Test
    void aHundredThousandIdsOfOneMillisecondAreUnlikeEachOther() {
        assertThat(Stream.generate(() -> accepted(requestIds, null))
                        .limit(100_000)
                        .collect(toSet()))
                .hasSize(100_000);
    }

    @Test
    void everyCharacterAfterTheTimeTakesEveryDigit() {
        List<String> ids =
                Stream.generate(() -> accepted(requestIds, null)).limit(2_000).toList();

        for (int place = 10; place < 26; place++) {
            int at = place;
            assertThat(ids.stream().map(id -> id.charAt(at)).collect(toSet()))
                    .as("digits seen at place %d", place)
                    .hasSize(32);
        }
    }

    @Test
    void noCharacterAfterTheTimeFollowsFromAnother() {
        List<String> ids =
                Stream.generate(() -> accepted(requestIds, null)).limit(100).toList();

        for (int place = 10; place < 26; place++) {
            for (int other = place + 1; other < 26; other++) {
                int one = place;
                int two = other;
                assertThat(ids).as("places %d and %d", one, two).anyMatch(id -> id.charAt(one) != id.charAt(two));
            }
        }
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

        assertThat(requestIds.acceptOrCreate(headers)).matches(ULID);
    }

    @Test
    void anIdThatShowsTheSecondOfTwoKeysIsReplaced() {
        var headers = MultiMap.caseInsensitiveMultiMap()
                .add("x-api-key", "one")
                .add("x-api-key", "two")
                .add(RequestId.HEADER, "two");

        assertThat(requestIds.acceptOrCreate(headers)).matches(ULID);
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

        assertThat(requestIds.acceptOrCreate(headers)).isEqualTo(offered);
    }

    private static String accepted(RequestId requestIds, String offered) {
        var headers = MultiMap.caseInsensitiveMultiMap();
        return requestIds.acceptOrCreate(offered == null ? headers : headers.add(RequestId.HEADER, offered));
    }

    private static RequestId at(Instant instant) {
        return new RequestId(Clock.fixed(instant, ZoneOffset.UTC));
    }
}
