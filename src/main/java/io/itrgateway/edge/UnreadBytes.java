package io.itrgateway.edge;

/** How many bytes of answers the client of one connection has not taken yet. Belongs to the event loop of the connection. */
final class UnreadBytes {

    /** A connection with more than this gets no further answer; a single one may be longer. */
    private static final long MOST_BYTES = 8L * 1024 * 1024;

    private final EdgeLimits limits;
    private long bytes;

    UnreadBytes(EdgeLimits limits) {
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
