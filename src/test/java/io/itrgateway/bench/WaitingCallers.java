package io.itrgateway.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * What callers who wait for their turn add to the service: each has a connection of its own, and a call in the queue. They all come
 * within seconds, and all hang up.
 */
final class WaitingCallers {

    /** So few calls a second that hardly one of them has its turn meanwhile, and so many that all may wait for five minutes. */
    static final int CALLS_PER_SECOND = 40;

    private static final int COMING_AT_ONCE = 250;
    private static final long PAUSE_MILLIS = 50;
    private static final long LONGEST_MILLIS = TimeUnit.MINUTES.toMillis(2);

    /** Calls that the plan lets out, and those that are refused because of them, while the others come. */
    private static final double MOST_SERVED_MEANWHILE = 0.15;

    private final ChildProcess service;
    private final int callers;

    WaitingCallers(ChildProcess service, int callers) {
        this.service = service;
        this.callers = callers;
    }

    /** Resident memory in MiB and callers in the queue, at one moment. */
    record Moment(double residentMebibytes, int waiting) {}

    /** Before they come, while they wait, and when they have gone. */
    record Figures(Moment before, Moment during, Moment after) {
        String describe() {
            double added = during.residentMebibytes - before.residentMebibytes;
            return "%,d callers waiting add %,.0f MiB of RSS to %,.0f (%,.1f KiB each, connection included); all hung up: %d waiting, %,.0f MiB"
                    .formatted(
                            during.waiting,
                            added,
                            before.residentMebibytes,
                            added * 1024 / Math.max(1, during.waiting),
                            after.waiting,
                            after.residentMebibytes);
        }
    }

    Figures measure() throws IOException, InterruptedException {
        Moment before = now();
        Vertx vertx = Vertx.vertx();
        Queue<NetSocket> connections = new ConcurrentLinkedQueue<>();
        try {
            come(vertx, connections);
            until(() -> waiting() >= callers * (1 - MOST_SERVED_MEANWHILE));
            Moment during = now();
            connections.forEach(NetSocket::close);
            until(() -> waiting() == 0);
            return new Figures(before, during, now());
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private void come(Vertx vertx, Queue<NetSocket> connections) throws InterruptedException {
        var client = vertx.createNetClient();
        var call = call();
        for (int come = 0; come < callers; come++) {
            client.connect(service.port(), "127.0.0.1").onSuccess(connection -> {
                connections.add(connection);
                connection.handler(answer -> {});
                connection.write(call);
            });
            if (come % COMING_AT_ONCE == 0) {
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    private static Buffer call() {
        var head = new StringBuilder("POST " + CreateClientCall.PATH + " HTTP/1.1\r\nHost: localhost\r\n");
        CreateClientCall.HEADERS.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        head.append("Content-Length: ").append(CreateClientCall.BODY.length()).append("\r\n\r\n");
        return Buffer.buffer(head.append(CreateClientCall.BODY).toString());
    }

    private interface Condition {
        boolean holds() throws IOException, InterruptedException;
    }

    private static void until(Condition condition) throws IOException, InterruptedException {
        long begunNanos = System.nanoTime();
        while (!condition.holds()) {
            if (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos) > LONGEST_MILLIS) {
                throw new IllegalStateException("the queue did not get there in two minutes");
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private Moment now() throws IOException, InterruptedException {
        int waiting = waiting();
        return new Moment(service.residentMebibytes().orElse(Double.NaN), waiting);
    }

    private int waiting() throws IOException, InterruptedException {
        return ChildProcess.read(URI.create("http://127.0.0.1:%d/q/metrics".formatted(service.port())))
                .lines()
                .filter(line -> line.startsWith("gateway_waiting "))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .findFirst()
                .orElse(0);
    }
}
