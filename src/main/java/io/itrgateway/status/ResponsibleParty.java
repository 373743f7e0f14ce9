package io.itrgateway.status;

import io.itrgateway.problem.ProblemKind;
import java.util.List;
import java.util.Locale;

/** Who has to act on an answer; what the charts are coloured by. */
enum ResponsibleParty {
    /** No one: the call was processed. */
    SUCCESS,
    /** The caller, who sent what cannot be served, or left. */
    CALLER,
    /** Deepvue, which failed or could not be reached. */
    UPSTREAM,
    /** This service or its operator: its own faults, its account, its plan. */
    SERVICE;

    private static final String PROCESSED = "ok";
    private static final String CALLER_GONE = "caller-gone";

    /** @param code as the metrics have it: {@code ok}, {@code caller-gone}, or a problem's code */
    static ResponsibleParty of(String code) {
        if (code.equals(PROCESSED)) {
            return SUCCESS;
        }
        if (code.equals(CALLER_GONE)) {
            return CALLER;
        }
        List<ProblemKind> kinds = ProblemKind.withCode(code);
        return kinds.isEmpty() ? SERVICE : of(kinds.get(0));
    }

    /** Without a default, so that a new kind of problem does not compile until it has a class. */
    private static ResponsibleParty of(ProblemKind kind) {
        return switch (kind) {
            case MALFORMED_REQUEST,
                    UPSTREAM_REJECTED_REQUEST,
                    UNAUTHENTICATED,
                    FORBIDDEN,
                    NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    NOT_ACCEPTABLE,
                    REQUEST_TIMEOUT,
                    IDEMPOTENCY_IN_PROGRESS,
                    PAYLOAD_TOO_LARGE,
                    UNSUPPORTED_MEDIA_TYPE,
                    INVALID_REQUEST,
                    IDEMPOTENCY_KEY_REUSED,
                    UPSTREAM_REJECTED_FIELDS,
                    CALLER_LIMIT -> CALLER;
            case UPSTREAM_ERROR,
                    UPSTREAM_INVALID_RESPONSE,
                    UPSTREAM_CONNECTION_LOST,
                    UPSTREAM_UNAVAILABLE,
                    UPSTREAM_TIMEOUT -> UPSTREAM;
            case QUOTA_EXHAUSTED, INTERNAL_ERROR, UPSTREAM_CREDENTIALS_REFUSED, CALL_INTERRUPTED, OVERLOADED -> SERVICE;
        };
    }

    /** Whether such an answer counts as a failure of the service, as its callers see it. */
    boolean isFailure() {
        return this == UPSTREAM || this == SERVICE;
    }

    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
