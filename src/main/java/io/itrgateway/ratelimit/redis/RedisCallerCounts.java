package io.itrgateway.ratelimit.redis;

import io.itrgateway.ratelimit.Plan;
import io.itrgateway.ratelimit.SharedCallerCounts;
import io.itrgateway.redis.Script;
import io.itrgateway.redis.ScriptRunner;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

/** The calls of single callers, in Redis: a sorted set for each that has a limit. */
final class RedisCallerCounts implements SharedCallerCounts {

    private static final Script CALLER = Script.in("ratelimit", "caller");
    private static final Duration LONGEST_WAIT = Duration.ofMillis(75);

    private final ScriptRunner runner;
    private final LongSupplier nowMicros;
    private final UnaryOperator<String> digest;

    /**
     * @param nowMicros the time that Redis is to use; 0 for its own
     * @param digest of a caller's name, which may be a person's
     */
    RedisCallerCounts(ScriptRunner runner, LongSupplier nowMicros, UnaryOperator<String> digest) {
        this.runner = runner;
        this.nowMicros = nowMicros;
        this.digest = digest;
    }

    @Override
    public Uni<Duration> count(String caller, Plan limit) {
        List<Object> arguments =
                new ArrayList<>(List.of(nowMicros.getAsLong(), UUID.randomUUID().toString()));
        limit.windows().forEach(window -> {
            arguments.add(BudgetScripts.micros(window.length()));
            arguments.add(window.quota());
        });
        return runner.run(CALLER, LONGEST_WAIT, List.of("caller:" + digest.apply(caller)), arguments.toArray())
                .map(answer -> Duration.ofNanos(answer.toLong() * 1_000));
    }
}
