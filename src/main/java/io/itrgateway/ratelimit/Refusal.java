package io.itrgateway.ratelimit;

import static io.itrgateway.problem.ProblemKind.CALLER_LIMIT;
import static io.itrgateway.problem.ProblemKind.OVERLOADED;
import static io.itrgateway.problem.ProblemKind.QUOTA_EXHAUSTED;

import io.itrgateway.problem.GatewayException;
import java.time.Duration;

/**
 * Why a call is not sent, and what it fails with.
 *
 * @param reason for the metric
 */
record Refusal(ShedReason reason, GatewayException failure) {

    static Refusal quota(long delayNanos) {
        return new Refusal(
                ShedReason.QUOTA,
                GatewayException.of(
                                QUOTA_EXHAUSTED,
                                "The plan has no room for this call before its deadline. Nothing was sent.")
                        .withRetryAfter(Duration.ofNanos(delayNanos)));
    }

    static Refusal callerLimit(Duration delay) {
        return new Refusal(
                ShedReason.CALLER_LIMIT, GatewayException.of(CALLER_LIMIT).withRetryAfter(delay));
    }

    static Refusal backoff(GatewayException failure, long delayNanos) {
        return new Refusal(ShedReason.HOLD_BACK, failure.withRetryAfter(Duration.ofNanos(delayNanos)));
    }

    static Refusal breaker(GatewayException open) {
        return new Refusal(ShedReason.BREAKER, open);
    }

    static Refusal waiting() {
        return overloaded(ShedReason.WAITING, "Too many calls are waiting here. Nothing was sent.");
    }

    static Refusal inFlight() {
        return overloaded(ShedReason.IN_FLIGHT, "Too many calls are at the upstream. Nothing was sent.");
    }

    static Refusal stopping() {
        return overloaded(ShedReason.STOPPING, "The service is stopping. Nothing was sent.");
    }

    static Refusal storeUnavailable() {
        return overloaded(
                ShedReason.LEDGER,
                "The shared rate limit cannot be reached, and no call can be sent without it. Nothing was sent.");
    }

    private static Refusal overloaded(ShedReason reason, String detail) {
        return new Refusal(reason, GatewayException.of(OVERLOADED, detail));
    }
}
