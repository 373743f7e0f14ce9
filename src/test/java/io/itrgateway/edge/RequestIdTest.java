package io.itrgateway.edge;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
        assertThat(requestIds.acceptOrCreate(offered)).isEqualTo(offered);
    }

    @Test
    void anIdOf128CharactersIsTaken() {
        assertThat(requestIds.acceptOrCreate("x".repeat(128))).isEqualTo("x".repeat(128));
    }

    @Test
    void anIdOf129CharactersIsReplaced() {
        assertThat(requestIds.acceptOrCreate("x".repeat(129))).matches(ULID);
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
        assertThat(requestIds.acceptOrCreate(offered)).matches(ULID);
    }

    @Test
    void aNewIdBeginsWithItsTime() {
        // The example of the specification: this moment, and these ten digits.
        assertThat(at(Instant.ofEpochMilli(1_469_918_176_385L)).acceptOrCreate(null))
                .startsWith("01ARYZ6S41");
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
                .map(instant -> at(instant).acceptOrCreate(null))
                .toList();

        assertThat(ids).isSorted();
    }

    @Test
    void aHundredThousandIdsOfOneMillisecondAreUnlikeEachOther() {
        assertThat(Stream.generate(() -> requestIds.acceptOrCreate(null))
                        .limit(100_000)
                        .collect(toSet()))
                .hasSize(100_000);
    }

    @Test
    void everyCharacterAfterTheTimeTakesEveryDigit() {
        List<String> ids = Stream.generate(() -> requestIds.acceptOrCreate(null))
                .limit(2_000)
                .toList();

        for (int place = 10; place < 26; place++) {
            int at = place;
            assertThat(ids.stream().map(id -> id.charAt(at)).collect(toSet()))
                    .as("digits seen at place %d", place)
                    .hasSize(32);
        }
    }

    @Test
    void noCharacterAfterTheTimeFollowsFromAnother() {
        List<String> ids = Stream.generate(() -> requestIds.acceptOrCreate(null))
                .limit(100)
                .toList();

        for (int place = 10; place < 26; place++) {
            for (int other = place + 1; other < 26; other++) {
                int one = place;
                int two = other;
                assertThat(ids).as("places %d and %d", one, two).anyMatch(id -> id.charAt(one) != id.charAt(two));
            }
        }
    }

    private static RequestId at(Instant instant) {
        return new RequestId(Clock.fixed(instant, ZoneOffset.UTC));
    }
}
