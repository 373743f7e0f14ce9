package io.itrgateway.transport;

/** An exchange that ended without an answer. What may be said and done about it depends only on the reason. */
public final class ExchangeFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The closed list of ways in which an exchange can fail. */
    public enum Reason {
        /** No connection was opened: refused, no such host, TLS, or not in time. Nothing was sent. */
        NEVER_CONNECTED,
        /** A kept connection turned out to be closed, or not fit for use, before anything was written. Nothing was sent; try another. */
        STALE_CONNECTION,
        /** A kept connection was not used, but closed, since by the clock it had been idle for too long. Nothing was sent; try another. */
        IDLE_TOO_LONG,
        /** By the time a connection was there, the caller no longer waited. Nothing was sent. */
        UNWANTED,
        /** The connection broke after the request was, or may have been, written. */
        CONNECTION_LOST,
        /** Sent, and no whole answer in time. */
        TIMED_OUT,
        /** Sent, and its long answer waited for memory here until the timeout, or broke off after it had waited. */
        NO_MEMORY,
        /** What came back is not an HTTP/1.1 answer, has conflicting lengths, or more header fields than the bounds allow. */
        UNREADABLE,
        /** A success began to arrive and broke off. */
        CUT_SHORT,
        /** A success of more than {@link AnswerBody#LONGEST_BYTES}, as it came or decoded. */
        TOO_LARGE,
        /** A success in a content coding that is unknown, damaged or cut short. */
        UNDECODABLE
    }

    private final Reason reason;

    public ExchangeFailure(Reason reason) {
        super(reason.name(), null, false, false);
        this.reason = reason;
    }

    /** Whether the failure says that nothing was sent because of this connection only, so that another one may work. */
    public static boolean isStale(Throwable failure) {
        return failure instanceof ExchangeFailure known && known.reason == Reason.STALE_CONNECTION;
    }

    /** Whether the connection was not used because it had been idle for too long, so that a new one, or one used lately, works. */
    static boolean isIdleTooLong(Throwable failure) {
        return failure instanceof ExchangeFailure known && known.reason == Reason.IDLE_TOO_LONG;
    }

    /** Whether the cause is here, so that the failure says nothing of the upstream. */
    public boolean isOwn() {
        return reason == Reason.UNWANTED || reason == Reason.NO_MEMORY;
    }

    public Reason reason() {
        return reason;
    }
}
