package io.itrgateway.redis;

import java.time.Duration;

/** How long a call waits for Redis at its stops: with 150 ms for the rate limit, 375 ms in all. What takes longer has failed, for that call. */
public final class Waits {

    /** For whose a client id is. */
    public static final Duration BINDING = Duration.ofMillis(50);

    /** For the claim of an Idempotency-Key. */
    public static final Duration CLAIM = Duration.ofMillis(75);

    /** For a token that no call here has had yet. */
    public static final Duration TOKEN = Duration.ofMillis(75);

    /** For the answer, or the binding of a client id, to be kept; the keeping goes on without it. */
    public static final Duration KEEP = Duration.ofMillis(25);

    private Waits() {}
}
