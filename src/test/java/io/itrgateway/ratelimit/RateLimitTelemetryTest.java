package io.itrgateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RateLimitTelemetryTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    /** A book of a day, whose owner may come to have a part of it only. */
    private static final class Day implements PermitStore {
        private int quota = 50_000;

        @Override
        public List<BudgetWindow> remaining() {
            if (quota == 0) {
                return List.of();
            }
            var day = new Window("day", quota, Duration.ofDays(1));
            return List.of(new BudgetWindow(day, quota - 1_000, Duration.ZERO));
        }

        @Override
        public Uni<Admission> reserve() {
            throw new AssertionError("the meter reserves nothing");
        }

        @Override
        public UpstreamBackoff backoff() {
            return UpstreamBackoff.NONE;
        }

        @Override
        public boolean replaceBackoff(UpstreamBackoff previous, UpstreamBackoff next) {
            throw new AssertionError("the meter changes nothing");
        }

        @Override
        public long delayNanos(int nth) {
            return 0;
        }
    }

    private double shareLeft() {
        return meters.get("gateway.budget.left").gauge().value()
                / meters.get("gateway.budget.limit").gauge().value();
    }

    /** Else a replica alone among many would look as if it had used up the day. */
    @Test
    void theRemainingBudgetIsReportedWithTheLimitItBelongsTo() {
        var day = new Day();
        new RateLimitTelemetry(meters).registerGauges(day, () -> 0, () -> 0);
        assertThat(shareLeft()).isEqualTo(0.98);

        day.quota = 50_000 / 20;

        assertThat(shareLeft()).isEqualTo(0.6);
    }

    /** Else a replica that does not know its part of the day would look as if the day were used up. */
    @Test
    void nothingIsReportedOfAWindowThatIsNotInTheShare() {
        var day = new Day();
        new RateLimitTelemetry(meters).registerGauges(day, () -> 0, () -> 0);

        day.quota = 0;

        assertThat(meters.get("gateway.budget.left").gauge().value()).isNaN();
        assertThat(meters.get("gateway.budget.limit").gauge().value()).isNaN();
    }
}
