package io.itrgateway.connection;

import java.time.Duration;

/**
 * What a request may take of time and bytes to arrive.
 *
 * @param requestTimeout from its first byte to its last
 * @param longestRequestLine in bytes, of HTTP/1
 * @param largestHead bytes of all header fields together, of HTTP/1
 */
public record ArrivalLimits(Duration requestTimeout, int longestRequestLine, int largestHead) {

    /** Static, since connections are accepted by classes that Vert.x makes itself ({@link GuardedTransport}). */
    private static volatile ArrivalLimits current = new ArrivalLimits(Duration.ofSeconds(30), 4096, 20 * 1024);

    public static ArrivalLimits current() {
        return current;
    }

    /** To be called before the server listens. */
    public static void use(ArrivalLimits limits) {
        current = limits;
    }
}
