package io.itrgateway.connection;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.microprofile.config.Config;

/** What all connections of one process may hold together, and what they hold. */
public final class InboundLimits {

    public static final String MAX_CONNECTIONS = "quarkus.http.limits.max-connections";
    static final String MAX_STREAMS = "quarkus.http.limits.max-concurrent-streams";

    /** Of the heap, this part may be taken by answers that their callers do not read. */
    private static final int PART_FOR_UNREAD_ANSWERS = 8;

    /**
     * A head, a field block or a TLS record that does not end keeps up to 33 KiB of direct memory, of which the JVM has as much as heap. The
     * rest is for what other connections send and get. In the native image, whose heap has half of the container's memory, direct memory comes
     * beside it.
     */
    private static final int BYTES_OF_A_CONNECTION = 48 * 1024;

    /** A request whose body has not ended takes some 20 KiB, and each of those that wait for a turn, for a token or for their client to read. */
    private static final int BYTES_OF_A_STREAM = 64 * 1024;

    private final int maxConnections;
    private final int maxPlaces;
    private final int maxStreams;
    private final int maxStreamsOfAll;
    private final long maxUnreadBytes;
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger http2Connections = new AtomicInteger();
    private final AtomicLong unreadBytes = new AtomicLong();

    /** @param maxPlaces of connections in the heap: one over HTTP/1 takes one, over HTTP/2 two */
    InboundLimits(int maxConnections, int maxPlaces, int maxStreams, int maxStreamsOfAll, long maxUnreadBytes) {
        this.maxConnections = maxConnections;
        this.maxPlaces = maxPlaces;
        this.maxStreams = maxStreams;
        this.maxStreamsOfAll = maxStreamsOfAll;
        this.maxUnreadBytes = maxUnreadBytes;
    }

    /**
     * The limits that an operator has set for Quarkus, which enforces them late: after a first request, or not at all. There are no more
     * connections than the heap allows.
     */
    static InboundLimits of(Config config, long heapBytes) {
        return new InboundLimits(
                config.getOptionalValue(MAX_CONNECTIONS, Integer.class).orElse(Integer.MAX_VALUE),
                (int) Math.min(Integer.MAX_VALUE, mostConnections(heapBytes)),
                config.getOptionalValue(MAX_STREAMS, Integer.class).orElse(Integer.MAX_VALUE),
                (int) Math.min(Integer.MAX_VALUE, heapBytes / BYTES_OF_A_STREAM),
                heapBytes / PART_FOR_UNREAD_ANSWERS);
    }

    /** However many an operator has set. */
    public static long mostConnections(long heapBytes) {
        return heapBytes / BYTES_OF_A_CONNECTION;
    }

    /** Whether there is room for one more connection; if so it must be {@link #release released} later. */
    boolean acquire() {
        int count = connections.incrementAndGet();
        if (count <= maxConnections && count + http2Connections.get() <= maxPlaces) {
            return true;
        }
        connections.decrementAndGet();
        return false;
    }

    void release() {
        connections.decrementAndGet();
    }

    /**
     * Whether there is room for one of the connections to be one of HTTP/2; if so it must be {@link #releaseHttp2 released} later. It takes
     * more of the heap than one of HTTP/1: the table by which its heads are compressed alone may have some 16 KiB.
     */
    boolean acquireHttp2() {
        if (http2Connections.incrementAndGet() + connections.get() <= maxPlaces) {
            return true;
        }
        http2Connections.decrementAndGet();
        return false;
    }

    void releaseHttp2() {
        http2Connections.decrementAndGet();
    }

    int maxStreams() {
        return maxStreams;
    }

    /**
     * Whether there is room for one more HTTP/2 stream; if so it must be {@link #releaseStream released} later. A connection finds room for
     * its share in any case.
     *
     * @param ofConnection how many its connection has with it
     */
    boolean acquireStream(int ofConnection) {
        if (streams.incrementAndGet() <= maxStreamsOfAll
                || ofConnection <= Math.max(1, maxStreamsOfAll / Math.max(1, connections.get()))) {
            return true;
        }
        streams.decrementAndGet();
        return false;
    }

    void releaseStream() {
        streams.decrementAndGet();
    }

    void addUnread(long bytes) {
        unreadBytes.addAndGet(bytes);
    }

    /**
     * Whether unread answers take too much memory, and one connection more than its share.
     *
     * @param ownBytes what the connection has of them
     * @param moreBytes those of it that are to come
     */
    boolean isOverShare(long ownBytes, long moreBytes) {
        return unreadBytes.get() + moreBytes > maxUnreadBytes
                && ownBytes + moreBytes > maxUnreadBytes / Math.max(1, connections.get());
    }
}
