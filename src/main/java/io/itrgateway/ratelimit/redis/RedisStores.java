package io.itrgateway.ratelimit.redis;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.ratelimit.PermitStore;
import io.itrgateway.ratelimit.Plan;
import io.itrgateway.ratelimit.RateLimitMeter;
import io.itrgateway.ratelimit.Scheduler;
import io.itrgateway.ratelimit.SharedCallerCounts;
import io.itrgateway.ratelimit.SharedStores;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.ScriptRunner;
import io.itrgateway.secret.KeyRing;
import io.itrgateway.secret.KeyedDigest;
import io.itrgateway.transport.Account;
import io.itrgateway.transport.DeepvueConfig;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/** The rate limit of all replicas, in Redis. */
final class RedisStores implements SharedStores {

    private final ScriptRunner runner;
    private final LongSupplier nowMicros;
    private final UnaryOperator<String> digest;
    private final Scheduler time;
    private final RateLimitMeter meter;

    /**
     * @param nowMicros the time that Redis is to use; 0 for its own
     * @param digest of a caller's name
     */
    RedisStores(
            ScriptRunner runner,
            LongSupplier nowMicros,
            UnaryOperator<String> digest,
            Scheduler time,
            RateLimitMeter meter) {
        this.runner = runner;
        this.nowMicros = nowMicros;
        this.digest = digest;
        this.time = time;
        this.meter = meter;
    }

    @Override
    public PermitStore permits(Plan plan, OptionalInt replicas) {
        var store =
                new RedisPermitStore(plan, replicas, new BudgetScripts(runner, nowMicros, plan.windows()), time, meter);
        runner.whenBack(lost -> store.found());
        runner.whenAway(store::lost);
        return store;
    }

    @Override
    public SharedCallerCounts callers() {
        return new RedisCallerCounts(runner, nowMicros, digest);
    }

    /** Chosen at the start: in Redis if there is one. */
    @Singleton
    static class Producer {

        @Produces
        @Singleton
        Optional<SharedStores> shared(
                Optional<RedisLink> redis, DeepvueConfig deepvue, Scheduler time, RateLimitMeter meter) {
            return redis.map(runner -> {
                var account = Account.from(deepvue, new ConfigurationFaults());
                KeyedDigest callers = new KeyRing(account.clientSecret()).digest("callers in redis");
                return new RedisStores(runner, () -> 0, callers::of, time, meter);
            });
        }
    }
}
