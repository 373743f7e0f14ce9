package io.itrgateway.idempotency;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;

/** Results of calls that are not made, each for its reason. */
final class Refusals {

    static final CallResult EXPIRED = refusal(
            Served.IN_PROGRESS,
            ProblemKind.IDEMPOTENCY_IN_PROGRESS,
            "This repeat was not sent. The first call with this Idempotency-Key was still running when the wait was over, and may be"
                    + " carried out. Repeat with the same key after a moment.");
    static final CallResult TOO_MANY_WAIT = refusal(
            Served.OVERLOADED,
            ProblemKind.OVERLOADED,
            "Too many callers wait here for the end of a call with their Idempotency-Key. Repeat with the same key after"
                    + " Retry-After.");
    static final CallResult NOT_CLAIMED = refusal(
            Served.OVERLOADED,
            ProblemKind.OVERLOADED,
            "The Idempotency-Key cannot be looked up and recorded safely now, so the call was not made. Repeat with the same key after"
                    + " Retry-After.");
    static final CallResult CONFLICT =
            CallResult.ofRefusal(Served.REUSED, GatewayException.of(ProblemKind.IDEMPOTENCY_KEY_REUSED));
    static final CallResult INTERRUPTED = CallResult.ofFailure(GatewayException.of(ProblemKind.CALL_INTERRUPTED));

    private Refusals() {}

    private static CallResult refusal(Served why, ProblemKind kind, String detail) {
        return CallResult.ofRefusal(why, GatewayException.of(kind, detail));
    }
}
