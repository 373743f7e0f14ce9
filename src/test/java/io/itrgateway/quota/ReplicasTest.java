package io.itrgateway.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.redis.BookOnRedis;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three replicas with one plan in one Redis, saturated, in the test's own time. Timers are 2 ms late, answers take 200 ms to 2 s, calls
 * jitter by 30 ms on their way.
 */
@ExtendWith(Hushed.class)
@Needs(Needs.Tool.REDIS)
class ReplicasTest {

    private static final int REPLICAS = 3;
    private static final int CALLERS_OF_EACH = 60;
    private static final Duration TIMER_LATENESS = Duration.ofMillis(2);
    private static final Duration JITTER = Duration.ofMillis(30);
    private static final long EPOCH_MICROS = 1_700_000_000_000_000L;

    private static RedisServer server;
    private static Vertx vertx;

    private final VirtualTime time = new VirtualTime();
    private final Random random = new Random(11);
    private final Arrivals arrivals = new Arrivals();
    private final int[] sentBy = new int[REPLICAS + 1];
    private final List<BookOnRedis> books = new ArrayList<>();
    private final List<GateRoom> replicas = new ArrayList<>();
    private final String account = UUID.randomUUID().toString().replace("-", "");
    private Plan plan;

    @BeforeAll
    static void startRedis() {
        server = new RedisServer();
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stopRedis() {
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @AfterEach
    void close() {
        books.forEach(BookOnRedis::close);
    }

    private void start(String name) {
        time.late(TIMER_LATENESS);
        for (int replica = 0; replica < REPLICAS; replica++) {
            startOne(name);
        }
    }

    private void startOne(String name) {
        plan = Plan.of(name).orElseThrow();
        var book = new BookOnRedis(server, vertx, account, () -> EPOCH_MICROS + time.truly() / 1_000);
        var settings = GateRoom.settings(name, Duration.ofMinutes(5), 10_000, 1_024, Map.of());
        books.add(book);
        replicas.add(new GateRoom(
                settings,
                time,
                new SharedLedger(plan, OptionalInt.empty(), book, time, new QuotaMeter(new SimpleMeterRegistry()))));
    }

    private void saturate() {
        for (int replica = 0; replica < replicas.size(); replica++) {
            saturate(replica);
        }
    }

    private void saturate(int replica) {
        for (int caller = 0; caller < CALLERS_OF_EACH; caller++) {
            call(replica, "caller-" + caller % 3);
        }
    }

    private void call(int replica, String caller) {
        replicas.get(replica)
                .gate
                .run(caller, Effect.REGISTERS, Optional.empty(), permit -> attempt(replica, permit))
                .subscribe()
                .with(served -> call(replica, caller), told -> {
                    long seconds = ((GatewayException) told).retryAfterSeconds().orElseThrow();
                    time.in(Duration.ofSeconds(seconds).toNanos(), () -> call(replica, caller));
                });
    }

    private Uni<String> attempt(int replica, Permit permit) {
        permit.sent();
        sentBy[replica]++;
        arrivals.add(time.truly() + (long) (random.nextDouble() * JITTER.toNanos()));
        long answer = Duration.ofMillis(200 + random.nextInt(1_800)).toNanos();
        return Uni.createFrom()
                .emitter(emitter -> time.in(answer, () -> {
                    permit.served();
                    emitter.complete("served");
                }));
    }

    private void nobodyWasSentTooMany() {
        for (Window window : plan.windows()) {
            assertThat(arrivals.mostIn(window.length())).as(window.name()).isLessThanOrEqualTo(window.quota());
        }
    }

    private double used(Window window, long from, long to) {
        return (double) arrivals.between(from, to)
                / window.quota()
                / ((double) (to - from) / window.length().toNanos());
    }

    private Window window(String name) {
        return plan.windows().stream()
                .filter(window -> window.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "starter, minute, 20, 0.95",
        "business, minute, 15, 0.95",
        "growth, second, 5, 0.95",
        "enterprise, minute, 4, 0.95",
        "1/0/0, second, 10, 0.95"
    })
    void togetherTheyUseWhatThePlanAllowsAndNoMore(String name, String binds, int minutes, double least) {
        start(name);
        saturate();

        time.pass(Duration.ofMinutes(minutes));

        double used = used(window(binds), 0, Duration.ofMinutes(minutes).toNanos());
        System.out.printf(
                "%-12s %6d calls of three replicas (%d, %d, %d); %5.1f %% of the %s used; %.2f steps a call%n",
                name,
                arrivals.count(),
                sentBy[0],
                sentBy[1],
                sentBy[2],
                used * 100,
                binds,
                (double) books.stream().mapToInt(BookOnRedis::steps).sum() / arrivals.count());
        nobodyWasSentTooMany();
        assertThat(used).isGreaterThanOrEqualTo(least);
        assertThat(IntStream.of(sentBy).limit(REPLICAS)).allMatch(sent -> sent >= arrivals.count() / REPLICAS / 2);
    }

    // ---- without the book -------------------------------------------------------------------------------------------

    /** Each finds out by itself, some time after the others. */
    private void cutAll() {
        for (BookOnRedis book : books) {
            book.cutSilently();
            time.pass(Duration.ofMillis(random.nextInt(250)));
        }
    }

    private void mendAll(boolean forgot) {
        for (BookOnRedis book : books) {
            book.mend(forgot);
            time.pass(Duration.ofMillis(random.nextInt(400)));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "starter, minute, 10, 0.95",
        "business, minute, 10, 0.95",
        "growth, second, 5, 0.95",
        "enterprise, minute, 5, 0.95",
        "30/600/0, minute, 5, 0.95"
    })
    void whenAllLoseTheBookTheyShareThePlanAndGoOn(String name, String binds, int minutes, double least) {
        start(name);
        saturate();
        time.pass(Duration.ofMinutes(3));
        cutAll();
        long from = time.nanos() + Duration.ofMinutes(1).toNanos();

        time.pass(Duration.ofMinutes(1 + minutes));

        nobodyWasSentTooMany();
        assertThat(used(window(binds), from, from + Duration.ofMinutes(minutes).toNanos()))
                .isGreaterThanOrEqualTo(least);
        assertThat(replicas)
                .allMatch(replica -> !replica.gate.sharing().orElseThrow().together());
    }

    @ParameterizedTest(name = "{0}, forgotten: {1}")
    @CsvSource({
        "business, false",
        "growth, false",
        "enterprise, false",
        "business, true",
        "growth, true",
        "enterprise, true"
    })
    void whenTheBookIsBackTheyGoOnTogetherWithoutABurst(String name, boolean forgot) {
        start(name);
        saturate();
        time.pass(Duration.ofMinutes(3));
        cutAll();
        time.pass(Duration.ofSeconds(20));
        if (forgot) {
            server.empty();
        }

        mendAll(forgot);
        time.pass(Duration.ofMinutes(3));

        nobodyWasSentTooMany();
        assertThat(replicas)
                .allMatch(replica -> replica.gate.sharing().orElseThrow().together());
        String binds = name.equals("growth") ? "second" : "minute";
        long now = time.nanos();
        assertThat(used(window(binds), now - Duration.ofMinutes(2).toNanos(), now))
                .isGreaterThanOrEqualTo(0.95);
    }

    /** Whatever happens in whatever order, as long as they have seen each other, and the book is there for all of them or for none. */
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void howeverOftenTheyLoseAndFindTheBookTheyKeepToThePlan(long seed) {
        random.setSeed(seed);
        String[] plans = {"starter", "business", "growth", "enterprise", "4/100/0", "0/50/300", "3/0/0"};
        start(plans[random.nextInt(plans.length)]);
        time.pass(Duration.ofSeconds(2)); // they have seen each other
        boolean isCut = false;
        for (int event = 0; event < 12; event++) {
            switch (random.nextInt(4)) {
                case 0 -> saturate(random.nextInt(replicas.size()));
                case 1 -> time.pass(Duration.ofSeconds(random.nextInt(60)));
                default -> {
                    if (isCut) {
                        boolean forgot = random.nextBoolean();
                        if (forgot) {
                            server.empty();
                        }
                        mendAll(forgot);
                    } else {
                        cutAll();
                    }
                    isCut = !isCut;
                }
            }
            time.pass(Duration.ofMillis(random.nextInt(8_000)));
        }
        time.pass(Duration.ofMinutes(1));

        nobodyWasSentTooMany();
    }

    @Test
    void whoIsBackFirstWaitsUntilTheOthersHaveToldWhatTheySentAlone() {
        start("30/60/0");
        time.pass(Duration.ofSeconds(2));
        cutAll();
        saturate(1);
        saturate(2);
        time.pass(Duration.ofSeconds(20));
        assertThat(arrivals.count()).isBetween(30, 40);

        saturate(0);
        books.get(0).mend(false);
        time.pass(Duration.ofSeconds(1));
        books.get(1).mend(false);
        books.get(2).mend(false);
        time.pass(Duration.ofMinutes(2));

        nobodyWasSentTooMany();
    }

    @Test
    void whoLosesTheBookAgainSoonCountsWhatWasSentTogetherMeanwhile() {
        start("0/60/0");
        time.pass(Duration.ofSeconds(2));
        cutAll();
        time.pass(Duration.ofSeconds(20));
        books.forEach(book -> book.mend(false));
        time.pass(Duration.ofMillis(300));
        saturate(0);
        time.pass(Duration.ofSeconds(1));
        assertThat(arrivals.count()).isGreaterThan(20);

        books.forEach(BookOnRedis::cutSilently);
        saturate(1);
        saturate(2);
        time.pass(Duration.ofMinutes(2));

        nobodyWasSentTooMany();
    }

    @Test
    void aBookThatForgotWithoutABreakIsToldWhatWasInIt() {
        start("business");
        saturate();
        time.pass(Duration.ofMinutes(3));

        server.empty();
        mendAll(true);
        time.pass(Duration.ofMinutes(3));

        nobodyWasSentTooMany();
    }

    @Test
    void theDaysCountOutlivesEveryReplicaAndABookThatForgot() {
        start("0/0/100");
        saturate();
        time.pass(Duration.ofMinutes(10));
        assertThat(arrivals.count()).isEqualTo(100);
        startOne("0/0/100");
        time.pass(Duration.ofSeconds(5));
        books.subList(0, REPLICAS).forEach(BookOnRedis::cut);
        server.empty();
        books.get(REPLICAS).mend(true);

        saturate(REPLICAS);
        time.leap(Duration.ofHours(5));
        time.pass(Duration.ofMinutes(1));

        assertThat(arrivals.count()).isEqualTo(100);
    }

    @Test
    void oneThatUsedTheWholePlanLeavesTheOthersNoMoreThanIsLeft() {
        start("30/90/0");
        saturate(0);
        time.pass(Duration.ofSeconds(30));
        assertThat(arrivals.count()).isEqualTo(90);
        cutAll();

        saturate(1);
        saturate(2);
        time.pass(Duration.ofMinutes(3));

        nobodyWasSentTooMany();
    }

    @Test
    void oneThatNeverSawTheBookSendsOneCallAMinute() {
        startOne("enterprise");
        books.get(0).cut();
        saturate();

        time.pass(Duration.ofMinutes(10));

        assertThat(arrivals.count()).isBetween(9, 10);
        assertThat(replicas.get(0).gate.sharing()).contains(new Sharing(false, 0));
    }

    @Test
    void aPlaceOfOneThatDiedIsFreeAgainSoon() {
        start("1/0/0");
        saturate();
        time.pass(Duration.ofSeconds(30));
        replicas.forEach(replica -> assertThat(replica.gate.waiting()).isPositive());

        books.get(0).cutSilently();
        replicas.get(0).gate.stop();
        int before = arrivals.count();
        time.pass(Duration.ofMinutes(1));

        assertThat(arrivals.count() - before).isGreaterThan(50);
        nobodyWasSentTooMany();
    }

    @Test
    void aCallThatConnectsForLongKeepsItsPlace() {
        start("1/0/0");
        replicas.get(0)
                .gate
                .run(
                        "slow",
                        Effect.REGISTERS,
                        Optional.empty(),
                        permit -> Uni.createFrom()
                                .emitter(answer -> time.in(
                                        Duration.ofSeconds(20).toNanos(),
                                        () -> attempt(0, permit).subscribe().with(answer::complete, answer::fail))))
                .subscribe()
                .with(served -> {}, failed -> {});
        time.pass(Duration.ofMillis(10));

        saturate(1);
        time.pass(Duration.ofSeconds(19));

        assertThat(arrivals.count()).isZero();
        time.pass(Duration.ofMinutes(1));
        nobodyWasSentTooMany();
        assertThat(arrivals.count()).isGreaterThan(50);
    }

    @Test
    void aSingleCallerOnAQuietReplicaIsServedAtOnce() {
        start("business");
        time.pass(Duration.ofSeconds(2));

        var caller = replicas.get(2).call("single");

        time.pass(Duration.ofMillis(10));
        assertThat(caller.isServed()).isTrue();
    }

    @Test
    void whatIsLeftIsKnownToAllOfThem() {
        start("0/100/0");
        time.pass(Duration.ofSeconds(2));
        for (int i = 0; i < 40; i++) {
            replicas.get(0).call("someone");
        }
        time.pass(Duration.ofSeconds(2));

        assertThat(replicas)
                .allSatisfy(replica -> assertThat(
                                replica.gate.rateLimit().orElseThrow().state())
                        .startsWith("\"minute\";r=60;"));
    }

    @Test
    void oneThatComesLaterKnowsWhatWasUsedBefore() {
        start("0/100/1000");
        for (int i = 0; i < 40; i++) {
            replicas.get(0).call("someone");
        }
        time.pass(Duration.ofMinutes(5));

        startOne("0/100/1000");
        time.pass(Duration.ofSeconds(2));

        assertThat(replicas.get(REPLICAS).gate.rateLimit().orElseThrow().state())
                .startsWith("\"day\";r=960;");
    }

    @Test
    void ofTwoThatArePastTheirPlanEachKnowsThatTheOtherWaits() {
        start("30/60/0");
        saturate(0);
        saturate(1);
        time.pass(Duration.ofSeconds(30));

        var late = replicas.get(2).call("late", Optional.of(Duration.ofSeconds(1)), permit -> attempt(2, permit));

        assertThat(late.failure().retryAfterSeconds().orElseThrow()).isGreaterThan(10);
    }

    @Test
    void allThatLiesInRedisHasAnEndOfItsLife() {
        start("enterprise");
        saturate();
        time.pass(Duration.ofSeconds(5));

        assertThat(server.keys())
                .isNotEmpty()
                .allSatisfy(key -> assertThat(server.command(Command.PTTL, key).toLong())
                        .as(key)
                        .isPositive());
    }
}
