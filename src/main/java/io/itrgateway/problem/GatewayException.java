package io.itrgateway.problem;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The one failure that travels to a caller. It carries its {@link ProblemKind} and what the caller may know of this occurrence.
 *
 * <p>It has no stack trace, since it is an answer and not a bug, and its message is the code only, so that logging it shows
 * nothing of the call.
 */
public final class GatewayException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final Duration SOONEST_RETRY = Duration.ofSeconds(1);

    private final ProblemKind kind;
    private final String detail;
    private final transient List<FieldFault> errors;
    private final transient Optional<String> transactionId;
    private final Duration retryAfter;

    private GatewayException(
            ProblemKind kind,
            String detail,
            List<FieldFault> errors,
            Optional<String> transactionId,
            Duration retryAfter) {
        super(kind.code(), null, false, false);
        this.kind = kind;
        this.detail = detail;
        this.errors = List.copyOf(errors);
        this.transactionId = transactionId;
        this.retryAfter = retryAfter;
    }

    public static GatewayException of(ProblemKind kind) {
        return of(kind, kind.advice());
    }

    /** @param detail what is special about this occurrence, for the caller; no secret, no text of a library */
    public static GatewayException of(ProblemKind kind, String detail) {
        return new GatewayException(kind, detail, List.of(), Optional.empty(), SOONEST_RETRY);
    }

    public GatewayException withErrors(List<FieldFault> faults) {
        return new GatewayException(kind, detail, faults, transactionId, retryAfter);
    }

    /** @param id the upstream's {@code transaction_id} or {@code requestId} of this call */
    public GatewayException withTransactionId(Optional<String> id) {
        return new GatewayException(kind, detail, errors, id, retryAfter);
    }

    /** @param delay from now; shown in whole seconds, rounded up, at least 1; only on 429 and 503 */
    public GatewayException withRetryAfter(Duration delay) {
        return new GatewayException(
                kind, detail, errors, transactionId, delay.compareTo(SOONEST_RETRY) < 0 ? SOONEST_RETRY : delay);
    }

    public ProblemKind kind() {
        return kind;
    }

    /** What is special about this occurrence; what may have become of the call is not in it, since that depends on its effect. */
    public String detail() {
        return detail;
    }

    public List<FieldFault> errors() {
        return errors;
    }

    public Optional<String> transactionId() {
        return transactionId;
    }

    /** Time until the same may be tried again, for operators: of every kind, also of those that do not say so to callers. */
    public Duration retryAfter() {
        return retryAfter;
    }

    /** Whole seconds, rounded up, for {@code Retry-After}; empty for kinds that do not say when to come back. */
    public Optional<Long> retryAfterSeconds() {
        return kind.hasRetryAfter()
                ? Optional.of(retryAfter.plusSeconds(1).minusNanos(1).toSeconds())
                : Optional.empty();
    }
}
