package io.itrgateway.ratelimit;

import io.itrgateway.config.AnyText;
import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Settings;
import io.itrgateway.transport.GuardSettings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

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
@Singleton
public record RateLimitSettings(
        Plan plan,
        Duration maxWait,
        int maxWaiting,
        int maxInFlight,
        Duration longestBackoff,
        Map<String, Plan> callerLimits,
        Map<String, Integer> callerWeights,
        OptionalInt replicas)
        implements Settings {

    /** The keys of the budget and of the queue, as text. */
    @ConfigMapping(prefix = "gateway")
    interface Config {

        /** Longest time that a call waits for its turn, 0 s to 5 min; a call whose turn comes later is refused at once. */
        @WithDefault("5s")
        @WithConverter(AnyText.class)
        String maxWait();

        /** Most calls that wait at once, 0 to 100000; one more is answered 503 at once. */
        @WithDefault("10000")
        @WithConverter(AnyText.class)
        String maxWaiting();

        /**
         * Longest time that all calls are held back when the upstream answers 429 or 503, up to 10 min; it begins with a second. 0 s: none
         * is held back.
         */
        @WithDefault("60s")
        @WithConverter(AnyText.class)
        String holdBack();

        /** What single callers may use up: comma-separated {@code name:per-second/per-minute/per-day}, 0 for no limit. */
        Optional<String> callerLimits();

        /** How many turns single callers have for each one of the others: comma-separated {@code name:weight}, 1 to 100. */
        Optional<String> callerWeights();

        /**
         * How many replicas share the plan at least, 1 to 10000: what one of them divides it by while Redis cannot be asked; it divides by the
         * number that it saw last, if that is larger. Without it, one that has never seen Redis sends one call a minute.
         */
        Optional<String> replicas();
    }

    /** The key of the budget that belongs to the account, as text. */
    @ConfigMapping(prefix = "deepvue")
    interface PlanConfig {

        /** The plan that is paid for: a name, or calls per second, minute and day with slashes between them. */
        @WithDefault("unlimited")
        @WithConverter(AnyText.class)
        String plan();
    }

    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(10);
    private static final int MOST_WAITING = 100_000;
    private static final int MOST_REPLICAS = 10_000;
    private static final Pattern WEIGHT = Pattern.compile("[1-9][0-9]?|100");

    @Inject
    RateLimitSettings(Config config, PlanConfig account, GuardSettings guard, ConfigurationFaults faults) {
        this(
                Plan.from(account.plan(), faults),
                faults.readDuration("gateway.max-wait", config.maxWait(), Duration.ZERO, LONGEST_WAIT),
                faults.readCount("gateway.max-waiting", config.maxWaiting(), 0, MOST_WAITING),
                guard.maxInFlight(),
                faults.readDuration("gateway.hold-back", config.holdBack(), Duration.ZERO, LONGEST_BACKOFF),
                CallerLimits.from(config.callerLimits(), faults),
                weights(config.callerWeights(), faults),
                config.replicas()
                        .map(text -> OptionalInt.of(faults.readCount("gateway.replicas", text, 1, MOST_REPLICAS)))
                        .orElseGet(OptionalInt::empty));
    }

    static Map<String, Integer> weights(Optional<String> list, ConfigurationFaults faults) {
        return NamedValues.read(
                "gateway.caller-weights",
                list,
                "name:weight, comma-separated, each name once, weights from 1 to 100, such as acme:3 (1 is that of all others)",
                text -> Optional.of(text)
                        .filter(digits -> WEIGHT.matcher(digits).matches())
                        .map(Integer::valueOf),
                faults);
    }
}
