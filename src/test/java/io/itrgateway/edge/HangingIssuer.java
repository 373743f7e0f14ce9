package io.itrgateway.edge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** An issuer whose answers begin and do not end. */
final class HangingIssuer implements AutoCloseable {

    private final ServerSocket server;
    private final Queue<Socket> accepted = new ConcurrentLinkedQueue<>();
    private final AtomicInteger open = new AtomicInteger();

    HangingIssuer(int port) throws IOException {
        server = new ServerSocket(port, 100, InetAddress.getByName("localhost"));
        inBackground(this::accept);
    }

    /** Connections that it has had. */
    int connections() {
        return accepted.size();
    }

    /** Those that its client has not closed. */
    int openConnections() {
        return open.get();
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = server.accept();
                open.incrementAndGet();
                accepted.add(connection);
                inBackground(() -> hang(connection));
            }
        } catch (IOException closed) {
            // It is over.
        }
    }

    private void hang(Socket connection) {
        try {
            var in = connection.getInputStream();
            in.read();
            connection
                    .getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
                            .getBytes(StandardCharsets.US_ASCII));
            while (in.read() >= 0) {
                // The rest of the request.
            }
        } catch (IOException reset) {
            // Closed as well.
        } finally {
            open.decrementAndGet();
        }
    }

    private static void inBackground(Runnable work) {
        var thread = new Thread(work, "hanging-issuer");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket connection : accepted) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
