package io.itrgateway.ratelimit;

import static io.itrgateway.problem.ProblemKind.OVERLOADED;
import static io.itrgateway.problem.ProblemKind.QUOTA_EXHAUSTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Replicas that share a plan in one Redis, which is there for all of them, or for none. */
class ReplicasTest extends ReplicasSimulation {

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "starter, minute, 10, 0.98",
        "business, minute, 6, 0.98",
        "growth, second, 3, 0.95",
        "enterprise, minute, 3, 0.98",
        "1/0/0, second, 5, 0.95"
    })
    void togetherTheyUseWhatThePlanAllowsAndNoMore(String name, String binds, int minutes, double least) {
        start(name, 3);
        time.pass(SETTLED);
        saturate();
        long from = time.truly();

        time.pass(Duration.ofMinutes(minutes));

        double used = used(binds, from, time.truly());
        print("together", used, binds);
        noWindowIsOverThePlan();
        assertThat(used).isGreaterThanOrEqualTo(least);
        assertThat(replicas).allMatch(replica -> replica.sent >= arrivals.count() / 3 / 2);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"growth, 3, 1", "enterprise, 3, 5", "30/600/0, 3, 3.333"})
    void whenAllLoseRedisTheyUseTheirSharesAndNoMore(String name, int minutes, double perSecond) {
        start(name, 3);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofMinutes(1));
        cutAll();
        long from = time.truly();

        time.pass(Duration.ofMinutes(minutes));

        double ofShares = arrivals.between(from, time.truly()) / (3 * perSecond * minutes * 60);
        System.out.printf("%-12s without Redis: %.1f %% of the shares used%n", name, ofShares * 100);
        noWindowIsOverThePlan();
        assertThat(ofShares).isGreaterThanOrEqualTo(0.85);
        assertThat(replicas)
                .allMatch(replica -> !replica.limiter().sharing().orElseThrow().isShared());
    }

    @ParameterizedTest(name = "hangs: {0}")
    @ValueSource(booleans = {false, true})
    void whenRedisIsGoneForThreeSecondsTheyPauseForHalfASecond(boolean hangs) {
        start("enterprise", 3);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofSeconds(70));
        long from = time.truly();
        replicas.forEach(replica -> {
            if (hangs) {
                replica.link.hang();
            } else {
                replica.link.breakOff();
            }
        });

        time.pass(Duration.ofSeconds(3));

        double used = used("minute", from, time.truly());
        System.out.printf("Redis %s for 3 s: %.1f %% of the minute used%n", hangs ? "hangs" : "is gone", used * 100);
        assertThat(used).isGreaterThan(0.55);
        replicas.forEach(replica -> {
            replica.link.restore();
            replica.link.resume();
        });
        time.pass(Duration.ofMinutes(1));
        noWindowIsOverThePlan();
        assertThat(used("minute", from, time.truly())).isGreaterThan(0.95);
    }

    @Test
    void shareThatIsLessThanACallIsRefusedWithATimeToRetry() {
        start("business", 3);
        time.pass(SETTLED);
        cutAll();
        time.pass(Duration.ofSeconds(2));

        var call = replicas.get(0).room.call("someone");

        assertThat(call.failure().kind()).isEqualTo(OVERLOADED);
        assertThat(call.failure().retryAfterSeconds().orElseThrow()).isPositive();
        assertThat(arrivals.count()).isZero();
    }

    @ParameterizedTest(name = "{0}, lost: {1}")
    @CsvSource({
        "business, false",
        "growth, false",
        "enterprise, false",
        "business, true",
        "growth, true",
        "enterprise, true"
    })
    void whenRedisIsBackTheyGoOnTogetherWithoutABurst(String name, boolean lost) {
        start(name, 3);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofSeconds(70));
        cutAll();
        time.pass(Duration.ofSeconds(20));
        if (lost) {
            server.empty();
        }

        repairAll();
        time.pass(Duration.ofMinutes(2));

        noWindowIsOverThePlan();
        assertThat(replicas)
                .allMatch(replica -> replica.limiter().sharing().orElseThrow().isShared());
        String binds = name.equals("growth") ? "second" : "minute";
        long now = time.truly();
        assertThat(used(binds, now - Duration.ofMinutes(1).toNanos(), now)).isGreaterThanOrEqualTo(0.95);
    }

    /** Whatever happens in whatever order, as long as Redis is there for all of them or for none. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void howeverOftenRedisComesAndGoesTheyKeepToThePlan(long seed) {
        random.setSeed(seed);
        String[] plans = {"starter", "business", "growth", "enterprise", "4/100/0", "0/50/300", "3/0/0"};
        start(plans[random.nextInt(plans.length)], 3);
        replicas.forEach(replica -> replica.link.setRoundTrip(Duration.ofMillis(random.nextInt(60))));
        time.pass(SETTLED);
        boolean isCut = false;
        for (int event = 0; event < 10; event++) {
            switch (random.nextInt(4)) {
                case 0 -> saturate(replicas.get(random.nextInt(replicas.size())));
                case 1 -> time.pass(Duration.ofSeconds(random.nextInt(40)));
                default -> {
                    if (isCut) {
                        if (random.nextBoolean()) {
                            server.empty();
                        }
                        repairAll();
                    } else {
                        cutAll();
                    }
                    isCut = !isCut;
                }
            }
            time.pass(Duration.ofMillis(random.nextInt(8_000)));
        }
        repairAll();
        long from = time.truly();
        saturate();
        time.pass(Duration.ofSeconds(70));

        noWindowIsOverThePlan();
        assertThat(arrivals.between(from, time.truly())).isPositive();
    }

    @Test
    void aReplicaThatIsBackFirstLeavesTheOthersTheirShares() {
        start("30/60/0", 3);
        time.pass(SETTLED);
        cutAll();
        saturate(replicas.get(1));
        saturate(replicas.get(2));
        time.pass(Duration.ofSeconds(20));
        assertThat(arrivals.count()).isBetween(20, 40);

        saturate(replicas.get(0));
        replicas.get(0).link.restore();
        time.pass(Duration.ofSeconds(3));
        replicas.get(1).link.restore();
        replicas.get(2).link.restore();
        time.pass(Duration.ofMinutes(2));

        noWindowIsOverThePlan();
        assertThat(used("minute", time.truly() - Duration.ofMinutes(1).toNanos(), time.truly()))
                .isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void aReplicaThatLosesRedisAgainSoonCountsWhatWasSentTogetherMeanwhile() {
        start("0/60/0", 3);
        time.pass(SETTLED);
        cutAll();
        time.pass(Duration.ofSeconds(20));
        repairAll();
        time.pass(Duration.ofSeconds(3));
        saturate(replicas.get(0));
        time.pass(Duration.ofSeconds(2));
        assertThat(arrivals.count()).isGreaterThan(20);

        replicas.forEach(replica -> replica.link.cut());
        saturate(replicas.get(1));
        saturate(replicas.get(2));
        time.pass(Duration.ofMinutes(2));

        noWindowIsOverThePlan();
    }

    @Test
    void aRedisThatLostItsDataWithoutABreakGetsItBack() {
        start("business", 3);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofMinutes(2));

        server.empty();
        time.pass(Duration.ofMinutes(2));

        noWindowIsOverThePlan();
        assertThat(used("minute", time.truly() - Duration.ofMinutes(1).toNanos(), time.truly()))
                .isGreaterThanOrEqualTo(0.95);
    }

    @Test
    void theDaysCountOutlivesEveryReplicaAndARedisThatLostItsData() {
        start("0/0/100", 3);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofMinutes(3));
        assertThat(arrivals.count()).isEqualTo(100);
        var fourth = startOne("0/0/100");
        time.pass(Duration.ofSeconds(5));
        replicas.subList(0, 3).forEach(this::kill);
        server.empty();

        saturate(fourth);
        time.pass(Duration.ofMinutes(1));
        time.leap(Duration.ofHours(5));
        time.pass(Duration.ofMinutes(1));

        assertThat(arrivals.count()).isEqualTo(100);
    }

    @Test
    void aReplicaThatUsedTheWholePlanLeavesTheOthersNoMoreThanIsLeft() {
        start("30/90/0", 3);
        time.pass(SETTLED);
        saturate(replicas.get(0));
        time.pass(Duration.ofSeconds(30));
        assertThat(arrivals.count()).isEqualTo(90);
        cutAll();

        saturate(replicas.get(1));
        saturate(replicas.get(2));
        time.pass(Duration.ofMinutes(3));

        noWindowIsOverThePlan();
        assertThat(arrivals.count()).isGreaterThan(200);
    }

    @Test
    void aReplicaThatNeverSawRedisSendsOneCallAMinute() {
        var alone = startOne("enterprise");
        alone.link.cut();
        saturate(alone);

        time.pass(Duration.ofMinutes(10));

        assertThat(arrivals.count()).isBetween(9, 10);
        assertThat(alone.limiter().sharing()).contains(new BudgetSharing(false, 0));
    }

    @Test
    void aReplicaThatNeverSawRedisUsesItsShareIfTheirNumberIsConfigured() {
        leastReplicas = OptionalInt.of(3);
        var alone = startOne("enterprise");
        alone.link.cut();
        saturate(alone);

        time.pass(Duration.ofMinutes(2));

        assertThat(arrivals.count()).isBetween((int) (0.9 * 2 * 5 * 60), 2 * 5 * 60);
    }

    @Test
    void theReservationsOfAReplicaThatWasKilledAreFreeSoon() {
        start("1/0/0", 3);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofSeconds(30));

        kill(replicas.get(0));
        int before = arrivals.count();
        time.pass(Duration.ofMinutes(1));

        assertThat(arrivals.count() - before).isGreaterThan(50);
        noWindowIsOverThePlan();
    }

    @Test
    void aCallThatConnectsForLongStaysReserved() {
        start("1/0/0", 3);
        time.pass(SETTLED);
        var slow = replicas.get(0);
        slow.limiter()
                .run(
                        "slow",
                        Effect.REGISTERS,
                        true,
                        Optional.empty(),
                        permit -> Uni.createFrom()
                                .emitter(answer -> time.in(
                                        Duration.ofSeconds(20).toNanos(),
                                        () -> attempt(slow, permit).subscribe().with(answer::complete, answer::fail))))
                .subscribe()
                .with(served -> {}, failed -> {});
        time.pass(Duration.ofMillis(10));

        saturate(replicas.get(1));
        time.pass(Duration.ofSeconds(19));

        assertThat(arrivals.count()).isZero();
        time.pass(Duration.ofMinutes(1));
        noWindowIsOverThePlan();
        assertThat(arrivals.count()).isGreaterThan(50);
    }

    @Test
    void aSingleCallOnAQuietReplicaIsSentAtOnce() {
        start("business", 3);
        time.pass(SETTLED);

        var call = replicas.get(2).room.call("single");

        time.pass(Duration.ofMillis(10));
        assertThat(call.isServed()).isTrue();
    }

    @Test
    void fourHundredCallsAfterAColdStartGoAtTheRateOfThePlan() {
        start("17/0/0", 3);
        time.pass(SETTLED);
        long from = time.truly();
        for (int i = 0; i < 400; i++) {
            call(replicas.get(0), "burst", false);
        }

        time.pass(Duration.ofSeconds(20));

        double perSecond = arrivals.between(from, time.truly()) / 20.0;
        System.out.printf("cold start: %.1f calls a second of 17%n", perSecond);
        noWindowIsOverThePlan();
        assertThat(perSecond).isGreaterThanOrEqualTo(0.95 * 17);
    }

    @Test
    void whatIsLeftIsKnownToAllOfThem() {
        start("0/100/0", 3);
        time.pass(SETTLED);
        for (int i = 0; i < 40; i++) {
            replicas.get(0).room.call("someone");
        }
        time.pass(Duration.ofSeconds(3));

        assertThat(replicas)
                .allSatisfy(replica ->
                        assertThat(replica.limiter().headers().get("RateLimit")).startsWith("\"minute\";r=60;"));
    }

    @Test
    void anAddedReplicaCountsEarlierUsage() {
        start("0/100/1000", 3);
        time.pass(SETTLED);
        for (int i = 0; i < 40; i++) {
            replicas.get(0).room.call("someone");
        }
        time.pass(Duration.ofMinutes(2));

        var added = startOne("0/100/1000");
        time.pass(Duration.ofSeconds(2));

        assertThat(added.limiter().headers().get("RateLimit")).startsWith("\"day\";r=960;");
    }

    @Test
    void theTimeToRetryReckonsWithTheCallsThatWaitOnOtherReplicas() {
        start("30/60/0", 3);
        time.pass(SETTLED);
        saturate(replicas.get(0));
        saturate(replicas.get(1));
        time.pass(Duration.ofSeconds(30));

        var late = replicas.get(2)
                .room
                .call("late", Optional.of(Duration.ofSeconds(1)), permit -> attempt(replicas.get(2), permit));

        assertThat(late.failure().retryAfterSeconds().orElseThrow()).isGreaterThan(10);
    }

    @Test
    void everythingInRedisExpires() {
        callerLimits = Map.of("caller-0", new Plan(10, 0, 0));
        start("enterprise", 3);
        time.pass(SETTLED);
        saturate();
        time.pass(Duration.ofSeconds(5));

        assertThat(server.keys())
                .hasSize(4)
                .allSatisfy(key -> assertThat(server.command(Command.PTTL, key).toLong())
                        .as(key)
                        .isPositive());
    }

    // Callers' own limits, and the back-off

    @Test
    void aCallersLimitHoldsForAllReplicasTogether() {
        callerLimits = Map.of("small", new Plan(2, 0, 0));
        start("unlimited", 3);
        time.pass(SETTLED);

        List<LimiterRoom.Caller> calls = IntStream.range(0, 30)
                .mapToObj(i -> {
                    time.pass(Duration.ofMillis(100));
                    return replicas.get(i % 3).room.call("small");
                })
                .toList();
        time.pass(Duration.ofMillis(50));

        assertThat(calls.stream().filter(LimiterRoom.Caller::isServed).count()).isBetween(5L, 6L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/3000/0", "unlimited"})
    void withoutRedisACallersLimitIsShared(String plan) {
        callerLimits = Map.of("small", new Plan(0, 30, 0));
        start(plan, 3);
        time.pass(SETTLED);
        cutAll();
        time.pass(Duration.ofSeconds(1));

        assertThat(served("small", 60)).isBetween(27L, 30L);
    }

    @Test
    void withoutRedisACallersLimitIsSharedAmongReplicasThatHaveJustStarted() {
        callerLimits = Map.of("small", new Plan(0, 30, 0));
        start("unlimited", 3);
        time.pass(Duration.ofMillis(500));
        cutAll();
        time.pass(Duration.ofSeconds(1));

        assertThat(served("small", 60)).isBetween(27L, 30L);
    }

    @Test
    void callsOfTheTimeBeforeTheReplicasChangedCountForACallerWhenRedisIsLost() {
        callerLimits = Map.of("small", new Plan(0, 0, 30));
        start("unlimited", 2);
        time.pass(SETTLED);
        assertThat(served("small", 20)).isEqualTo(20);

        startOne("unlimited");
        time.pass(SETTLED);
        cutAll();
        time.pass(Duration.ofSeconds(1));

        assertThat(served("small", 60)).isEqualTo(10);
    }

    /** How many calls of that caller are sent, if it makes so many, in turn at each replica. */
    private long served(String caller, int calls) {
        List<LimiterRoom.Caller> made = IntStream.range(0, calls)
                .mapToObj(i -> {
                    time.pass(Duration.ofMillis(100));
                    return replicas.get(i % replicas.size()).room.call(caller);
                })
                .toList();
        time.pass(Duration.ofSeconds(1));
        return made.stream().filter(LimiterRoom.Caller::isServed).count();
    }

    private LimiterRoom.Caller refused(Replica replica) {
        return replica.room.call("someone", Optional.empty(), permit -> {
            permit.markSent();
            return Uni.createFrom()
                    .failure(permit.markRefused(GatewayException.of(QUOTA_EXHAUSTED), Duration.ofSeconds(1)));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"unlimited", "enterprise"})
    void afterARefusalOfTheUpstreamAllReplicasHoldTheirCallsBack(String plan) {
        maxWait = Duration.ZERO;
        start(plan, 3);
        time.pass(SETTLED);
        refused(replicas.get(0));
        time.pass(Duration.ofMillis(200));

        var elsewhere = replicas.get(1).room.call("someone");

        assertThat(elsewhere.failure().kind()).isEqualTo(QUOTA_EXHAUSTED);
        assertThat(elsewhere.failure().retryAfterSeconds()).contains(1L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unlimited", "enterprise"})
    void oneCallOfAllReplicasProbesAndItsSuccessEndsTheBackOffForAll(String plan) {
        start(plan, 3);
        time.pass(SETTLED);
        refused(replicas.get(0));
        time.pass(Duration.ofMillis(200));
        saturate();

        time.pass(Duration.ofMillis(1_000));
        assertThat(arrivals.count()).isEqualTo(1);
        time.pass(Duration.ofSeconds(4));

        assertThat(replicas).allMatch(replica -> replica.sent > 0);
        noWindowIsOverThePlan();
    }

    /** A back-off that another replica has ended no longer waits for the probe of this one. */
    @Test
    void aProbeThatTakesLongHoldsNothingBackWhenThatOfAnotherReplicaWasServed() {
        start("enterprise", 2);
        time.pass(SETTLED);
        var one = replicas.get(0);
        refused(one);
        time.pass(Duration.ofMillis(200));
        var slow = one.room.call("slow", Optional.empty(), permit -> {
            permit.markSent();
            return Uni.createFrom().nothing();
        });
        time.pass(Duration.ofSeconds(15)); // longer than other replicas wait for a probe

        var elsewhere = replicas.get(1).room.call("b");
        time.pass(Duration.ofSeconds(2));
        var here = one.room.call("a");
        time.pass(Duration.ofSeconds(2));

        assertThat(elsewhere.isServed()).isTrue();
        assertThat(here.isServed()).isTrue();
        assertThat(slow.isWaiting()).isTrue();
    }

    @Test
    void aProbeThatTakesLongDoesNotStandForTheNextOne() {
        start("enterprise", 2);
        time.pass(SETTLED);
        var one = replicas.get(0);
        refused(one);
        time.pass(Duration.ofMillis(200));
        var slow = new AtomicReference<Runnable>();
        one.room.call("slow", Optional.empty(), permit -> {
            permit.markSent();
            return Uni.createFrom().emitter(emitter -> slow.set(() -> emitter.complete("served")));
        });
        time.pass(Duration.ofSeconds(15));
        refused(replicas.get(1));
        time.pass(Duration.ofSeconds(5)); // the pause of the second refusal is over

        saturate(one);
        time.pass(Duration.ofMillis(150));
        assertThat(arrivals.count()).as("probes").isEqualTo(1);
        slow.get().run();
        time.pass(Duration.ofMillis(20));

        assertThat(arrivals.count()).as("probes").isEqualTo(1);
    }
}
