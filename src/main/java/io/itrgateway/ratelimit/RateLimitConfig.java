package io.itrgateway.ratelimit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** The keys of the budget and of the queue, as text; {@link RateLimitSettings} judges them. */
@ConfigMapping(prefix = "gateway")
public interface RateLimitConfig {

    /** Longest time that a call waits for its turn, 0 s to 5 min; a call whose turn comes later is refused at once. */
    @WithDefault("5s")
    String maxWait();

    /** Most calls that wait at once, 0 to 100000; one more is answered 503 at once. */
    @WithDefault("10000")
    String maxWaiting();

    /**
     * Longest time that all calls are held back when the upstream answers 429 or 503, up to 10 min; it begins with a second. 0 s: none
     * is held back.
     */
    @WithDefault("60s")
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
