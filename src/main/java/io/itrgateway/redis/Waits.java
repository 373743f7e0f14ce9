package io.itrgateway.redis;

import java.time.Duration;

/** How long a call waits for Redis at its stops: with 150 ms for the rate limit, 250 ms in all. What takes longer has failed, for that call. */
public final class Waits {

    /** For the claim of an Idempotency-Key. */
    public static final Duration CLAIM = Duration.ofMillis(75);

    /** For a token that no call here has had yet. */
    static final Duration TOKEN = Duration.ofMillis(75);

    /** For the answer to be kept; the keeping goes on without it. */
    public static final Duration KEEP = Duration.ofMillis(25);

    private Waits() {}
}
