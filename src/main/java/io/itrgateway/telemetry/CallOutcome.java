package io.itrgateway.telemetry;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.Outcome;
import io.itrgateway.problem.ProblemKind;
import java.util.Optional;

/**
 * The outcome of a call, in the terms of {@code gateway_calls_seconds}.
 *
 * @param outcome {@code processed}, or the wire name of an {@link Outcome}
 * @param code {@code ok}, a problem's code, or {@code caller-gone}
 * @param transactionId Deepvue's id of the transaction, safe to show
 */
record CallOutcome(String outcome, String code, Optional<String> transactionId) {

    static final String PROCESSED = "processed";
    static final String CALLER_GONE = "caller-gone";

    static CallOutcome processed(Optional<String> transactionId) {
        return new CallOutcome(PROCESSED, "ok", transactionId);
    }

    static CallOutcome of(GatewayException failure) {
        return of(failure.kind(), failure.transactionId());
    }

    static CallOutcome of(ProblemKind kind, Optional<String> transactionId) {
        return new CallOutcome(kind.outcome().wireName(), kind.code(), transactionId);
    }

    static CallOutcome callerGone(String outcome, Optional<String> transactionId) {
        return new CallOutcome(outcome, CALLER_GONE, transactionId);
    }

    boolean isUnknown() {
        return outcome.equals(Outcome.UNKNOWN.wireName());
    }
}
