package io.itrgateway.transport;

import io.itrgateway.config.AnyText;
import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Settings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithConverter;
import io.smallrye.config.WithDefault;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;

/**
 * What guards the account.
 *
 * @param maxInFlight most calls at the upstream at once
 * @param maxAnswerBytes most bytes of Deepvue's long answers in memory at once
 * @param breakerAttempts that the circuit breaker judges by
 * @param breakerPause how long the circuit breaker stays open before it lets one call through
 */
@Singleton
public record GuardSettings(int maxInFlight, long maxAnswerBytes, int breakerAttempts, Duration breakerPause)
        implements Settings {

    /** The keys of what guards the account, as text. */
    @ConfigMapping(prefix = "gateway")
    interface Config {

        /** Most calls at the upstream at once, 1 to 100000; each holds one connection. One more waits in the queue. */
        @WithDefault("1024")
        @WithConverter(AnyText.class)
        String maxInFlight();

        /**
         * Most bytes of Deepvue's long answers in memory at once, 16777216 (one answer of the longest kind) and more; empty for a quarter of the
         * largest heap.
         */
        Optional<String> maxAnswerBytes();

        /** Attempts that the circuit breaker judges by, 2 to 10000: it opens when half of the last so many failed. */
        @WithDefault("20")
        @WithConverter(AnyText.class)
        String breakerAttempts();

        /** How long an open circuit breaker refuses calls before it lets one through, 100 ms to 10 min. */
        @WithDefault("5s")
        @WithConverter(AnyText.class)
        String breakerPause();
    }

    /** 1 TiB, more than a heap has. */
    private static final long MOST_ANSWER_BYTES = 1L << 40;

    @Inject
    GuardSettings(Config config, ConfigurationFaults faults) {
        this(
                faults.readCount("gateway.max-in-flight", config.maxInFlight(), 1, 100_000),
                maxAnswerBytes(config, faults),
                faults.readCount("gateway.breaker-attempts", config.breakerAttempts(), 2, 10_000),
                faults.readDuration(
                        "gateway.breaker-pause",
                        config.breakerPause(),
                        Duration.ofMillis(100),
                        Duration.ofMinutes(10)));
    }

    private static long maxAnswerBytes(Config config, ConfigurationFaults faults) {
        int least = AnswerBody.LONGEST_BYTES;
        return config.maxAnswerBytes()
                .map(value -> faults.readLong("gateway.max-answer-bytes", value, least, MOST_ANSWER_BYTES))
                .orElse(Math.max(least, Runtime.getRuntime().maxMemory() / 4));
    }
}
