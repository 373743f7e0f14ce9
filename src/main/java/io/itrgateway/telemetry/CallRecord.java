package io.itrgateway.telemetry;

import io.itrgateway.operation.Operation;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.Outcome;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.Secret;
import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The facts of one call, recorded by the code that finds them out. Any thread may; a call that goes on when its caller is gone is not where its
 * request was.
 */
public final class CallRecord {

    /** How a call with an Idempotency-Key came to its answer. */
    public enum Keyed {
        /** Neither of the others: it waited for the one that runs, or was refused; the code says which. */
        JOINED("joined"),
        /** It was carried out. */
        NEW("new"),
        /** It got an answer that was kept. */
        REPLAYED("replayed");

        private final String wireName;

        Keyed(String wireName) {
            this.wireName = wireName;
        }
    }

    /**
     * The facts that are known at one time.
     *
     * @param operation null for a path that is none
     * @param path of a relayed operation, as the list has it; null for any other, which its name tells
     * @param valid whether the request was found valid
     * @param caller null while it is not known
     * @param idempotency null without a key
     * @param attempt the number of the last attempt; 0 if there was none
     * @param upstreamResult status of the last answer, or how the attempt failed; null before
     * @param tokenMillis time that it waited for a token; empty if one was at hand
     */
    record Facts(
            String requestId,
            String traceId,
            String method,
            String operation,
            String path,
            String caller,
            boolean valid,
            Optional<Secret> person,
            String idempotency,
            int attempt,
            String upstreamResult,
            OptionalLong tokenMillis,
            long waitMillis,
            long upstreamMillis,
            long totalMillis) {}

    private enum Kind {
        TOKEN,
        TURN,
        EXCHANGE
    }

    private final CallTelemetry telemetry;
    private final CallSpan callSpan;
    private final String requestId;
    private final String traceId;
    private final String method;
    private final Optional<Operation> operation;
    private final long startNanos = System.nanoTime();

    private final long[] nanos = new long[Kind.values().length];
    private boolean waitedForToken;
    private Part running;
    private String caller;
    private boolean valid;
    private Optional<Secret> person = Optional.empty();
    private Keyed keyed;
    private int attempt;
    private String upstreamResult;
    /** Whether it was sent. Until it ends, its outcome is unknown. */
    private boolean sent;

    private CallOutcome ending;
    private boolean answered;

    CallRecord(
            CallTelemetry telemetry,
            CallSpan callSpan,
            String requestId,
            String traceId,
            String method,
            Optional<Operation> operation) {
        this.telemetry = telemetry;
        this.callSpan = callSpan;
        this.requestId = requestId;
        this.traceId = traceId;
        this.method = method;
        this.operation = operation;
    }

    // ---- who and what -----------------------------------------------------------------------------------------------

    /** When its first byte came, as {@link System#nanoTime()}. */
    public long startNanos() {
        return startNanos;
    }

    /** @param name as limits and turns know the caller, without invisible characters and of at most 267 characters */
    public synchronized void setCaller(String name) {
        caller = name;
    }

    /** The call is valid. @param subject whom it is about, by user name or client id */
    public synchronized void setSubject(Secret subject) {
        setValid();
        person = Optional.of(subject);
    }

    /** The call is valid; the person whom it is about is not known. */
    public synchronized void setValid() {
        valid = true;
    }

    /** It has an Idempotency-Key. */
    public synchronized void setKeyed(Keyed how) {
        keyed = how;
    }

    // ---- what takes time --------------------------------------------------------------------------------------------

    public synchronized Part startTokenWait() {
        waitedForToken = true;
        return setRunning(new Part(Kind.TOKEN, callSpan.startPart("token")));
    }

    public Part startTurnWait() {
        return setRunning(new Part(Kind.TURN, callSpan.startPart("wait")));
    }

    /** An attempt begins. */
    public Part startAttempt(int number, URI base) {
        synchronized (this) {
            attempt = number;
        }
        return setRunning(new Part(
                Kind.EXCHANGE,
                callSpan.startRequest(
                        base,
                        operation.map(called -> called.method().name()).orElse(method),
                        operation.map(Operation::path).orElse("/"),
                        number)));
    }

    /** The attempt is about to be written to its connection. */
    public synchronized void markSent() {
        sent = true;
    }

    /** Nothing was done with the attempt. */
    public synchronized void markUnsent() {
        sent = false;
    }

    private synchronized Part setRunning(Part part) {
        running = part;
        return part;
    }

    /** A part of the call that takes time. It ends once; further ends are ignored. */
    public final class Part {
        private final Kind kind;
        private final CallSpan span;
        private final long sinceNanos = System.nanoTime();
        private boolean over;

        private Part(Kind kind, CallSpan span) {
            this.kind = kind;
            this.span = span;
        }

        /** It succeeded. */
        public void complete() {
            end(Optional.empty());
        }

        /** @param failure why it did not succeed; null if its caller has left */
        public void fail(Throwable failure) {
            end(Optional.of(
                    failure == null
                            ? CallOutcome.CALLER_GONE
                            : failure instanceof GatewayException known
                                    ? known.kind().code()
                                    : ProblemKind.INTERNAL_ERROR.code()));
        }

        /** An attempt was answered with that status. */
        public void completeWith(int status) {
            setUpstreamResult(Integer.toString(status));
            span.setStatus(status);
            end(Optional.empty());
        }

        /** An attempt got no answer. */
        public void failWithoutAnswer(String why) {
            setUpstreamResult(why);
            end(Optional.of(why));
        }

        private void end(Optional<String> why) {
            synchronized (CallRecord.this) {
                if (over) {
                    return;
                }
                over = true;
                running = running == this ? null : running;
                nanos[kind.ordinal()] += System.nanoTime() - sinceNanos;
            }
            why.ifPresent(span::setError);
            if (kind == Kind.TOKEN) {
                span.linkTo(telemetry.authorizeSince(sinceNanos));
            }
            span.end();
        }
    }

    private synchronized void setUpstreamResult(String result) {
        upstreamResult = result;
    }

    // ---- the outcome ------------------------------------------------------------------------------------------------

    /** Deepvue processed the call. @param transactionId its id of the call, safe to show */
    public void recordProcessed(Optional<String> transactionId) {
        recordOutcome(CallOutcome.processed(transactionId));
    }

    /** The attempt failed, as it is reported to the caller. */
    public void recordFailure(GatewayException failure) {
        recordOutcome(CallOutcome.of(failure));
    }

    /** The attempt failed since its token was refused: nothing was done with it, and if it is still waited for, it is sent again. */
    public void recordTokenRefusal() {
        boolean isTheEnd;
        synchronized (this) {
            isTheEnd = answered && keyed == null;
        }
        if (isTheEnd) {
            telemetry.recordLateOutcome(
                    this, CallOutcome.of(ProblemKind.UPSTREAM_CREDENTIALS_REFUSED, Optional.empty()));
        }
    }

    private void recordOutcome(CallOutcome outcome) {
        boolean late;
        synchronized (this) {
            ending = outcome;
            late = answered;
        }
        if (late) {
            telemetry.recordLateOutcome(this, outcome);
        }
    }

    /**
     * The answer has left.
     *
     * @param kind of the problem that it was; empty for a success
     */
    public void recordAnswer(int status, Optional<ProblemKind> kind) {
        CallOutcome outcome;
        synchronized (this) {
            answered = true;
            Optional<String> transactionId = ending == null ? Optional.empty() : ending.transactionId();
            outcome = kind.map(problem -> CallOutcome.of(problem, transactionId))
                    .orElseGet(() -> CallOutcome.processed(transactionId));
        }
        telemetry.recordAnswer(this, outcome, status);
    }

    /** The caller was gone before the answer. */
    public void recordCallerGone() {
        CallOutcome outcome;
        synchronized (this) {
            answered = true;
            outcome = CallOutcome.callerGone(
                    outcomeUntilNow(), ending == null ? Optional.empty() : ending.transactionId());
        }
        telemetry.recordAnswer(this, outcome, 0);
    }

    private String outcomeUntilNow() {
        if (ending != null) {
            return ending.outcome();
        }
        // With a key it goes on without its caller, or is another's that does.
        return (sent || keyed != null ? Outcome.UNKNOWN : Outcome.NOT_PROCESSED).wireName();
    }

    synchronized Facts facts() {
        long now = System.nanoTime();
        return new Facts(
                requestId,
                traceId,
                method,
                operation.map(Operation::name).orElse(null),
                operation.filter(Operation::isRelayed).map(Operation::path).orElse(null),
                caller,
                valid,
                person,
                keyed == null ? null : keyed.wireName,
                attempt,
                upstreamResult,
                waitedForToken ? OptionalLong.of(millis(Kind.TOKEN, now)) : OptionalLong.empty(),
                millis(Kind.TURN, now),
                millis(Kind.EXCHANGE, now),
                (now - startNanos) / 1_000_000);
    }

    private long millis(Kind kind, long now) {
        long open = running != null && running.kind == kind ? now - running.sinceNanos : 0;
        return (nanos[kind.ordinal()] + open) / 1_000_000;
    }

    CallSpan span() {
        return callSpan;
    }

    public Optional<Operation> operation() {
        return operation;
    }
}
