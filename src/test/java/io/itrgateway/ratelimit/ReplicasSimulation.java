package io.itrgateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.ratelimit.redis.BlockingRedis;
import io.itrgateway.ratelimit.redis.SimulatedLink;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Several replicas with one plan and one Redis, in the test's own time. Timers are 2 ms late, answers take 200 ms to 2 s, calls jitter by
 * 30 ms on their way to the upstream, and Redis is 1 ms away unless a test says otherwise.
 */
@ExtendWith(Hushed.class)
@Needs(Needs.Tool.REDIS)
abstract class ReplicasSimulation {

    /** After which replicas know of each other. */
    protected static final Duration SETTLED = Duration.ofSeconds(2);

    private static final int CALLERS_OF_EACH = 60;
    private static final Duration TIMER_LATENESS = Duration.ofMillis(2);
    private static final Duration JITTER = Duration.ofMillis(30);
    private static final Duration NEAR = Duration.ofMillis(1);
    private static final long EPOCH_MICROS = 1_700_000_000_000_000L;

    protected static RedisServer server;
    private static BlockingRedis redis;

    protected final VirtualTime time = new VirtualTime();
    protected final Random random = new Random(11);
    protected final Arrivals arrivals = new Arrivals();
    protected final List<Replica> replicas = new ArrayList<>();
    protected OptionalInt leastReplicas = OptionalInt.empty();
    protected Map<String, Plan> callerLimits = Map.of();
    protected Duration maxWait = Duration.ofMinutes(5);
    /** How much time passes, at most, from the permit of a call until it is sent. */
    protected Duration leavesLateByUpTo = Duration.ZERO;

    protected Duration redisClockBack = Duration.ZERO;
    private final String account = UUID.randomUUID().toString().replace("-", "");
    private Plan plan;

    protected static final class Replica {
        protected final SimulatedLink link;
        protected final LimiterRoom room;
        protected int sent;
        private boolean killed;
        private boolean stopped;

        private Replica(SimulatedLink link, LimiterRoom room) {
            this.link = link;
            this.room = room;
        }

        protected RateLimiter limiter() {
            return room.limiter;
        }
    }

    @BeforeAll
    static void startRedis() {
        server = new RedisServer();
        redis = new BlockingRedis(server);
    }

    @BeforeEach
    void empty() {
        server.empty();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
        server.close();
    }

    protected void start(String plan, int count) {
        for (int replica = 0; replica < count; replica++) {
            startOne(plan);
        }
    }

    protected Replica startOne(String plan) {
        return startOne(plan, Duration.ZERO);
    }

    protected Replica startOne(String name, Duration connectsAfter) {
        time.late(TIMER_LATENESS);
        plan = Plan.of(name).orElseThrow();
        var settings = new RateLimitSettings(
                plan, maxWait, 10_000, 1_024, Duration.ofSeconds(60), callerLimits, Map.of(), leastReplicas);
        var link = new SimulatedLink(redis, account, time, this::redisMicros, connectsAfter);
        link.setRoundTrip(NEAR);
        var room = new LimiterRoom(settings, time, meter -> Optional.of(link.stores(meter)));
        var replica = new Replica(link, room);
        replicas.add(replica);
        return replica;
    }

    private long redisMicros() {
        return EPOCH_MICROS + time.truly() / 1_000 - redisClockBack.toNanos() / 1_000;
    }

    protected void saturate() {
        replicas.forEach(this::saturate);
    }

    protected void saturate(Replica replica) {
        for (int caller = 0; caller < CALLERS_OF_EACH; caller++) {
            call(replica, "caller-" + caller % 3, true);
        }
    }

    protected void call(Replica replica, String caller, boolean again) {
        if (replica.killed || replica.stopped) {
            return;
        }
        Runnable next = () -> {
            if (again) {
                call(replica, caller, true);
            }
        };
        replica.limiter()
                .run(caller, Effect.REGISTERS, true, Optional.empty(), permit -> attempt(replica, permit))
                .subscribe()
                .with(served -> next.run(), failure -> {
                    long seconds =
                            ((GatewayException) failure).retryAfterSeconds().orElseThrow();
                    time.in(Duration.ofSeconds(seconds).toNanos(), next);
                });
    }

    protected Uni<String> attempt(Replica replica, Permit permit) {
        return leavesLateByUpTo.isZero()
                ? send(replica, permit)
                : Uni.createFrom()
                        .emitter(late -> time.in(
                                (long) (random.nextDouble() * leavesLateByUpTo.toNanos()),
                                () -> send(replica, permit).subscribe().with(late::complete, late::fail)));
    }

    private Uni<String> send(Replica replica, Permit permit) {
        if (replica.killed) {
            return Uni.createFrom().nothing();
        }
        permit.markSent();
        replica.sent++;
        arrivals.add(time.truly() + (long) (random.nextDouble() * JITTER.toNanos()));
        long answer = Duration.ofMillis(200 + random.nextInt(1_800)).toNanos();
        return Uni.createFrom()
                .emitter(emitter -> time.in(answer, () -> {
                    permit.markServed();
                    emitter.complete("served");
                }));
    }

    /** Each finds out by itself, some time after the others. */
    protected void cutAll() {
        for (Replica replica : replicas) {
            replica.link.cut();
        }
        time.pass(Duration.ofMillis(random.nextInt(250)));
    }

    protected void repairAll() {
        for (Replica replica : replicas) {
            replica.link.restore();
            time.pass(Duration.ofMillis(random.nextInt(400)));
        }
    }

    /** Ends at once, without a word to Redis or to the other replicas. */
    protected void kill(Replica replica) {
        replica.killed = true;
        replica.link.cut();
    }

    /** It ends in good order. */
    protected void stop(Replica replica) {
        replica.stopped = true;
        replica.limiter().stop();
    }

    protected void noWindowIsOverThePlan() {
        for (Window window : plan.windows()) {
            assertThat(arrivals.mostIn(window.length())).as(window.name()).isLessThanOrEqualTo(window.quota());
        }
    }

    protected double used(String window, long from, long to) {
        return (double) arrivals.between(from, to)
                / window(window).quota()
                / ((double) (to - from) / window(window).length().toNanos());
    }

    protected Window window(String name) {
        return plan.windows().stream()
                .filter(window -> window.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    protected void print(String what, double used, String binds) {
        System.out.printf(
                "%-40s %6d calls %s; %5.1f %% of the %s used; %.2f scripts a call%n",
                what,
                arrivals.count(),
                replicas.stream().map(replica -> replica.sent).toList(),
                used * 100,
                binds,
                (double) replicas.stream()
                                .mapToInt(replica -> replica.link.steps())
                                .sum()
                        / arrivals.count());
    }
}
