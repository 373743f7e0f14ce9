package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.TurnableClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DateHeaderTest {

    private final TurnableClock clock = new TurnableClock(Instant.parse("1994-11-06T08:49:37.999Z"));
    private final DateHeader date = new DateHeader(clock);

    @Test
    void theDateHasTheFixedLengthOfRfc9110() {
        assertThat(date.value()).hasToString("Sun, 06 Nov 1994 08:49:37 GMT");
    }

    @Test
    void itIsThatOfTheSecond() {
        CharSequence first = date.value();

        clock.turn(Duration.ofMillis(1));
        assertThat(date.value()).hasToString("Sun, 06 Nov 1994 08:49:38 GMT");
        clock.turn(Duration.ofMillis(-1));
        assertThat(date.value()).hasToString(first.toString());
    }

    @Test
    void itIsFormattedOnceASecond() {
        CharSequence first = date.value();

        clock.turn(Duration.ofMillis(-999));
        assertThat(date.value()).isSameAs(first);
    }
}
