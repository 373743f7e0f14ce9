package io.itrgateway.ratelimit;

import static io.itrgateway.problem.ProblemKind.CALLER_LIMIT;
import static io.itrgateway.problem.ProblemKind.OVERLOADED;
import static io.itrgateway.problem.ProblemKind.QUOTA_EXHAUSTED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller gets as its answer, and in which order calls are sent. */
@ExtendWith(Hushed.class)
class RateLimiterTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    /** An upstream that answers when the test says so. */
    private static final class Held {
        private final List<UniEmitter<? super String>> answers = new ArrayList<>();
        private final List<Permit> permits = new ArrayList<>();

        private Uni<String> attempt(Permit permit) {
            permit.markSent();
            permits.add(permit);
            return Uni.createFrom().emitter(answers::add);
        }

        private void answer(int call) {
            permits.get(call).markServed();
            answers.get(call).complete("served");
        }

        private void turnAway(int call, ProblemKind kind) {
            answers.get(call).fail(permits.get(call).markRefused(GatewayException.of(kind), SECOND));
        }
    }

    private static LimiterRoom.Caller hold(LimiterRoom room, String name, Held upstream) {
        return room.call(name, Optional.empty(), upstream::attempt);
    }

    private static RateLimitSettings settings(String plan, Duration maxWait, int maxWaiting, int maxInFlight) {
        return LimiterRoom.settings(plan, maxWait, maxWaiting, maxInFlight, Map.of());
    }

    private static void assertRefused(LimiterRoom.Caller caller, ProblemKind kind, long retryAfterSeconds) {
        assertThat(caller.failure()).isNotNull();
        assertThat(caller.failure().kind()).isEqualTo(kind);
        assertThat(caller.failure().retryAfterSeconds()).contains(retryAfterSeconds);
    }

    // ---- deadlines --------------------------------------------------------------------------------------------------

    @Test
    void aCallThatCannotBeServedInTimeIsRefusedAtOnceWithTheTimeOfTheNextSlot() {
        var room = new LimiterRoom("0/2/0");
        room.call("a");
        room.call("a");

        var third = room.call("a");

        assertRefused(third, QUOTA_EXHAUSTED, 61);
        assertThat(third.endedAtNanos()).isZero();
        assertThat(room.shed("quota")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/0/0", "2/0/0"})
    void aCallThatMustNotWaitIsServedWhereNoneHasToThoughTheClockMovesOn(String plan) {
        var room = new LimiterRoom(plan, Duration.ZERO);
        room.time.passWhenRead(Duration.ofNanos(100));

        for (int call = 0; call < 10; call++) {
            assertThat(room.call("a").isServed()).isTrue();
            room.time.pass(SECOND);
        }
    }

    @Test
    void aCallThatMustNotWaitIsNotSentLongAfterItsArrival() {
        var room = new LimiterRoom("0/0/0", Duration.ZERO);
        room.time.passWhenRead(SECOND);

        assertThat(room.call("a").failure()).isNotNull();
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aRetryAtTheGivenTimeIsServedAndASecondEarlierIsNot(long seed) {
        var random = new Random(seed);
        int perSecond = 1 + random.nextInt(5);
        int perMinute = perSecond + random.nextInt(40);
        String plan = "%d/%d/%d".formatted(perSecond, perMinute, perMinute + random.nextInt(200));
        int before = random.nextInt(120);

        var punctual = refusedAfter(plan, before, new Random(seed));
        long seconds = punctual.caller.failure().retryAfterSeconds().orElseThrow();
        punctual.room.time.pass(Duration.ofSeconds(seconds));
        var early = refusedAfter(plan, before, new Random(seed));
        early.room.time.pass(Duration.ofSeconds(seconds).minusMillis(1_100));

        assertThat(punctual.room.call("late-comer").isServed()).isTrue();
        assertThat(early.room
                        .call(
                                "late-comer",
                                Optional.of(Duration.ZERO),
                                permit -> Uni.createFrom().item("served"))
                        .isServed())
                .isFalse();
    }

    static Stream<Long> seeds() {
        return new Random(11).longs(60).boxed();
    }

    private record Refused(LimiterRoom room, LimiterRoom.Caller caller) {}

    /** A caller that would not wait and was refused, after others have called and wait. */
    private static Refused refusedAfter(String plan, int others, Random random) {
        var room = new LimiterRoom(plan, Duration.ofSeconds(4));
        for (int i = 0; i < others; i++) {
            room.call("late-comer");
            room.time.pass(Duration.ofMillis(random.nextInt(700)));
        }
        LimiterRoom.Caller caller = room.call(
                "late-comer",
                Optional.of(Duration.ZERO),
                permit -> Uni.createFrom().item("served"));
        while (caller.failure() == null) {
            room.call("late-comer");
            caller = room.call(
                    "late-comer",
                    Optional.of(Duration.ZERO),
                    permit -> Uni.createFrom().item("served"));
        }
        return new Refused(room, caller);
    }

    @Test
    void aShorterPatienceOfTheCallerCountsAndALongerOneDoesNot() {
        var room = new LimiterRoom("1/0/0", Duration.ofSeconds(2));
        room.call("a");

        var impatient = room.call(
                "a",
                Optional.of(Duration.ofMillis(500)),
                permit -> Uni.createFrom().item("x"));
        var first = room.call(
                "a",
                Optional.of(Duration.ofHours(1)),
                permit -> Uni.createFrom().item("x"));
        var second = room.call(
                "a",
                Optional.of(Duration.ofHours(1)),
                permit -> Uni.createFrom().item("x"));

        assertRefused(impatient, QUOTA_EXHAUSTED, 2);
        assertThat(first.isWaiting()).isTrue();
        assertRefused(second, QUOTA_EXHAUSTED, 3);
    }

    @Test
    void aCallThatWasPromisedItsTurnGetsItEvenIfTimersAreLate() {
        var room = new LimiterRoom("2/0/0", Duration.ofSeconds(3));
        room.time.late(Duration.ofMillis(5));

        var callers = Stream.generate(() -> room.call("a")).limit(40).toList();
        var accepted = callers.stream().filter(LimiterRoom.Caller::isWaiting).toList();
        room.time.pass(Duration.ofSeconds(4));

        assertThat(accepted).hasSizeBetween(4, 6).allMatch(LimiterRoom.Caller::isServed);
    }

    @Test
    void noWaitMeansNoneAtAll() {
        var room = new LimiterRoom("1/0/0", Duration.ZERO);

        assertThat(room.call("a").isServed()).isTrue();
        assertRefused(room.call("a"), QUOTA_EXHAUSTED, 2);
    }

    @Test
    void theRefusalOfANonWaitingCallIsPredictedWithoutMakingIt() {
        var room = new LimiterRoom("1/0/0");

        assertThat(room.limiter.refuseWithin(Duration.ZERO, "a", Effect.REGISTERS))
                .isEmpty();
        room.call("a");
        assertThat(room.limiter
                        .refuseWithin(Duration.ZERO, "a", Effect.REGISTERS)
                        .orElseThrow()
                        .kind())
                .isEqualTo(QUOTA_EXHAUSTED);
        assertThat(room.sent.count()).isEqualTo(1);
    }

    @Test
    void whatHoldsUpACallThatItsCallersLimitLetPassIsNotThatLimit() {
        var room = new LimiterRoom(
                LimiterRoom.settings("1/0/0", SECOND.multipliedBy(5), 10, 10, Map.of("small", new Plan(0, 1, 0))));
        room.call("other");
        var waiting = room.call("small");

        assertThat(waiting.isWaiting()).isTrue();
        assertThat(room.limiter
                        .reasonForWait("small", Effect.REGISTERS)
                        .orElseThrow()
                        .kind())
                .isEqualTo(QUOTA_EXHAUSTED);
    }

    @Test
    void whatHoldsUpACallMayBeHowManyAreAtTheUpstream() {
        var room = new LimiterRoom(settings("0/0/0", SECOND, 10, 1));
        var upstream = new Held();
        hold(room, "a", upstream);
        var waiting = hold(room, "a", upstream);

        assertThat(waiting.isWaiting()).isTrue();
        assertThat(room.limiter.reasonForWait("a", Effect.FETCHES).orElseThrow().kind())
                .isEqualTo(OVERLOADED);
    }

    // ---- fairness ---------------------------------------------------------------------------------------------------

    @Test
    void theSingleCallOfOneCallerGoesNextHoweverLongTheLineOfAnother() {
        var room = new LimiterRoom("1/0/0", Duration.ofSeconds(60));
        var flood = Stream.generate(() -> room.call("flood")).limit(50).toList();

        var single = room.call("single");
        room.time.pass(Duration.ofMillis(1_100));

        assertThat(single.isServed()).isTrue();
        assertThat(flood).filteredOn(LimiterRoom.Caller::isServed).hasSize(1);
    }

    @Test
    void callersTakeTurnsAndInsideALineTheOrderIsThatOfArrival() {
        var room = new LimiterRoom("1/0/0", Duration.ofMinutes(2));
        List<String> order = new ArrayList<>();
        for (String name : List.of("a1", "a2", "a3", "a4", "b1", "b2", "c1")) {
            room.call(name.substring(0, 1), Optional.empty(), permit -> {
                permit.markSent();
                order.add(name);
                return Uni.createFrom().item("served");
            });
        }

        room.time.pass(Duration.ofMinutes(1));

        assertThat(order).containsExactly("a1", "b1", "c1", "a2", "b2", "a3", "a4");
    }

    @Test
    void whoComesAgainAndAgainDoesNotKeepTheOthersFromTheirTurns() {
        var room = new LimiterRoom("1/0/0", Duration.ofMinutes(2));
        var flood = Stream.generate(() -> room.call("flood")).limit(20).toList();

        for (int i = 0; i < 20; i++) {
            room.call("again");
            room.time.pass(Duration.ofMillis(1_050));
        }

        assertThat(flood).filteredOn(LimiterRoom.Caller::isServed).hasSizeBetween(10, 12);
    }

    @Test
    void aTurnMovedBeyondItsDeadlineByAnotherCallerIsRefusedAtOnce() {
        var room = new LimiterRoom("1/0/0", Duration.ofSeconds(3));
        var flood = Stream.generate(() -> room.call("flood")).limit(3).toList();
        assertThat(flood.get(2).isWaiting()).isTrue();

        room.call("single");
        room.time.pass(Duration.ofMillis(100));

        assertThat(flood.get(1).isWaiting()).isTrue();
        assertThat(flood.get(2).failure().kind()).isEqualTo(QUOTA_EXHAUSTED);
    }

    @Test
    void aCallerWhoHangsUpGivesItsPlaceToTheNext() {
        var room = new LimiterRoom("1/0/0", Duration.ofSeconds(60));
        var callers = Stream.generate(() -> room.call("a")).limit(4).toList();

        callers.get(1).hangUp();
        callers.get(2).hangUp();
        room.time.pass(Duration.ofMillis(1_100));

        assertThat(callers.get(3).isServed()).isTrue();
        assertThat(room.sent.count()).isEqualTo(2);
    }

    @Test
    void aCallerWhoHangsUpWhileItsCallIsCountedByAllReplicasIsNotServed() {
        var time = new VirtualTime();
        var counts = new ArrayList<UniEmitter<? super Duration>>();
        var shared = new SharedRateLimits() {
            @Override
            public PermitStore permits(Plan plan, OptionalInt replicas) {
                return new MemoryPermitStore(plan, time);
            }

            @Override
            public Uni<Duration> count(String caller, Plan limit) {
                return Uni.createFrom().emitter(counts::add);
            }
        };
        var limits = Map.of("a", new Plan(5, 0, 0));
        var room = new LimiterRoom(
                LimiterRoom.settings("unlimited", Duration.ofSeconds(60), 10, 10, limits),
                time,
                meter -> Optional.of(shared));

        room.call("a").hangUp();
        counts.get(0).complete(Duration.ZERO);

        assertThat(room.sent.count()).isZero();
    }

    @Test
    void spacingInsideASecondIsEvenFromTheStart() {
        var room = new LimiterRoom("17/0/0", Duration.ofSeconds(60));
        Stream.generate(() -> room.call("a")).limit(200).toList();

        room.time.pass(Duration.ofSeconds(30));

        assertThat(room.sent.count()).isEqualTo(200);
        assertThat(room.sent.shortestGapNanos())
                .isGreaterThan(Duration.ofMillis(58).toNanos());
    }

    // ---- the queue's bounds -----------------------------------------------------------------------------------------

    @Test
    void oneMoreThanMayWaitIsOverloaded() {
        var room = new LimiterRoom(settings("1/0/0", Duration.ofMinutes(1), 2, 10));
        Stream.generate(() -> room.call("a")).limit(3).toList();

        var oneMore = room.call("a");

        assertRefused(oneMore, OVERLOADED, 1);
        assertThat(room.shed("waiting")).isEqualTo(1);
    }

    @Test
    void whereTheQueueIsFullTheLongestLineGivesAPlaceToAnotherCaller() {
        var room = new LimiterRoom(settings("1/0/0", Duration.ofMinutes(1), 3, 10));
        var flood = Stream.generate(() -> room.call("flood")).limit(4).toList();

        var single = room.call("single");
        room.time.pass(Duration.ofMillis(1_100));

        assertThat(single.isServed()).isTrue();
        assertRefused(flood.get(3), OVERLOADED, 1);
    }

    @Test
    void whoCanGoAtOnceNeedsNoPlaceInTheQueue() {
        var room = new LimiterRoom(settings("unlimited", Duration.ofSeconds(5), 0, 1));

        assertThat(room.call("a").isServed()).isTrue();
        assertThat(room.call("a").isServed()).isTrue();
    }

    @Test
    void oneMoreThanMayBeAtTheUpstreamWaitsAndGoesWhenOneComesBack() {
        var room = new LimiterRoom(settings("unlimited", Duration.ofSeconds(5), 10, 1));
        var upstream = new Held();
        hold(room, "a", upstream);
        var second = hold(room, "a", upstream);
        assertThat(upstream.answers).hasSize(1);

        upstream.answer(0);

        assertThat(upstream.answers).hasSize(2);
        assertThat(second.isWaiting()).isTrue();
    }

    @Test
    void aCallThatFindsNoPlaceAtTheUpstreamInTimeIsOverloaded() {
        var room = new LimiterRoom(settings("unlimited", Duration.ofSeconds(5), 10, 1));
        var upstream = new Held();
        hold(room, "a", upstream);

        var second = hold(room, "a", upstream);
        room.time.pass(Duration.ofSeconds(6));

        assertRefused(second, OVERLOADED, 1);
        assertThat(upstream.answers).hasSize(1);
        assertThat(room.shed("in_flight")).isEqualTo(1);
    }

    @Test
    void tenThousandCallersThatWaitAndHangUpLeaveNothingBehind() {
        var room = new LimiterRoom(settings("unlimited", Duration.ofMinutes(5), 10_000, 1));
        var upstream = new Held();
        hold(room, "held", upstream);
        List<WeakReference<Object>> whatTheyHeld = new ArrayList<>();
        List<LimiterRoom.Caller> waiting = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            var held = new Object();
            whatTheyHeld.add(new WeakReference<>(held));
            waiting.add(room.call(
                    "caller-" + i % 10,
                    Optional.empty(),
                    permit -> Uni.createFrom().item(held.toString())));
        }
        assertThat(room.limiter.waiting()).isEqualTo(10_000);

        waiting.forEach(LimiterRoom.Caller::hangUp);
        waiting.clear();

        assertThat(room.limiter.waiting()).isZero();
        await().atMost(Duration.ofMinutes(1)).until(() -> {
            System.gc();
            return whatTheyHeld.stream().allMatch(held -> held.get() == null);
        });
        assertThat(upstream.answers).hasSize(1);
    }

    @Test
    void aPlaceThatWasNeverUsedGoesToTheNextCallAtOnce() {
        var room = new LimiterRoom("0/1/0", Duration.ofMinutes(2));
        List<UniEmitter<? super String>> connecting = new ArrayList<>();
        room.call("a", Optional.empty(), permit -> Uni.createFrom().emitter(connecting::add));
        var second = room.call("a");
        assertThat(second.isWaiting()).isTrue();

        connecting.get(0).fail(GatewayException.of(UPSTREAM_UNAVAILABLE));

        assertThat(second.isServed()).isTrue();
    }

    // ---- callers' own limits ----------------------------------------------------------------------------------------

    @Test
    void aCallerLimitAppliesToThatCallerOnly() {
        var limits = Map.of("small", new Plan(2, 0, 0));
        var room = new LimiterRoom(LimiterRoom.settings("unlimited", Duration.ofSeconds(5), 100, 100, limits));

        assertThat(room.call("small").isServed()).isTrue();
        assertThat(room.call("small").isServed()).isTrue();
        assertRefused(room.call("small"), CALLER_LIMIT, 1);
        assertThat(room.call("other").isServed()).isTrue();
        room.time.pass(SECOND);
        assertThat(room.call("small").isServed()).isTrue();
    }

    @Test
    void aFurtherAttemptOfACallDoesNotCountForItsCallerAgain() {
        var limits = Map.of("small", new Plan(0, 0, 2));
        var room = new LimiterRoom(LimiterRoom.settings("unlimited", Duration.ZERO, 100, 100, limits));
        List<String> repeated = new ArrayList<>();
        room.call("small");

        room.limiter
                .run(
                        "small",
                        Effect.REGISTERS,
                        false,
                        Optional.empty(),
                        permit -> Uni.createFrom().item("repeated"))
                .subscribe()
                .with(repeated::add, failure -> {});

        assertThat(repeated).containsExactly("repeated");
        assertThat(room.call("small").isServed()).isTrue();
        assertThat(room.call("small").failure().kind()).isEqualTo(CALLER_LIMIT);
    }

    @Test
    void aCallThatThePlanRefusesDoesNotCountForItsCaller() {
        var limits = Map.of("small", new Plan(0, 0, 3));
        var room = new LimiterRoom(LimiterRoom.settings("0/1/0", Duration.ZERO, 100, 100, limits));
        room.call("small");
        for (int i = 0; i < 10; i++) {
            assertRefused(room.call("small"), QUOTA_EXHAUSTED, 61);
        }

        room.time.pass(Duration.ofSeconds(61));

        assertThat(room.call("small").isServed()).isTrue();
    }

    // ---- what is never sent -----------------------------------------------------------------------------------------

    @Test
    void aCallThatIsNeverSentCostsNothing() {
        var room = new LimiterRoom("0/1/0", Duration.ZERO);

        room.call("a", Optional.empty(), permit -> Uni.createFrom().failure(GatewayException.of(UPSTREAM_UNAVAILABLE)));

        assertThat(room.call("a").isServed()).isTrue();
        assertRefused(room.call("a"), QUOTA_EXHAUSTED, 61);
    }

    @Test
    void aCallCountsFromWhenItIsSentAndNotFromWhenItWasLetOut() {
        var room = new LimiterRoom("0/1/0", Duration.ZERO);
        List<Permit> permits = new ArrayList<>();
        room.call("a", Optional.empty(), permit -> {
            permits.add(permit);
            return Uni.createFrom().emitter(never -> {});
        });
        room.time.pass(Duration.ofSeconds(30));
        permits.get(0).markSent();
        room.time.pass(Duration.ofSeconds(59));

        assertRefused(room.call("a"), QUOTA_EXHAUSTED, 2);
        room.time.pass(Duration.ofMillis(1_100));
        assertThat(room.call("a").isServed()).isTrue();
    }

    @Test
    void aCallThatThrowsGivesItsPlaceBack() {
        var room = new LimiterRoom(settings("unlimited", Duration.ZERO, 0, 1));

        room.limiter
                .run("a", Effect.REGISTERS, true, Optional.empty(), permit -> {
                    throw new IllegalStateException("bug");
                })
                .subscribe()
                .with(item -> {}, failure -> {});

        assertThat(room.call("a").isServed()).isTrue();
    }

    // ---- authorize --------------------------------------------------------------------------------------------------

    @Test
    void anAuthorizeCountsForThePlanAndGoesBeforeAllWaitingCalls() {
        var room = new LimiterRoom("1/0/0", Duration.ofMinutes(1));
        var callers = Stream.generate(() -> room.call("a")).limit(5).toList();
        List<String> authorized = new ArrayList<>();

        room.limiter
                .runFirst(permit -> {
                    permit.markSent();
                    room.sent.add(room.time.nanos());
                    authorized.add("authorized");
                    return Uni.createFrom().item("token");
                })
                .subscribe()
                .with(token -> {}, failure -> {});
        room.time.pass(Duration.ofMillis(1_100));

        assertThat(authorized).hasSize(1);
        assertThat(callers).filteredOn(LimiterRoom.Caller::isServed).hasSize(1);
        assertThat(room.sent.mostIn(SECOND)).isEqualTo(1);
    }

    @Test
    void anAuthorizeIsNotKeptBackByCallsThatWaitForTheUpstream() {
        var room = new LimiterRoom(settings("unlimited", Duration.ofSeconds(5), 0, 1));
        hold(room, "a", new Held());
        List<String> authorized = new ArrayList<>();

        room.limiter
                .runFirst(permit -> Uni.createFrom().item("token"))
                .subscribe()
                .with(authorized::add, failure -> {});

        assertThat(authorized).containsExactly("token");
    }

    // ---- when the upstream turns us away ----------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"QUOTA_EXHAUSTED", "UPSTREAM_UNAVAILABLE"})
    void anUpstreamRefusalIsReturnedAtOnceAndPausesOtherCalls(String kind) {
        var room = new LimiterRoom("unlimited", Duration.ZERO);
        var upstream = new Held();
        var first = hold(room, "a", upstream);

        upstream.turnAway(0, ProblemKind.valueOf(kind));

        assertRefused(first, ProblemKind.valueOf(kind), 1);
        assertRefused(room.call("a"), ProblemKind.valueOf(kind), 1);
        assertThat(room.shed("hold_back")).isEqualTo(1);
    }

    @Test
    void pausesDoubleUpToAMinuteAndEndWithTheFirstCallThatIsServed() {
        var room = new LimiterRoom("unlimited", Duration.ZERO);
        var upstream = new Held();
        List<Long> pauses = new ArrayList<>();
        for (int refusal = 0; refusal < 9; refusal++) {
            var probe = hold(room, "a", upstream);
            upstream.turnAway(refusal, QUOTA_EXHAUSTED);
            long seconds = probe.failure().retryAfterSeconds().orElseThrow();
            pauses.add(seconds);
            room.time.pass(Duration.ofSeconds(seconds));
        }
        assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L);

        hold(room, "a", upstream);
        upstream.answer(9);

        assertThat(room.call("a").isServed()).isTrue();
        assertThat(room.call("a").isServed()).isTrue();
    }

    @Test
    void whenThePauseIsOverOneCallProbesAndTheOthersWaitForWhatBecomesOfIt() {
        var room = new LimiterRoom("unlimited", Duration.ofSeconds(5));
        var upstream = new Held();
        hold(room, "a", upstream);
        upstream.turnAway(0, QUOTA_EXHAUSTED);
        var waiting = Stream.generate(() -> hold(room, "a", upstream)).limit(10).toList();

        room.time.pass(SECOND);
        assertThat(upstream.answers).hasSize(2);
        upstream.answer(1);

        assertThat(upstream.answers).hasSize(11);
        assertThat(waiting.get(0).isServed()).isTrue();
    }

    @Test
    void whenTheProbeIsRefusedCallsThatCannotWaitLongerFailAtOnce() {
        var room = new LimiterRoom("unlimited", Duration.ofMillis(2_500));
        var upstream = new Held();
        hold(room, "a", upstream);
        upstream.turnAway(0, QUOTA_EXHAUSTED);
        hold(room, "a", upstream);
        var second = hold(room, "a", upstream);
        room.time.pass(SECOND);

        upstream.turnAway(1, QUOTA_EXHAUSTED);

        assertRefused(second, QUOTA_EXHAUSTED, 2);
    }

    @Test
    void refusalsOfCallsThatWereUnderWayBelongToOnePause() {
        var room = new LimiterRoom("unlimited", Duration.ZERO);
        var upstream = new Held();
        var callers = Stream.generate(() -> hold(room, "a", upstream)).limit(20).toList();

        for (int call = 0; call < 20; call++) {
            upstream.turnAway(call, QUOTA_EXHAUSTED);
        }

        assertThat(callers).allSatisfy(caller -> assertRefused(caller, QUOTA_EXHAUSTED, 1));
    }

    @Test
    void aProbeThatBringsNoNewsLetsTheNextOneProbe() {
        var room = new LimiterRoom("unlimited", Duration.ofSeconds(5));
        var upstream = new Held();
        hold(room, "a", upstream);
        upstream.turnAway(0, QUOTA_EXHAUSTED);
        hold(room, "a", upstream);
        hold(room, "a", upstream);
        hold(room, "a", upstream);
        room.time.pass(SECOND);

        upstream.answers.get(1).fail(GatewayException.of(ProblemKind.UPSTREAM_TIMEOUT));

        assertThat(upstream.answers).hasSize(3);
    }

    @Test
    void theUpstreamsRetryAfterIsKeptAndPassedOnUpToAMinute() {
        var room = new LimiterRoom("unlimited", Duration.ZERO);
        var turnedAway = room.call(
                "a",
                Optional.empty(),
                permit -> Uni.createFrom()
                        .failure(() ->
                                permit.markRefused(GatewayException.of(QUOTA_EXHAUSTED), Duration.ofSeconds(30))));

        assertRefused(turnedAway, QUOTA_EXHAUSTED, 30);
        room.time.pass(Duration.ofSeconds(20));
        assertRefused(room.call("a"), QUOTA_EXHAUSTED, 10);
    }

    @Test
    void theTransactionIdOfARefusedCallIsNotShownToOtherCallers() {
        var room = new LimiterRoom("unlimited", Duration.ZERO);
        room.call(
                "a",
                Optional.empty(),
                permit -> Uni.createFrom()
                        .failure(() -> permit.markRefused(
                                GatewayException.of(QUOTA_EXHAUSTED).withTransactionId(Optional.of("tx-1")), SECOND)));

        assertThat(room.call("b").failure().transactionId()).isEmpty();
    }

    // ---- the circuit breaker ----------------------------------------------------------------------------------------

    @Test
    void whileTheCircuitIsOpenNoCallWaitsAndNoneIsSent() {
        var room = new LimiterRoom("1/0/0", Duration.ofMinutes(1));
        room.call("a");
        var waiting = room.call("a");
        var told = GatewayException.of(UPSTREAM_UNAVAILABLE).withRetryAfter(Duration.ofSeconds(4));

        room.openBreaker(told);

        assertRefused(waiting, UPSTREAM_UNAVAILABLE, 4);
        assertRefused(room.call("a"), UPSTREAM_UNAVAILABLE, 4);
        assertThat(room.sent.count()).isEqualTo(1);
        assertThat(room.shed("breaker")).isEqualTo(2);
    }

    @Test
    void theCircuitBreakerCanAskWhetherAnAttemptThatFailedWasSent() {
        var room = new LimiterRoom("0/0/0");
        room.call("a", Optional.empty(), permit -> {
            throw GatewayException.of(OVERLOADED);
        });
        room.call("a", Optional.empty(), permit -> {
            permit.markSending();
            throw GatewayException.of(OVERLOADED);
        });

        assertThat(room.failedAfterSending).containsExactly(false, true);
    }

    @Test
    void theCircuitBreakerKnowsForWhomAnAttemptIsMade() {
        var room = new LimiterRoom("0/0/0");
        room.call("a");
        room.limiter
                .runFirst(permit -> Uni.createFrom().item("a token"))
                .subscribe()
                .with(token -> {});

        assertThat(room.guarded).containsExactly("a", "");
    }

    // ---- stopping ---------------------------------------------------------------------------------------------------

    @Test
    void onStopWaitingCallsAreRefusedAndSentCallsAwaited() {
        var room = new LimiterRoom("1/0/0", Duration.ofMinutes(1));
        var upstream = new Held();
        var out = hold(room, "a", upstream);
        var waiting = hold(room, "a", upstream);

        room.limiter.stop();
        var later = hold(room, "b", upstream);

        assertRefused(waiting, OVERLOADED, 1);
        assertRefused(later, OVERLOADED, 1);
        assertThat(room.limiter.idle().toCompletableFuture()).isNotDone();
        upstream.answer(0);
        assertThat(out.isServed()).isTrue();
        assertThat(room.limiter.idle().toCompletableFuture()).isDone();
    }

    @Test
    void whoHangsUpAfterHisCallWasSentIsStillWaitedFor() {
        var room = new LimiterRoom("unlimited");
        var upstream = new Held();
        hold(room, "a", upstream).hangUp();

        room.limiter.stop();

        assertThat(room.limiter.idle().toCompletableFuture()).isNotDone();
        upstream.answer(0);
        assertThat(room.limiter.idle().toCompletableFuture()).isDone();
    }

    @Test
    void aServiceThatDoesNothingIsIdleAsSoonAsItStops() {
        var room = new LimiterRoom("unlimited");

        room.limiter.stop();

        assertThat(room.limiter.idle().toCompletableFuture()).isDone();
    }

    // ---- what is shown ----------------------------------------------------------------------------------------------

    @Test
    void theHeadersSayThePlanAndWhatIsLeftOfTheWindowThatBinds() {
        var room = new LimiterRoom("17/1000/50000", Duration.ofSeconds(60));
        Stream.generate(() -> room.call("a")).limit(588).toList();
        room.time.pass(Duration.ofSeconds(40));

        assertThat(room.limiter.headers())
                .containsOnly(
                        Map.entry(
                                "RateLimit-Policy",
                                "\"second\";q=17;w=1, \"minute\";q=1000;w=60, \"day\";q=50000;w=86400"),
                        Map.entry("RateLimit", "\"minute\";r=412;t=21"));
    }

    @Test
    void withoutAPlanThereIsNothingToShow() {
        assertThat(new LimiterRoom("unlimited").limiter.headers()).isEmpty();
    }

    @Test
    void whatIsLeftIsAMetricOfEachWindow() {
        var room = new LimiterRoom("17/1000/50000");
        room.call("a");

        assertThat(room.meters
                        .get("gateway.budget.left")
                        .tag("window", "day")
                        .gauge()
                        .value())
                .isEqualTo(49_999);
        assertThat(room.meters
                        .get("gateway.wait")
                        .tag("result", "admitted")
                        .timer()
                        .count())
                .isEqualTo(1);
    }
}
