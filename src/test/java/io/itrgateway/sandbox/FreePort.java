package io.itrgateway.sandbox;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** A port for a server that a test starts: free, and not taken by a connection before the server listens, or while it is down. */
public final class FreePort {

    private static final int LOWEST = 20_000;

    /** Linux gives connections a port of this one and above. */
    private static final int FIRST_OF_CONNECTIONS = 32_768;

    private FreePort() {}

    public static int next() {
        return IntStream.generate(() -> ThreadLocalRandom.current().nextInt(LOWEST, FIRST_OF_CONNECTIONS))
                .limit(1_000)
                .filter(FreePort::isFree)
                .findFirst()
                .orElseThrow();
    }

    static boolean isFree(int port) {
        try {
            new ServerSocket(port).close();
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
