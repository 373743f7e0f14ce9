package io.itrgateway.ratelimit.redis;

import io.itrgateway.ratelimit.PermitStore;
import io.itrgateway.ratelimit.Plan;
import io.itrgateway.ratelimit.RateLimitTelemetry;
import io.itrgateway.ratelimit.Scheduler;
import io.itrgateway.ratelimit.SharedRateLimits;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.Script;
import io.itrgateway.redis.ScriptRunner;
import io.itrgateway.secret.KeyRing;
import io.itrgateway.secret.KeyedDigest;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** The rate limit of all replicas, in Redis. */
final class RedisSharedRateLimits implements SharedRateLimits {

    private static final Script CALLER = Script.in("ratelimit", "caller");
    private static final Duration LONGEST_WAIT = Duration.ofMillis(75);

    private final ScriptRunner runner;
    private final UnaryOperator<String> digest;
    private final Scheduler time;
    private final RateLimitTelemetry meter;

    /** @param digest of a caller's name, which may be a person's */
    RedisSharedRateLimits(ScriptRunner runner, UnaryOperator<String> digest, Scheduler time, RateLimitTelemetry meter) {
        this.runner = runner;
        this.digest = digest;
        this.time = time;
        this.meter = meter;
    }

    @Override
    public PermitStore permits(Plan plan, OptionalInt replicas) {
        var store = new RedisPermitStore(plan, replicas, new BudgetScripts(runner, plan.windows()), time, meter);
        runner.onReconnect(lost -> store.onRedisFound());
        runner.onDisconnect(store::onRedisLost);
        return store;
    }

    @Override
    public Uni<Duration> count(String caller, Plan limit) {
        List<Object> arguments = new ArrayList<>(
                List.of(BudgetScripts.TIME_OF_REDIS, UUID.randomUUID().toString()));
        limit.windows().forEach(window -> {
            arguments.add(BudgetScripts.micros(window.length()));
            arguments.add(window.quota());
        });
        return runner.run(CALLER, LONGEST_WAIT, List.of("caller:" + digest.apply(caller)), arguments.toArray())
                .map(answer -> Duration.ofNanos(answer.toLong() * 1_000));
    }

    /** Chosen at the start: in Redis if there is one. */
    @Singleton
    static class Producer {

        @Produces
        @Singleton
        Optional<SharedRateLimits> shared(
                Optional<RedisLink> redis, KeyRing keys, Scheduler time, RateLimitTelemetry meter) {
            return redis.map(runner -> {
                KeyedDigest callers = keys.digest("callers in redis");
                return new RedisSharedRateLimits(runner, callers::of, time, meter);
            });
        }
    }
}
