package io.itrgateway.ratelimit.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.ProblemKind;
import io.itrgateway.ratelimit.Plan;
import io.itrgateway.ratelimit.Scheduler;
import io.itrgateway.ratelimit.UpstreamBackoff;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReplicaStateTest {

    private static final int QUOTA = 4;
    private static final int EPOCH = 6;

    private long nowNanos = Duration.ofDays(1).toNanos();

    private final ReplicaState state = state(OptionalInt.of(1));

    private ReplicaState state(OptionalInt leastReplicas) {
        return new ReplicaState(new Plan(0, 0, QUOTA), leastReplicas, Duration.ofMillis(50), new Scheduler() {
            @Override
            public long nanos() {
                return nowNanos;
            }

            @Override
            public Alarm in(long nanos, Runnable wake) {
                throw new UnsupportedOperationException("nothing here is to be called later");
            }
        });
    }

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

    /** Until Redis has noted that there are fewer, it leaves this replica the share of the larger number. */
    @Test
    void aReplicaThatLosesRedisAfterAnotherHasLeftDividesThePlanAsRedisKnowsIt() {
        var one = together(3);
        beat(one, 2); // sent while there were three
        one.degrade();

        assertThat(one.sharing().replicas()).isEqualTo(3);
    }

    @Test
    void aReplicaThatLosesRedisLaterDividesThePlanByThoseThatAreThere() {
        var one = together(3);
        beat(one, 2);
        beat(one, 2);
        one.degrade();

        assertThat(one.sharing().replicas()).isEqualTo(2);
    }

    /** Two replicas made different changes while Redis was away, and that of the other one reached it first. */
    @Test
    void aBackoffThatAnotherReplicaEndedIsOver() {
        state.replaceBackoff(UpstreamBackoff.NONE, backoff(1));

        assertThat(state.apply(answer(nowNanos / 1_000, List.of(), 0))).isTrue();

        assertThat(state.backoff().isActive()).isFalse();
        assertThat(state.apply(answer(nowNanos / 1_000, List.of(), 0))).isFalse();
    }

    @Test
    void aBackoffThatAnotherReplicaProlongedIsNotOver() {
        state.replaceBackoff(UpstreamBackoff.NONE, backoff(0));

        assertThat(state.apply(answer(nowNanos / 1_000, List.of(), 2))).isTrue();

        assertThat(state.backoff().isActive()).isTrue();
    }

    private static UpstreamBackoff backoff(int refusals) {
        return new UpstreamBackoff(EPOCH, refusals, 0, ProblemKind.QUOTA_EXHAUSTED);
    }

    private ReplicaState together(int replicas) {
        var one = state(OptionalInt.empty());
        for (int beats = 0; beats < 20; beats++) { // the others know it after a second
            beat(one, replicas);
        }
        return one;
    }

    /** A heartbeat that Redis answers when there are so many replicas. */
    private void beat(ReplicaState of, int replicas) {
        nowNanos += Duration.ofMillis(100).toNanos();
        var sync = of.beginSync();
        List<BudgetAnswer.Replica> there = IntStream.range(0, replicas)
                .mapToObj(number -> new BudgetAnswer.Replica("replica " + number, 0, 3, false))
                .toList();
        of.applySync(sync, answer(nowNanos / 1_000, there));
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
        return answer(1_700_000_000_000_000L, List.of());
    }

    private static BudgetAnswer answer(long micros, List<BudgetAnswer.Replica> replicas) {
        return answer(micros, replicas, new BudgetAnswer.Backoff(0, 0, 0, ProblemKind.QUOTA_EXHAUSTED));
    }

    private static BudgetAnswer answer(long micros, List<BudgetAnswer.Replica> replicas, int refusals) {
        return answer(micros, replicas, new BudgetAnswer.Backoff(EPOCH, refusals, 0, ProblemKind.QUOTA_EXHAUSTED));
    }

    private static BudgetAnswer answer(long micros, List<BudgetAnswer.Replica> replicas, BudgetAnswer.Backoff backoff) {
        return new BudgetAnswer(BudgetAnswer.DONE, 0, micros, "id", 1, replicas, backoff, 0, 0, true, List.of());
    }
}
