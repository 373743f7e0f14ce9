package io.itrgateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** By which clock a token's life is counted: the upstream's, unless that cannot be right. */
class ExpiryClocksTest {

    private static final Instant NOW = Instant.parse("2026-03-07T06:30:00Z");
    private static final String IN_TWELVE_HOURS = "\"2026-03-07T18:30:00Z\"";
    private static final Duration TWELVE_HOURS = Duration.ofHours(12);
    private static final Duration FULL_LIFE = Duration.ofHours(24);

    private static Expiry.Reading read(String expiry, Optional<Instant> date, Instant host) {
        try {
            return Expiry.read(new ObjectMapper().readTree("{\"expiry\":" + expiry + "}"), date, host);
        } catch (JsonProcessingException e) {
            throw new AssertionError("the test wrote no JSON: " + expiry, e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00Z",
                "2000-01-01T00:00:00Z",
                "2026-03-05T06:30:00Z",
                "2026-03-08T06:30:00Z",
                "2099-01-01T00:00:00Z",
                "9999-12-31T23:59:59Z"
            })
    void aDateByWhichNoTokenHasSuchALifeIsIgnored(Instant date) {
        assertThat(read(IN_TWELVE_HOURS, Optional.of(date), NOW))
                .isEqualTo(new Expiry.Reading(Expiry.Form.ISO_WITH_ZONE, TWELVE_HOURS, true));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1970-01-01T00:00:00Z",
                "2026-03-05T06:30:00Z",
                "2026-03-06T22:30:00Z",
                "2026-03-07T16:30:00Z",
                "2026-03-09T06:30:00Z",
                "2099-01-01T00:00:00Z"
            })
    void aHostClockThatIsWrongDoesNoHarm(Instant host) {
        assertThat(read(IN_TWELVE_HOURS, Optional.of(NOW), host))
                .isEqualTo(new Expiry.Reading(Expiry.Form.ISO_WITH_ZONE, TWELVE_HOURS, false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1970-01-01T00:00:00Z", "2026-03-05T06:30:00Z", "2026-04-05T06:30:00Z", "2099-01-01T00:00:00Z"})
    void neitherClockMakesALongLivedTokenPast(Instant wrong) {
        String inAMonth = "\"2026-04-07T06:30:00Z\"";

        assertThat(read(inAMonth, Optional.of(wrong), NOW).life()).isPositive();
        assertThat(read(inAMonth, Optional.of(NOW), wrong).life()).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"2026-03-07T06:25:00Z", "2026-03-07T06:30:00Z", "2026-03-07T06:35:00Z"})
    void aTokenThatIsPastByTheUpstreamsClockIsPastWhereTheClocksAgree(Instant host) {
        assertThat(read("\"2026-03-07T06:29:59Z\"", Optional.of(NOW), host))
                .isEqualTo(new Expiry.Reading(Expiry.Form.ISO_WITH_ZONE, Duration.ofSeconds(-1), false));
    }

    @Test
    void aTokenThatIsPastByBothClocksIsPast() {
        assertThat(read("\"2025-01-01T00:00:00Z\"", Optional.of(NOW), NOW.plus(Duration.ofDays(7)))
                        .life())
                .isNegative();
    }

    @Test
    void withoutADateTheHostsClockCounts() {
        assertThat(read(IN_TWELVE_HOURS, Optional.empty(), NOW))
                .isEqualTo(new Expiry.Reading(Expiry.Form.ISO_WITH_ZONE, TWELVE_HOURS, false));
    }

    @ParameterizedTest
    @CsvSource({"'\"12hrs\"', PT12H", "43200, PT12H", "'\"PT0S\"', PT0S", "null, PT24H"})
    void aDurationNeedsNoClock(String expiry, Duration life) {
        var reading = read(expiry, Optional.of(Instant.EPOCH), NOW);

        assertThat(reading.life()).isEqualTo(life);
        assertThat(reading.isByHostClock()).isFalse();
    }

    @Test
    void noClockMakesALifeLongerThanTwentyFourHours() {
        assertThat(read("\"2026-03-08T06:30:00Z\"", Optional.of(NOW.minusSeconds(240)), NOW)
                        .life())
                .isEqualTo(FULL_LIFE);
        assertThat(read("\"2026-03-08T06:34:00Z\"", Optional.of(Instant.EPOCH), NOW)
                        .life())
                .isEqualTo(FULL_LIFE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sat, 07 Mar 2026 06:30:00 GMT",
                "Saturday, 07-Mar-26 06:30:00 GMT",
                "Sat Mar  7 06:30:00 2026",
                "Sat, 07 Mar 2026 12:00:00 +0530"
            })
    void aDateHeaderIsReadInEachOfItsForms(String header) {
        assertThat(DeepvueAuthorizer.date(Optional.of(header))).contains(NOW);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "now", "Sun, 07 Mar 2026 06:30:00 GMT"})
    void aDateHeaderThatIsNoneOfThemIsNone(String header) {
        assertThat(DeepvueAuthorizer.date(Optional.of(header))).isEmpty();
    }
}
