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
     * What is known at a moment.
     *
     * @param operation null for a path that is none
     * @param path of a relayed operation, as the list has it; null for any other, which its name tells
     * @param valid whether the request was found valid
     * @param caller null while it is not known
     * @param idempotency null without a key
     * @param attempt the number of the attempt that was sent last; 0 if none was
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

    private static final String CALLER_GONE = "caller-gone";
    private static final int LONGEST_NAME_CHARS = 128;

    private enum Kind {
        TOKEN,
        TURN,
        EXCHANGE
    }

    private final CallTelemetry journal;
    private final CallSpan trail;
    private final String requestId;
    private final String traceId;
    private final String method;
    private final Optional<Operation> operation;
    private final long startNanos = System.nanoTime();

    private final long[] nanos = new long[Kind.values().length];
    private final boolean[] happened = new boolean[Kind.values().length];
    private Part running;
    private String caller;
    private boolean valid;
    private Optional<Secret> person = Optional.empty();
    private Keyed keyed;
    private int attempt;
    private String upstreamResult;
    /** At Deepvue, or ended there: what became of it is not for us to say before it has ended. */
    private boolean sent;

    private CallOutcome ending;
    private boolean answered;

    CallRecord(
            CallTelemetry journal,
            CallSpan trail,
            String requestId,
            String traceId,
            String method,
            Optional<Operation> operation) {
        this.journal = journal;
        this.trail = trail;
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

    /** @param name as limits and turns know the caller; that of a token is what its issuer has made it */
    public synchronized void setCaller(String name) {
        boolean isPlain = name.length() <= LONGEST_NAME_CHARS && name.chars().noneMatch(Character::isISOControl);
        caller = isPlain
                ? name
                : name.substring(0, Math.min(name.length(), LONGEST_NAME_CHARS)).replaceAll("\\p{Cc}", "?");
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

    /** It waits for a token. */
    public Part startTokenWait() {
        return begun(new Part(Kind.TOKEN, trail.part("token")));
    }

    /** It waits for its turn. */
    public Part startTurnWait() {
        return begun(new Part(Kind.TURN, trail.part("wait")));
    }

    /** An attempt begins. */
    public Part attempts(int number, URI base) {
        synchronized (this) {
            attempt = number;
            sent = true;
        }
        return begun(new Part(
                Kind.EXCHANGE,
                trail.request(
                        base,
                        operation.map(called -> called.method().name()).orElse(method),
                        operation.map(Operation::path).orElse("/"),
                        number)));
    }

    private synchronized Part begun(Part part) {
        running = part;
        return part;
    }

    /** Something that takes time. It ends once; what is said after that is ignored. */
    public final class Part {
        private final Kind kind;
        private final CallSpan span;
        private final long sinceNanos = System.nanoTime();
        private boolean over;

        private Part(Kind kind, CallSpan span) {
            this.kind = kind;
            this.span = span;
        }

        /** It came to what it was for. */
        public void ended() {
            end(Optional.empty());
        }

        /** @param failure why it did not; null if it is no longer waited for */
        public void failed(Throwable failure) {
            end(Optional.of(
                    failure == null
                            ? CALLER_GONE
                            : failure instanceof GatewayException known
                                    ? known.kind().code()
                                    : ProblemKind.INTERNAL_ERROR.code()));
        }

        /** An attempt was answered with that status. */
        public void answered(int status) {
            result(Integer.toString(status));
            span.answered(status);
            end(Optional.empty());
        }

        /** An attempt got no answer. */
        public void unanswered(String why) {
            result(why);
            end(Optional.of(why));
        }

        private void end(Optional<String> why) {
            synchronized (CallRecord.this) {
                if (over) {
                    return;
                }
                over = true;
                running = running == this ? null : running;
                happened[kind.ordinal()] = true;
                nanos[kind.ordinal()] += System.nanoTime() - sinceNanos;
            }
            why.ifPresent(span::failed);
            if (kind == Kind.TOKEN) {
                span.goesWith(journal.authorizeSince(sinceNanos));
            }
            span.end();
        }
    }

    private synchronized void result(String result) {
        upstreamResult = result;
    }

    // ---- what becomes of it -----------------------------------------------------------------------------------------

    /** Deepvue did what was asked. @param transactionId its id of that, fit to be shown */
    public void processed(Optional<String> transactionId) {
        endedUpstream(CallOutcome.processed(transactionId));
    }

    /** The attempt failed, as it is reported to the caller. */
    public void failed(GatewayException failure) {
        endedUpstream(CallOutcome.of(failure));
    }

    /** The attempt failed since its token was refused: nothing was done with it, and if it is still waited for, it is sent again. */
    public void recordTokenRefusal() {
        boolean isTheEnd;
        synchronized (this) {
            sent = false;
            isTheEnd = answered && keyed == null;
        }
        if (isTheEnd) {
            journal.endedLate(this, CallOutcome.of(ProblemKind.UPSTREAM_CREDENTIALS_REFUSED, Optional.empty()));
        }
    }

    private void endedUpstream(CallOutcome fate) {
        boolean late;
        synchronized (this) {
            ending = fate;
            late = answered;
        }
        if (late) {
            journal.endedLate(this, fate);
        }
    }

    /**
     * The answer has left.
     *
     * @param kind of the problem that it was; empty for a success
     */
    public void answered(int status, Optional<ProblemKind> kind) {
        CallOutcome fate;
        synchronized (this) {
            answered = true;
            Optional<String> transactionId = ending == null ? Optional.empty() : ending.transactionId();
            fate = kind.map(problem -> CallOutcome.of(problem, transactionId))
                    .orElseGet(() -> CallOutcome.processed(transactionId));
        }
        journal.answered(this, fate, status);
    }

    /** The caller was gone before the answer. */
    public void recordCallerGone() {
        CallOutcome fate;
        synchronized (this) {
            answered = true;
            fate = new CallOutcome(
                    outcomeUntilNow(), CALLER_GONE, ending == null ? Optional.empty() : ending.transactionId());
        }
        journal.answered(this, fate, 0);
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
                happened(Kind.TOKEN) ? OptionalLong.of(millis(Kind.TOKEN, now)) : OptionalLong.empty(),
                millis(Kind.TURN, now),
                millis(Kind.EXCHANGE, now),
                (now - startNanos) / 1_000_000);
    }

    private boolean happened(Kind kind) {
        return happened[kind.ordinal()] || running != null && running.kind == kind;
    }

    private long millis(Kind kind, long now) {
        long open = running != null && running.kind == kind ? now - running.sinceNanos : 0;
        return (nanos[kind.ordinal()] + open) / 1_000_000;
    }

    CallSpan trail() {
        return trail;
    }

    public Optional<Operation> operation() {
        return operation;
    }
}
