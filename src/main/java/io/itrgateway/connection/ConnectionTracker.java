package io.itrgateway.connection;

import io.netty.channel.Channel;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The listening sockets, and the connections whose first request is still to be answered: those in a TLS handshake, those that have sent
 * nothing yet, and those being answered. When the service stops, the sockets close in a moment in which there are none, if there is such a
 * moment; and the process waits for those that came in last.
 */
public final class ConnectionTracker {

    /**
     * A connection that has been open for so long without a first answer is idle: stopping does not wait for it. As long as Vert.x waits for
     * a TLS handshake, which takes seconds for those that come together on a busy machine.
     */
    private static final Duration FIRST_ANSWER = Duration.ofSeconds(10);

    /** How long a connection that its answer ends may take to close: its caller may still be sending. */
    private static final Duration CLOSING = Duration.ofSeconds(1);

    private static final Duration CHECK_INTERVAL = Duration.ofMillis(10);

    private final LongSupplier nanoTime;
    private final Set<Channel> listening = ConcurrentHashMap.newKeySet();
    /** Connections without a first answer, and until when each is waited for. */
    private final ConcurrentMap<Channel, Long> unanswered = new ConcurrentHashMap<>();

    private volatile long lastAccepted;

    /** @param nanoTime as {@link System#nanoTime()} */
    ConnectionTracker(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.lastAccepted = nanoTime.getAsLong();
    }

    void trackListener(Channel socket) {
        listening.add(socket);
        socket.closeFuture().addListener(closed -> listening.remove(socket));
    }

    void trackConnection(Channel connection) {
        lastAccepted = nanoTime.getAsLong();
        unanswered.put(connection, lastAccepted + FIRST_ANSWER.toNanos());
        connection.closeFuture().addListener(closed -> unanswered.remove(connection));
    }

    /** Called for every request; only the first one of a connection matters. */
    public void trackRequest(RoutingContext request) {
        Channel connection = ((ConnectionBase) request.request().connection()).channel();
        if (unanswered.containsKey(connection)) {
            request.addHeadersEndHandler(head -> onHead(request, connection));
            request.addEndHandler(end -> onAnswer(request, connection));
        }
    }

    /** A stream of events has no end to wait for. */
    private void onHead(RoutingContext request, Channel connection) {
        if (Http1Exchanges.isEventStream(request.response())) {
            unanswered.remove(connection);
        }
    }

    /** An answer that ends its connection is out when the connection is closed. */
    private void onAnswer(RoutingContext request, Channel connection) {
        if (request.response().headers().contains(HttpHeaders.CONNECTION, HttpHeaders.CLOSE, true)) {
            unanswered.replace(connection, nanoTime.getAsLong() + CLOSING.toNanos());
        } else {
            unanswered.remove(connection);
        }
    }

    /** Completes when no connection has come for that time and none is waiting for its first answer, at the latest after {@code longest}. */
    public CompletionStage<Void> awaitQuiet(Duration quiet, Duration longest) {
        long begun = nanoTime.getAsLong();
        return await(() -> isQuiet(quiet) || nanoTime.getAsLong() - begun >= longest.toNanos());
    }

    public boolean isQuiet(Duration quiet) {
        return nanoTime.getAsLong() - lastAccepted >= quiet.toNanos() && isEveryConnectionAnswered();
    }

    /**
     * Closes the listening sockets; completes when those that came in last have their answers, or do not ask for one in time, at the latest
     * after {@code longest}.
     */
    public CompletionStage<Void> close(Duration longest) {
        long begun = nanoTime.getAsLong();
        CompletableFuture<?>[] closed =
                listening.stream().map(ConnectionTracker::closeListener).toArray(CompletableFuture<?>[]::new);
        return CompletableFuture.allOf(closed)
                .thenCompose(all ->
                        await(() -> isEveryConnectionAnswered() || nanoTime.getAsLong() - begun >= longest.toNanos()));
    }

    private static CompletableFuture<Void> closeListener(Channel socket) {
        var closing = new CompletableFuture<Void>();
        socket.close().addListener(closed -> closing.complete(null));
        return closing;
    }

    private boolean isEveryConnectionAnswered() {
        long now = nanoTime.getAsLong();
        return unanswered.values().stream().noneMatch(until -> until - now > 0);
    }

    private CompletionStage<Void> await(BooleanSupplier condition) {
        var reached = new CompletableFuture<Void>();
        checkUntil(condition, reached);
        return reached;
    }

    private static void checkUntil(BooleanSupplier condition, CompletableFuture<Void> reached) {
        if (condition.getAsBoolean()) {
            reached.complete(null);
        } else {
            CompletableFuture.delayedExecutor(CHECK_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> checkUntil(condition, reached));
        }
    }
}
