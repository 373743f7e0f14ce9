package io.itrgateway.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.ProblemKind;
import io.itrgateway.ratelimit.Plan;
import io.itrgateway.ratelimit.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ReplicaStateTest {

    private static final int QUOTA = 4;

    private long nowNanos = Duration.ofDays(1).toNanos();

    private final ReplicaState state =
            new ReplicaState(new Plan(0, 0, QUOTA), OptionalInt.of(1), Duration.ZERO, new Scheduler() {
                @Override
                public long nanos() {
                    return nowNanos;
                }

                @Override
                public Alarm in(long nanos, Runnable wake) {
                    throw new UnsupportedOperationException("nothing here is to be called later");
                }
            });

    /** Redis answered in time, and while its answer was on its way this replica had begun to use its share. */
    @Test
    void aReservationThatRedisMadeCountsInTheShareToo() {
        String call = state.beginReservation();
        state.reserve(call, reserved());
        state.markSent(call);

        assertThat(admittedByTheShare()).isEqualTo(QUOTA - 1);
    }

    @Test
    void aReservationThatRedisMadeAndThatIsReleasedLeavesTheShareAsItWas() {
        String call = state.beginReservation();
        state.reserve(call, reserved());
        state.release(call);

        assertThat(admittedByTheShare()).isEqualTo(QUOTA);
    }

    private int admittedByTheShare() {
        nowNanos += Duration.ofSeconds(5).toNanos(); // the share is in use by then
        int admitted = 0;
        while (state.reserveInShare("in share " + admitted) == 0) {
            admitted++;
        }
        return admitted;
    }

    private static BudgetAnswer reserved() {
        return new BudgetAnswer(
                BudgetAnswer.DONE,
                0,
                1_700_000_000_000_000L,
                "id",
                1,
                List.of(),
                new BudgetAnswer.Backoff(0, 0, 0, ProblemKind.QUOTA_EXHAUSTED),
                0,
                0,
                true,
                List.of());
    }
}
