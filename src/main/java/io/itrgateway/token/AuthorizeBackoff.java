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
     * The pause after one more failure: 1, 2, 4, 8, 16, then 30 seconds. Where calls are held back for longer, it lasts as long, up to 30 seconds,
     * and does not lengthen later ones: an authorize before its end would be refused, in most cases without being sent.
     */
    AuthorizeBackoff after(GatewayException failure, Instant now) {
        Duration doubled = length(failures + 1);
        Duration heldBack = failure.retryAfter();
        return heldBack.compareTo(doubled) > 0
                ? of(Math.max(1, failures), failure, now, min(LONGEST, heldBack))
                : of(failures + 1, failure, now, doubled);
    }

    /** The pause that begins now, after that many failures in a row. */
    static AuthorizeBackoff of(int failures, GatewayException because, Instant now) {
        return of(failures, because, now, length(failures));
    }

    /** The pause that another process has met, as long as is left of it. */
    static AuthorizeBackoff of(AuthorizeFailure theirs, Instant now) {
        return of(theirs.failures(), GatewayException.of(theirs.kind()), now, min(LONGEST, theirs.left()));
    }

    private static AuthorizeBackoff of(int failures, GatewayException because, Instant now, Duration length) {
        return new AuthorizeBackoff(failures, now.plus(length), length, Optional.of(because));
    }

    /**
     * What other processes need to know of it; empty if there is none. It does not say how long calls are held back here: the others know that
     * themselves, or do not hold calls back, as where the circuit is open in this process only.
     */
    Optional<AuthorizeFailure> failure(Instant now) {
        return because.map(failure ->
                new AuthorizeFailure(failure.kind(), failures, min(length(failures), Duration.between(now, until))));
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
