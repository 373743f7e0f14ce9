package io.itrgateway.connection;

/**
 * How many bytes of answers the client of one connection has not taken yet: those that were written to the connection, or those that wait
 * for a window of HTTP/2. Belongs to the event loop of the connection.
 */
final class UnreadBytes {

    /** With more than this no further answer is begun; a single one may be longer. */
    private static final long MOST_BYTES = 8L * 1024 * 1024;

    private final InboundLimits limits;
    private long bytes;

    UnreadBytes(InboundLimits limits) {
        this.limits = limits;
    }

    /** Whether a further answer, with so many bytes, must not begin. */
    boolean isTooMuchFor(long more) {
        return bytes > MOST_BYTES || limits.isOverShare(bytes, more);
    }

    /** Whether all unread answers take too much memory, and those of this connection more than their share. */
    boolean isOverShare() {
        return limits.isOverShare(bytes, 0);
    }

    void add(long more) {
        bytes += more;
        limits.addUnread(more);
    }

    void remove(long fewer) {
        add(-fewer);
    }
}
