package io.itrgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How long an answer asks to be left alone. */
class AnswerTest {

    private static final Duration A_SECOND = Duration.ofSeconds(1);
    private static final String DATE = "Sun, 08 Mar 2026 08:49:37 GMT";

    private static Duration retryAfter(String field, String date) {
        return new Answer(503, new byte[0], Optional.ofNullable(date), Optional.of(field)).retryDelay();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "soon", "-1", "1.5.5", ".5", "10 s", "Sun, 08 Mar 2026 08:49:30 GMT", "2026-03-08T09:00:00Z"
            })
    void whatIsNoTimeToComeSaysNothing(String field) {
        assertThat(retryAfter(field, DATE)).isEqualTo(A_SECOND);
    }

    @Test
    void aPointInTimeSaysNothingWithoutTheTimeOfTheAnswer() {
        assertThat(retryAfter("Sun, 08 Mar 2026 08:50:07 GMT", null)).isEqualTo(A_SECOND);
        assertThat(retryAfter("Sun, 08 Mar 2026 08:50:07 GMT", "yesterday")).isEqualTo(A_SECOND);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "30",
                "29.2",
                "30.000",
                "Sun, 08 Mar 2026 08:50:07 GMT",
                "Sunday, 08-Mar-26 08:50:07 GMT",
                "Sun Mar  8 08:50:07 2026"
            })
    void secondsAndEachFormOfAPointInTimeAreRead(String field) {
        assertThat(retryAfter(field, DATE)).isEqualTo(Duration.ofSeconds(30));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"86401", "100000000", "86400.1", "99999999999999999999999999", "Sun, 08 Mar 2037 08:50:07 GMT"})
    void moreThanADayIsADay(String field) {
        assertThat(retryAfter(field, DATE)).isEqualTo(Duration.ofDays(1));
    }
}
