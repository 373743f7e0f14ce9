package io.itrgateway.edge;

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

    boolean isTooMuch() {
        return bytes > MOST_BYTES || limits.isOverShare(bytes);
    }

    void add(long more) {
        bytes += more;
        limits.addUnread(more);
    }

    void remove(long fewer) {
        add(-fewer);
    }
}
