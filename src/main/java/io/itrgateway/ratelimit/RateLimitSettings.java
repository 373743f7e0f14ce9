package io.itrgateway.ratelimit;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.transport.GuardConfig;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;

/**
 * How calls are admitted.
 *
 * @param maxWait longest time in the queue
 * @param maxWaiting most calls in it
 * @param maxInFlight most calls at the upstream at once
 * @param longestBackoff longest pause after an upstream 429 or 503; zero for none
 * @param callerLimits by the name of the caller
 * @param callerWeights turns of a caller for one of the others, by its name; 1 where there is none
 * @param replicas how many share the plan at least, if configured
 */
public record RateLimitSettings(
        Plan plan,
        Duration maxWait,
        int maxWaiting,
        int maxInFlight,
        Duration longestBackoff,
        Map<String, Plan> callerLimits,
        Map<String, Integer> callerWeights,
        OptionalInt replicas) {

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(10);
    private static final int MOST_WAITING = 100_000;
    private static final int MOST_REPLICAS = 10_000;

    public static RateLimitSettings from(
            RateLimitConfig config, PlanConfig account, GuardConfig guard, ConfigurationFaults faults) {
        return new RateLimitSettings(
                Plan.from(account, faults),
                faults.readDuration("gateway.max-wait", config.maxWait(), Duration.ZERO, LONGEST_WAIT),
                faults.readCount("gateway.max-waiting", config.maxWaiting(), 0, MOST_WAITING),
                GuardConfig.maxInFlight(guard, faults),
                faults.readDuration("gateway.hold-back", config.holdBack(), Duration.ZERO, LONGEST_BACKOFF),
                CallerLimits.from(config, faults),
                CallerWeights.from(config, faults),
                config.replicas()
                        .map(text -> OptionalInt.of(faults.readCount("gateway.replicas", text, 1, MOST_REPLICAS)))
                        .orElseGet(OptionalInt::empty));
    }
}
