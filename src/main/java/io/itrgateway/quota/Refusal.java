package io.itrgateway.quota;

import static io.itrgateway.problem.ProblemKind.CALLER_LIMIT;
import static io.itrgateway.problem.ProblemKind.OVERLOADED;
import static io.itrgateway.problem.ProblemKind.QUOTA_EXHAUSTED;

import io.itrgateway.problem.GatewayException;
import java.time.Duration;

/**
 * Why a call is not let out, and what its caller is told.
 *
 * @param why for the metric
 */
record Refusal(Shed why, GatewayException failure) {

    static Refusal quota(long delayNanos) {
        return new Refusal(
                Shed.QUOTA,
                GatewayException.of(
                                QUOTA_EXHAUSTED, "The plan's budget cannot admit this call in time. Nothing was sent.")
                        .retryAfter(Duration.ofNanos(delayNanos)));
    }

    static Refusal callerLimit(long delayNanos) {
        return new Refusal(
                Shed.CALLER_LIMIT, GatewayException.of(CALLER_LIMIT).retryAfter(Duration.ofNanos(delayNanos)));
    }

    static Refusal heldBack(GatewayException because, long delayNanos) {
        return new Refusal(Shed.HOLD_BACK, because.retryAfter(Duration.ofNanos(delayNanos)));
    }

    static Refusal breaker(GatewayException open) {
        return new Refusal(Shed.BREAKER, open);
    }

    static Refusal waiting() {
        return overloaded(Shed.WAITING, "Too many calls are waiting here. Nothing was sent.");
    }

    static Refusal inFlight() {
        return overloaded(Shed.IN_FLIGHT, "Too many calls are at the upstream. Nothing was sent.");
    }

    static Refusal stopping() {
        return overloaded(Shed.STOPPING, "The service is stopping. Nothing was sent.");
    }

    static Refusal ledger() {
        return overloaded(Shed.LEDGER, "The budget cannot be read at the moment. Nothing was sent.");
    }

    private static Refusal overloaded(Shed why, String detail) {
        return new Refusal(why, GatewayException.of(OVERLOADED, detail));
    }
}
