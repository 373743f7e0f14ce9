package io.itrgateway.token;

import io.itrgateway.problem.GatewayException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Bounds how often a failing authorize is repeated: after a failure there is no further authorize before {@code until}, and callers
 * that come meanwhile get that failure at once.
 *
 * @param failures failures in a row, 0 for none
 * @param length from its beginning to its end
 */
record AuthorizeBackoff(int failures, Instant until, Duration length, Optional<GatewayException> because) {

    static final AuthorizeBackoff NONE = new AuthorizeBackoff(0, Instant.MIN, Duration.ZERO, Optional.empty());

    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final int DOUBLINGS_TO_LONGEST = 5;

    /**
     * The pause after one more failure: 1, 2, 4, 8, 16, then 30 seconds; longer, to 30 seconds, where all calls are held back for longer, since
     * each authorize until then would only be one more failure.
     */
    AuthorizeBackoff after(GatewayException failure, Instant now) {
        Duration length = min(LONGEST, max(length(failures + 1), failure.retryAfter()));
        return new AuthorizeBackoff(failures + 1, now.plus(length), length, Optional.of(failure));
    }

    /** The pause that begins now, after that many failures in a row. */
    static AuthorizeBackoff of(int failures, GatewayException because, Instant now) {
        Duration length = length(failures);
        return new AuthorizeBackoff(failures, now.plus(length), length, Optional.of(because));
    }

    /** The pause that another process has met, as long as is left of it. */
    static AuthorizeBackoff of(AuthorizeFailure theirs, Instant now) {
        Duration left = min(LONGEST, theirs.left());
        return new AuthorizeBackoff(
                theirs.failures(), now.plus(left), left, Optional.of(GatewayException.of(theirs.kind())));
    }

    /** What others need to know of it; empty if there is none. */
    Optional<AuthorizeFailure> failure(Instant now) {
        return because.map(failure -> new AuthorizeFailure(failure.kind(), failures, Duration.between(now, until)));
    }

    /** The length of the pause after that many failures in a row, which are at least 1. */
    static Duration length(int failures) {
        return failures > DOUBLINGS_TO_LONGEST ? LONGEST : FIRST.multipliedBy(1L << (failures - 1));
    }

    /** The failure that stands at {@code now}, with the time until a call may succeed, or empty when it is time to ask. */
    Optional<GatewayException> failureAt(Instant now) {
        // A clock that was set back must not make the pause longer than any pause can be.
        boolean stands = now.isBefore(until) && until.isBefore(now.plus(LONGEST.multipliedBy(2)));
        return stands ? because.map(failure -> leftOf(failure, Duration.between(now, until))) : Optional.empty();
    }

    private GatewayException leftOf(GatewayException failure, Duration left) {
        Duration passed = length.minus(left);
        return failure.withRetryAfter(max(left, failure.retryAfter().minus(passed)));
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) > 0 ? a : b;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
