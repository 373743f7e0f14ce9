package io.itrgateway.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A path to a server on this machine that lets a limited number of bytes a second pass in each direction of each connection, and may lose what is
 * sent on those that are open, or send what the server has not sent.
 */
public final class SlowPath implements AutoCloseable {

    private static final int STEP_BYTES = 16 * 1024;

    private final ServerSocket listener;
    private final int target;
    private final long nanosPerByte;
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();
    private final Queue<Socket> clients = new ConcurrentLinkedQueue<>();
    private final Set<Socket> silent = ConcurrentHashMap.newKeySet();

    /** Sent to a client before the next bytes of its server. */
    private final AtomicReference<String> stray = new AtomicReference<>("");

    public SlowPath(int target, int bytesPerSecond) {
        try {
            listener = new ServerSocket();
            listener.setReceiveBufferSize(STEP_BYTES);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.target = target;
        this.nanosPerByte = TimeUnit.SECONDS.toNanos(1) / bytesPerSecond;
        inBackground(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** From now on nothing passes on the connections that are open, which stay open; on later ones all does. */
    public void silenceOpenConnections() {
        silent.addAll(open);
    }

    /** Sends this text to a client just before it gets the next bytes from its server. */
    public void sendBeforeNextAnswer(String text) {
        stray.set(text);
    }

    /** Connections that their client has not closed. */
    public long connections() {
        return clients.stream().filter(client -> !client.isClosed()).count();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                var server = new Socket();
                open.add(client);
                clients.add(client);
                open.add(server);
                server.setReceiveBufferSize(STEP_BYTES);
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
                inBackground(() -> copy(client, server));
                inBackground(() -> copy(server, client));
            } catch (IOException e) {
                continue; // closed, or the server is away
            }
        }
    }

    private void copy(Socket from, Socket to) {
        byte[] step = new byte[STEP_BYTES];
        try (from;
                to) {
            for (int read = from.getInputStream().read(step);
                    read >= 0;
                    read = from.getInputStream().read(step)) {
                TimeUnit.NANOSECONDS.sleep(read * nanosPerByte);
                if (!silent.contains(from)) {
                    if (clients.contains(to)) {
                        to.getOutputStream().write(stray.getAndSet("").getBytes(UTF_8));
                    }
                    to.getOutputStream().write(step, 0, read);
                }
            }
        } catch (IOException e) {
            // either side has gone: so goes the other
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void inBackground(Runnable task) {
        var thread = new Thread(task, "slow-path");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
