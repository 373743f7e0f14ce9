package io.itrgateway.edge;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.microprofile.config.Config;

/** What all connections of one process may hold together, and what they hold. */
final class InboundLimits {

    static final String MAX_CONNECTIONS = "quarkus.http.limits.max-connections";
    static final String MAX_STREAMS = "quarkus.http.limits.max-concurrent-streams";

    /** Of the heap, this part may be taken by answers that their callers do not read. */
    private static final int PART_FOR_UNREAD_ANSWERS = 8;

    private final int maxConnections;
    private final int maxStreams;
    private final long maxUnreadBytes;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicLong unreadBytes = new AtomicLong();

    InboundLimits(int maxConnections, int maxStreams, long maxUnreadBytes) {
        this.maxConnections = maxConnections;
        this.maxStreams = maxStreams;
        this.maxUnreadBytes = maxUnreadBytes;
    }

    /** The limits that an operator has set for Quarkus, which enforces them late: after a first request, or not at all. */
    static InboundLimits of(Config config) {
        return new InboundLimits(
                config.getOptionalValue(MAX_CONNECTIONS, Integer.class).orElse(Integer.MAX_VALUE),
                config.getOptionalValue(MAX_STREAMS, Integer.class).orElse(Integer.MAX_VALUE),
                Runtime.getRuntime().maxMemory() / PART_FOR_UNREAD_ANSWERS);
    }

    /** Whether there is room for one more connection; if so it must be {@link #release released} some time. */
    boolean acquire() {
        if (connections.incrementAndGet() <= maxConnections) {
            return true;
        }
        connections.decrementAndGet();
        return false;
    }

    void release() {
        connections.decrementAndGet();
    }

    int maxStreams() {
        return maxStreams;
    }

    void addUnread(long bytes) {
        unreadBytes.addAndGet(bytes);
    }

    /** Whether unread answers take too much memory, and a connection with that many of them more than its share. */
    boolean isOverShare(long ownUnreadBytes) {
        return unreadBytes.get() > maxUnreadBytes && ownUnreadBytes > maxUnreadBytes / Math.max(1, connections.get());
    }
}
