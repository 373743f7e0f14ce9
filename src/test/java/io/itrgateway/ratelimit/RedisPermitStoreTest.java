package io.itrgateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.Outcome;
import io.itrgateway.ratelimit.redis.BlockingRedis;
import io.itrgateway.ratelimit.redis.SimulatedLink;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The calls in Redis, with one replica; {@link ReplicasTest} has several. */
@Needs(Needs.Tool.REDIS)
class RedisPermitStoreTest extends PermitStoreContract {

    private static final long EPOCH_MICROS = 1_700_000_000_000_000L;

    private static final String CALLS = "itr-gateway:4:{c0ffee}:budget:calls";

    private static RedisServer server;
    private static BlockingRedis redis;

    /** By how much Redis' clock was set forward. */
    private Duration ahead = Duration.ZERO;

    @BeforeAll
    static void start() {
        server = new RedisServer();
        redis = new BlockingRedis(server);
    }

    @AfterAll
    static void stop() {
        redis.close();
        server.close();
    }

    @AfterEach
    void empty() {
        server.empty();
    }

    @Test
    void aClockOfRedisThatIsSetBackDoesNotRefuseACallerForThatLong() {
        var setBack = new AtomicLong();
        var link = new SimulatedLink(
                redis, "c0ffee", time, () -> EPOCH_MICROS + time.truly() / 1_000 - setBack.get(), Duration.ZERO);
        var limits = link.stores(new RateLimitTelemetry(new SimpleMeterRegistry()));
        Plan one = Plan.of("1/1/1").orElseThrow();
        assertThat(counted(limits, one)).isZero();
        assertThat(counted(limits, one)).isPositive();

        setBack.set(Duration.ofHours(1).toNanos() / 1_000);

        assertThat(counted(limits, one)).isZero();
        assertThat(counted(limits, one)).isLessThanOrEqualTo(Duration.ofDays(1));
    }

    /** As while the limit is changed from one replica to the next. */
    @Test
    void aShorterLimitOfACallerRemovesNoCallThatALongerOneCounts() {
        var link = new SimulatedLink(redis, "c0ffee", time, this::redisMicros, Duration.ZERO);
        var limits = link.stores(new RateLimitTelemetry(new SimpleMeterRegistry()));
        Plan aDay = Plan.of("0/0/2").orElseThrow();
        Plan aSecond = Plan.of("5/0/0").orElseThrow();
        assertThat(counted(limits, aDay)).isZero();

        time.pass(Duration.ofMinutes(1));
        assertThat(counted(limits, aSecond)).isZero();

        assertThat(counted(limits, aDay)).isPositive();
    }

    /** As when the process is stopped and continued: what was to happen meanwhile happens then, the answer of Redis first. */
    @Test
    void aCallWhoseWaitWasOverBeforeRedisAnsweredIsNotSent() {
        var link = new SimulatedLink(redis, "c0ffee", time, () -> EPOCH_MICROS + time.truly() / 1_000, Duration.ZERO);
        var room = new LimiterRoom(
                LimiterRoom.settings("growth", Duration.ofSeconds(5), 10_000, 1_024, Map.of()),
                time,
                meter -> Optional.of(link.stores(meter)));
        time.pass(Duration.ofSeconds(2)); // it has joined
        link.setRoundTrip(Duration.ofMillis(100));

        var caller = room.call("acme");
        time.leap(Duration.ofHours(1));

        assertThat(caller.isServed()).isFalse();
        assertThat(caller.failure().kind().outcome()).isEqualTo(Outcome.NOT_PROCESSED);
        assertThat(room.sent.count()).isZero();
    }

    /** As a replica without a plan, or a doctor whose plan cannot be read, beside a service, or while it is started again. */
    @ParameterizedTest(name = "{0}, the other one is there: {1}")
    @CsvSource({"unlimited, true", "unlimited, false", "5/0/0, true", "5/0/0, false", "0/5/0, true", "0/5/0, false"})
    void aStoreWithAShorterWindowRemovesNoCallThatALongerOneCounts(String shorter, boolean isThere) {
        var store = store("0/0/1");
        addCallOfAnHourAgo();
        if (!isThere) {
            store.shutDown();
            time.pass(Duration.ofSeconds(10)); // it is forgotten
        }

        store(shorter);

        assertThat(calls()).isEqualTo(1);
        assertThat(store("0/0/1").remaining()).extracting(BudgetWindow::left).containsExactly(0);
    }

    @Test
    void callsGoWhenNoReplicaHasHadTheLongerWindowForItsLength() {
        store("0/0/1").shutDown();
        time.pass(Duration.ofSeconds(10));
        ahead = Duration.ofHours(23);
        addCallOfAnHourAgo();
        store("0/5/0");
        assertThat(calls()).isEqualTo(1);

        ahead = Duration.ofHours(25);
        store("0/5/0");

        assertThat(calls()).isZero();
    }

    @Test
    void aReplicaWithoutAPlanAddsNoCallToTheWindowsOfOthers() {
        var store = store("unlimited");
        var first = store.reserve().subscribeAsCompletionStage();
        var second = store.reserve().subscribeAsCompletionStage();
        time.pass(Duration.ofMillis(10));

        ((Admission.Admitted) first.getNow(null)).reservation().markSent();
        ((Admission.Admitted) second.getNow(null)).reservation().release();
        time.pass(Duration.ofSeconds(1)); // it is reported

        assertThat(calls()).isZero();
    }

    private void addCallOfAnHourAgo() {
        server.command(Command.ZADD, CALLS, redisMicros() - Duration.ofHours(1).toNanos() / 1_000, "call at " + ahead);
    }

    private int calls() {
        return server.command(Command.ZCARD, CALLS).toInteger();
    }

    private long redisMicros() {
        return EPOCH_MICROS + time.truly() / 1_000 + ahead.toNanos() / 1_000;
    }

    private Duration counted(SharedRateLimits limits, Plan limit) {
        var delay = limits.count("acme", limit).subscribeAsCompletionStage();
        time.pass(Duration.ofMillis(10));
        return delay.getNow(null);
    }

    @Override
    protected PermitStore store(String plan) {
        var link = new SimulatedLink(redis, "c0ffee", time, this::redisMicros, Duration.ZERO);
        var store = link.stores(new RateLimitTelemetry(new SimpleMeterRegistry()))
                .permits(Plan.of(plan).orElseThrow(), OptionalInt.empty());
        time.pass(Duration.ofSeconds(2)); // it has joined
        return store;
    }
}
