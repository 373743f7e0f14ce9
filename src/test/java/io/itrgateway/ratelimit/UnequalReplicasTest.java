package io.itrgateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What happens to one replica and not to the others: it costs its own share at most. The plan is that of {@code enterprise}, which allows
 * some 984 calls a minute; every replica is saturated. All tests say how much of the plan was used, since a service that sends nothing keeps
 * to every plan.
 */
class UnequalReplicasTest extends ReplicasSimulation {

    private static final String PLAN = "enterprise";
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    /** What can be sent at most: a second's quota in every 1.033 s. */
    private static final double MOST_PER_SECOND = 17 / 1.033;

    /** What the minute allows without one replica's share, as a part of that. */
    private static final double WITHOUT_A_SHARE = (1_000 - 333) / 60.0 / MOST_PER_SECOND;

    private double partOfTheMost(int calls, long from) {
        return calls / (MOST_PER_SECOND * (time.truly() - from) / SECOND);
    }

    private void every(Duration period, Consumer<Integer> task) {
        repeat(period, task, 0);
    }

    private void repeat(Duration period, Consumer<Integer> task, int nth) {
        time.in(period.toNanos(), () -> {
            task.accept(nth);
            repeat(period, task, nth + 1);
        });
    }

    /** The first replica is the one that something is wrong with. */
    private void othersAreServed(String what, int before, long from, double least) {
        int others = replicas.stream().skip(1).mapToInt(replica -> replica.sent).sum() - before;
        double all = partOfTheMost(arrivals.between(from, time.truly()), from);
        System.out.printf(
                "%-45s %.1f %% of the most used, %.1f %% by the others%n",
                what, all * 100, partOfTheMost(others, from) * 100);
        noWindowIsOverThePlan();
        assertThat(partOfTheMost(others, from)).isGreaterThanOrEqualTo(least);
    }

    private int sentByOthers() {
        return replicas.stream().skip(1).mapToInt(replica -> replica.sent).sum();
    }

    @ParameterizedTest
    @ValueSource(ints = {250, 600, 1_200})
    void aReplicaThatIsFarFromRedisLeavesTheOthersTheirRate(int roundTripMillis) {
        start(PLAN, 3);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofSeconds(5));
        replicas.get(0).link.setRoundTrip(Duration.ofMillis(roundTripMillis));
        time.pass(Duration.ofSeconds(5));
        long from = time.truly();
        int before = sentByOthers();

        time.pass(Duration.ofMinutes(1));

        othersAreServed(roundTripMillis + " ms to Redis", before, from, 0.95 * WITHOUT_A_SHARE);
        assertThat(partOfTheMost(arrivals.between(from, time.truly()), from)).isGreaterThan(0.93);
    }

    /** As on a machine that is too small: a permit counts from when its call is sent, so that late ones do not meet those behind them. */
    @Test
    void callsThatLeaveLateForTheirPermitsStayWithinThePlan() {
        leavesLateByUpTo = Duration.ofMillis(120);
        start(PLAN, 3);
        time.pass(SETTLED);
        saturate();
        every(
                Duration.ofMillis(100),
                nth -> replicas.forEach(replica -> replica.link.setRoundTrip(Duration.ofMillis(random.nextInt(140)))));
        time.pass(Duration.ofSeconds(5));
        long from = time.truly();

        time.pass(Duration.ofMinutes(2));

        double used = partOfTheMost(arrivals.between(from, time.truly()), from);
        System.out.printf("%-45s %.1f %% of the most used%n", "calls up to 120 ms late", used * 100);
        noWindowIsOverThePlan();
        assertThat(used).isGreaterThan(0.8);
    }

    @Test
    void aReplicaWhoseConnectionBreaksEverySecondLeavesTheOthersTheirRate() {
        start(PLAN, 3);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofSeconds(5));
        every(Duration.ofMillis(500), nth -> {
            if (nth % 2 == 0) {
                replicas.get(0).link.cut();
            } else {
                replicas.get(0).link.restore();
            }
        });
        long from = time.truly();
        int before = sentByOthers();

        time.pass(Duration.ofMinutes(1));

        othersAreServed("breaks every second", before, from, 0.95 * WITHOUT_A_SHARE);
        assertThat(partOfTheMost(arrivals.between(from, time.truly()), from)).isGreaterThan(0.8);
    }

    @Test
    void aReplicaThatGetsNoAnswersLeavesTheOthersTheirRate() {
        start(PLAN, 3);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofSeconds(5));
        every(Duration.ofMillis(1_500), nth -> {
            if (nth % 2 == 0) {
                replicas.get(0).link.loseAnswers();
            } else {
                replicas.get(0).link.restore();
            }
        });
        long from = time.truly();
        int before = sentByOthers();

        time.pass(Duration.ofMinutes(1));

        othersAreServed("gets no answers every other 1.5 s", before, from, 0.95 * WITHOUT_A_SHARE);
        assertThat(partOfTheMost(arrivals.between(from, time.truly()), from)).isGreaterThan(0.8);
    }

    @Test
    void aReplicaWhoseFirstConnectionTakesTwoSecondsLeavesTheOthersTheirRate() {
        start(PLAN, 2);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofSeconds(10));
        var late = startOne(PLAN, Duration.ofSeconds(2));
        saturate(late);
        long from = time.truly();

        time.pass(Duration.ofMillis(2_500));

        double others = partOfTheMost(arrivals.between(from, time.truly()), from);
        System.out.printf("%-45s %.1f %% of the most used%n", "another connects", others * 100);
        assertThat(late.sent).isLessThan(10);
        assertThat(others).isGreaterThan(0.95);
        time.pass(Duration.ofSeconds(30));
        noWindowIsOverThePlan();
        assertThat(partOfTheMost(arrivals.between(from, time.truly()), from)).isGreaterThan(0.98);
        assertThat(late.limiter().sharing()).contains(new BudgetSharing(true, 3));
    }

    @Test
    void replicasThatRedisRefusesForGoodTryRarelyAndSaySoOnce() {
        leastReplicas = OptionalInt.of(3);
        start(PLAN, 3);
        time.pass(SETTLED);
        saturate();
        replicas.forEach(replica -> replica.link.refuse());
        time.pass(Duration.ofSeconds(5));
        long from = time.truly();

        time.pass(Duration.ofMinutes(1));

        double ofShares = arrivals.between(from, time.truly()) / (3 * 5 * 60.0);
        System.out.printf("%-45s %.1f %% of the shares used%n", "Redis refuses every script", ofShares * 100);
        noWindowIsOverThePlan();
        assertThat(ofShares).isGreaterThan(0.8);
        assertThat(replicas)
                .allSatisfy(replica -> assertThat(replica.link.refusals()).isLessThan(60))
                .allSatisfy(replica -> assertThat(replica.room
                                .meters
                                .counter("gateway.budget.alone")
                                .count())
                        .isEqualTo(1));
    }

    @Test
    void aReplicaThatIsBackReportsAllItsCallsAlthoughItSendsFurtherOnes() {
        startOne("50/2000/0");
        var replica = replicas.get(0);
        replica.link.setRoundTrip(Duration.ofMillis(100));
        time.pass(SETTLED);
        for (int i = 0; i < 2_000; i++) {
            time.in(i * Duration.ofNanos(62_500_000).toNanos(), () -> call(replica, "steady", false)); // 16 a second
        }
        time.pass(Duration.ofSeconds(5));
        replica.link.cut();
        time.pass(Duration.ofSeconds(30));
        int before = arrivals.count();
        assertThat(before).isGreaterThan(16 * 25);

        replica.link.restore();
        time.pass(Duration.ofSeconds(4));

        assertThat(replica.limiter().sharing().orElseThrow().isShared()).isTrue();
        long from = time.truly();
        time.pass(Duration.ofSeconds(20));
        assertThat(arrivals.between(from, time.truly())).isGreaterThanOrEqualTo(16 * 20 - 5);
        noWindowIsOverThePlan();
    }

    @Test
    void aSingleReplicaThatIsAHundredMillisecondsAwayUsesThePlan() {
        startOne(PLAN);
        replicas.get(0).link.setRoundTrip(Duration.ofMillis(100));
        time.pass(SETTLED);
        saturate();
        long from = time.truly();

        time.pass(Duration.ofMinutes(1));

        double used = partOfTheMost(arrivals.count(), from);
        System.out.printf("%-45s %.1f %% of the most used%n", "100 ms to Redis", used * 100);
        noWindowIsOverThePlan();
        assertThat(used).isGreaterThan(0.8);
    }

    @Test
    void replicasAreRemovedAndAdded() {
        start(PLAN, 5);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofSeconds(20));
        long from = time.truly();
        for (Replica replica : List.copyOf(replicas).subList(0, 3)) {
            stop(replica);
            time.pass(Duration.ofSeconds(2));
        }
        time.pass(Duration.ofSeconds(20));
        start(PLAN, 3);
        time.pass(Duration.ofSeconds(3));
        replicas.subList(5, 8).forEach(this::saturate);

        time.pass(Duration.ofSeconds(20));

        double used = partOfTheMost(arrivals.between(from, time.truly()), from);
        System.out.printf("%-45s %.1f %% of the most used%n", "5 replicas, 2, and 5", used * 100);
        noWindowIsOverThePlan();
        assertThat(used).isGreaterThan(0.97);
        assertThat(replicas.get(7).sent).isPositive();
        assertThat(replicas.get(7).limiter().sharing().orElseThrow()).isEqualTo(new BudgetSharing(true, 5));
    }

    @Test
    void aReplicaThatIsKilledCostsItsShareForSomeSeconds() {
        start(PLAN, 3);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofSeconds(20));
        long from = time.truly();
        int before = sentByOthers();

        kill(replicas.get(0));
        time.pass(Duration.ofMinutes(1));

        othersAreServed("one was killed", before, from, 0.95);
    }

    @Test
    void aReplicaThatLosesRedisAfterTheOthersHasItsShareAllTheSame() {
        start(PLAN, 3);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofSeconds(70));
        var last = replicas.get(0);
        replicas.subList(1, 3).forEach(replica -> replica.link.breakOff());
        time.pass(Duration.ofMillis(700));
        last.link.breakOff();
        int before = last.sent;

        time.pass(Duration.ofSeconds(10));

        assertThat(last.sent - before).isGreaterThan(35);
        noWindowIsOverThePlan();
    }

    /** Redis leaves a share only to a replica that has said by how many it divides the plan. */
    @Test
    void aReplicaThatLosesRedisBeforeAShareIsLeftToItUsesNone() {
        start(PLAN, 2);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofSeconds(5));
        Replica late = startOne(PLAN);
        saturate(late);
        time.pass(Duration.ofMillis(900));

        late.link.cut();
        time.pass(Duration.ofSeconds(1)); // what was reserved before is sent
        int before = late.sent;
        time.pass(Duration.ofSeconds(30));

        assertThat(late.sent - before).isLessThanOrEqualTo(1); // which it may send once a minute
    }

    @Test
    void aClockOfRedisThatIsSetBackCostsNothing() {
        start(PLAN, 3);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofSeconds(20));
        long from = time.truly();

        redisClockBack = Duration.ofSeconds(10);
        time.pass(Duration.ofMinutes(1));

        double used = partOfTheMost(arrivals.between(from, time.truly()), from);
        System.out.printf("%-45s %.1f %% of the most used%n", "Redis' clock set back 10 s", used * 100);
        noWindowIsOverThePlan();
        assertThat(used).isGreaterThan(0.98);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8})
    void aRedisThatHangsAndGoesOnDelaysCallsForMomentsOnly(int seconds) {
        start(PLAN, 3);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofSeconds(70));
        long from = time.truly();

        replicas.forEach(replica -> replica.link.hang());
        time.pass(Duration.ofSeconds(seconds));
        replicas.forEach(replica -> replica.link.resume());
        time.pass(Duration.ofSeconds(60));

        double used = partOfTheMost(arrivals.between(from, time.truly()), from);
        System.out.printf("%-45s %.1f %% of the most used%n", "Redis hangs for " + seconds + " s", used * 100);
        noWindowIsOverThePlan();
        assertThat(used).isGreaterThan(0.9);
    }

    /** Whatever happens to whichever replicas in whatever order, as long as none is cut off for longer than others remember it. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whateverHappensToTheirLinksTheyKeepToThePlan(long seed) {
        random.setSeed(seed);
        String[] plans = {"growth", "enterprise", "9/100/0", "0/50/300", "3/0/0", "20/300/2000"};
        start(plans[random.nextInt(plans.length)], 3);
        time.pass(SETTLED);
        saturate();
        for (Replica replica : replicas) {
            every(Duration.ofMillis(3_000 + random.nextInt(4_000)), nth -> disturb(replica));
        }
        time.pass(Duration.ofSeconds(70));

        noWindowIsOverThePlan();
        long from = time.truly();
        time.pass(Duration.ofSeconds(61));
        assertThat(arrivals.between(from, time.truly())).isPositive();
        noWindowIsOverThePlan();
    }

    private void disturb(Replica replica) {
        Duration length = Duration.ofMillis(random.nextInt(2_500));
        switch (random.nextInt(5)) {
            case 0 -> replica.link.cut();
            case 1 -> replica.link.loseAnswers();
            case 2 -> replica.link.setRoundTrip(Duration.ofMillis(random.nextInt(400)));
            case 3 -> replica.link.hang();
            default -> {}
        }
        time.in(length.toNanos(), () -> {
            replica.link.restore();
            replica.link.resume();
            replica.link.setRoundTrip(Duration.ofMillis(random.nextInt(50)));
        });
    }
}
