package io.itrgateway.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The last minutes, read off the metrics that callers' calls leave behind. */
class TrendTest {

    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    @SuppressWarnings("deprecation") // it is the one that Quarkus comes with
    private final MeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    private void call(String code, int millis) {
        Timer.builder("gateway.calls")
                .tag("code", code)
                .serviceLevelObjectives(Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofMillis(1_000))
                .register(meters)
                .record(Duration.ofMillis(millis));
    }

    private static double millis(Trend.Step step, double part) {
        return step.calls().times().percentileMillis(part).orElseThrow();
    }

    @Test
    void aStepWithoutCallsHasNoTimes() {
        var trend = new Trend(CallCounts.of(meters));
        trend.add(START, CallCounts.of(meters));

        assertThat(trend.steps()).singleElement().satisfies(step -> {
            assertThat(step.calls().byCode()).isEmpty();
            assertThat(step.calls().times().percentileMillis(0.5)).isEmpty();
        });
    }

    @Test
    void aStepHasTheCallsThatEndedInIt() {
        call("ok", 5);
        var trend = new Trend(CallCounts.of(meters));
        call("ok", 5);
        call("ok", 50);
        call("upstream-timeout", 5_000);
        trend.add(START, CallCounts.of(meters));
        call("ok", 500);
        trend.add(START.plus(Trend.STEP), CallCounts.of(meters));

        assertThat(trend.steps())
                .extracting(step -> step.calls().byCode())
                .containsExactly(Map.of("ok", 2L, "upstream-timeout", 1L), Map.of("ok", 1L));
        assertThat(millis(trend.steps().get(1), 1)).isEqualTo(1_000); // a longer call ended not long before
    }

    @Test
    void timesLieBetweenTheBoundsThatTheMetricsCount() {
        var trend = new Trend(CallCounts.of(meters));
        for (int call = 0; call < 90; call++) {
            call("ok", 50);
        }
        for (int call = 0; call < 10; call++) {
            call("ok", 900);
        }
        trend.add(START, CallCounts.of(meters));

        var step = trend.steps().get(0);
        assertThat(millis(step, 0.5)).isEqualTo(60, within(0.01)); // evenly from 10 to 100
        assertThat(millis(step, 0.95)).isEqualTo(500, within(0.01)); // evenly from 100 to 900
    }

    @Test
    void noTimeLiesAboveTheLongest() {
        var trend = new Trend(CallCounts.of(meters));
        for (int call = 0; call < 90; call++) {
            call("ok", 5);
        }
        for (int call = 0; call < 10; call++) {
            call("upstream-timeout", 110); // all of them at the same limit
        }
        trend.add(START, CallCounts.of(meters));

        assertThat(millis(trend.steps().get(0), 0.95)).isBetween(100.0, 110.0);
        assertThat(millis(trend.steps().get(0), 0.99)).isBetween(100.0, 110.0);
    }

    @Test
    void whatTookLongerThanTheLastBoundLiesBetweenThatAndTheLongest() {
        var trend = new Trend(CallCounts.of(meters));
        call("upstream-timeout", 30_000);
        trend.add(START, CallCounts.of(meters));

        assertThat(millis(trend.steps().get(0), 1)).isEqualTo(30_000);
    }

    @Test
    void theLongestOfAStepStaysItsOwn() {
        var trend = new Trend(CallCounts.of(meters));
        call("ok", 150);
        trend.add(START, CallCounts.of(meters));
        call("ok", 900);
        trend.add(START.plus(Trend.STEP), CallCounts.of(meters));

        assertThat(millis(trend.steps().get(0), 1)).isEqualTo(150);
        assertThat(millis(trend.steps().get(1), 1)).isEqualTo(900);
    }

    @Test
    void noMoreThanAQuarterOfAnHourIsKept() {
        var trend = new Trend(CallCounts.NONE);
        for (int step = 1; step <= 200; step++) {
            call("ok", 5);
            trend.add(START.plus(Trend.STEP.multipliedBy(step)), CallCounts.of(meters));
        }

        assertThat(trend.steps()).hasSize(90);
        assertThat(trend.steps().get(0).end()).isEqualTo(START.plus(Trend.STEP.multipliedBy(111)));
        assertThat(trend.steps()).allMatch(step -> step.calls().byCode().equals(Map.of("ok", 1L)));
    }

    @Test
    void withoutAnEndedStepNothingIsKnownOfTheLastMinute() {
        RecentCalls recent = new Trend(CallCounts.NONE).recent();

        assertThat(recent.total()).isZero();
        assertThat(recent.failedShare()).isZero();
        assertThat(recent.perSecond()).isZero();
    }

    @Test
    void theLastMinuteIsTheLastSixSteps() {
        var trend = new Trend(CallCounts.NONE);
        for (int step = 1; step <= 10; step++) {
            call("ok", 5);
            trend.add(START.plus(Trend.STEP.multipliedBy(step)), CallCounts.of(meters));
        }

        assertThat(trend.recent().byCode()).isEqualTo(Map.of("ok", 6L));
        assertThat(trend.recent().perSecond()).isEqualTo(0.1, within(0.0001));
    }

    @Test
    void whatCallersDidWrongIsNeitherAFailureNorAmongTheCallsThatCouldFail() {
        var trend = new Trend(CallCounts.NONE);
        call("invalid-request", 5);
        call("upstream-timeout", 5);
        call("ok", 5);
        call("ok", 5);
        trend.add(START, CallCounts.of(meters));

        assertThat(trend.recent().failures()).isEqualTo(Map.of("upstream-timeout", 1L));
        assertThat(trend.recent().failedShare()).isEqualTo(1 / 3.0, within(0.0001));
    }
}
