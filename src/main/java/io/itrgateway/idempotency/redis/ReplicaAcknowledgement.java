package io.itrgateway.idempotency.redis;

import io.itrgateway.idempotency.ClaimStore;
import io.itrgateway.idempotency.IdempotencyTelemetry;
import io.itrgateway.idempotency.Owner;
import io.itrgateway.redis.RedisAway;
import io.itrgateway.redis.RedisLink;
import io.smallrye.mutiny.Uni;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Waits until replicas of Redis have what was written to a key, with {@code WAIT}, on a connection of its own: while a {@code WAIT} waits,
 * nothing else is answered on its connection.
 *
 * <p>Each {@code WAIT} follows writes to keys in one batch: it waits for the writes of its own connection, and in a cluster the keys, which
 * are on one node, are what leads it there. One batch is under way at a time; keys that arrive meanwhile go into the next one. Where no number of
 * replicas is configured, one is looked for when Redis was found, and once a second until one has acknowledged; from then on, one is needed.
 * After Redis was lost, it is looked for again: the Redis that is found may be an old primary, which a failover has left without its replicas, and
 * whose writes are lost when Sentinel makes it a replica. So one is still needed until none was found for some time.
 */
final class ReplicaAcknowledgement {

    /** Redis looks ten times a second whether it is over, so that it may take 100 ms longer. */
    private static final Duration LONGEST_WAIT = Duration.ofMillis(100);

    /** Whatever Redis does. */
    private static final Duration LONGEST_ANSWER = Duration.ofMillis(250);

    /** At one look a second, longer than the 10 s or so that Sentinel takes to demote an old primary. */
    private static final int LOOKS_AFTER_LOSS = 30;

    /** Keys of one batch. */
    private static final int MAX_AT_ONCE = 256;

    /** A claim that a caller waits for, and since when. */
    private record Awaited(String key, Owner owner, long sinceNanos, Promise<Void> end) {

        private static final int REQUESTS = 2;

        /** Whether its caller has given up by now. */
        private boolean isLate() {
            return System.nanoTime() - sinceNanos > LONGEST_ANSWER.toNanos();
        }

        /**
         * A write, and whose claim it is: during a failover this connection may lead to another primary than that of the claim, which may have a claim of
         * that name by another owner.
         */
        private Stream<Request> requests() {
            return Stream.of(
                    Request.cmd(Command.PEXPIRE).arg(key).arg(ClaimStore.KEPT_FOR.toMillis()),
                    Request.cmd(Command.HGET).arg(key).arg("owner"));
        }

        private boolean isHere(List<Response> answers, int position) {
            return owner.text().equals(String.valueOf(answers.get(position * REQUESTS + 1)));
        }
    }

    private final RedisLink link;
    private final OptionalInt configured;
    private final IdempotencyTelemetry meter;

    // Guarded by this. No connection is called under this lock: it calls its handlers under a lock of its own.
    private final Deque<Awaited> next = new ArrayDeque<>();
    private boolean isUnderWay;

    private volatile boolean hasReplica;

    /** After Redis was lost: looks without a replica until none is needed; 0 at any other time. */
    private final AtomicInteger looksLeft = new AtomicInteger();

    private volatile Future<Boolean> firstLook = Future.failedFuture("none yet");
    private volatile Future<RedisConnection> connection = Future.failedFuture("none yet");

    /** @param needed how many replicas; empty: one, once Redis has been seen with one */
    ReplicaAcknowledgement(RedisLink link, OptionalInt needed, IdempotencyTelemetry meter) {
        this.link = link;
        this.configured = needed;
        this.meter = meter;
        link.onDisconnect(() -> {
            looksLeft.set(hasReplica ? LOOKS_AFTER_LOSS : 0);
            firstLook = Future.failedFuture("away");
            close();
        });
    }

    /**
     * Looks for a replica, where it matters and none is known; else keeps the connection in use, since a silent one is closed, and a cluster of which a
     * node hangs gives no other. To be called when Redis was found, and once a second.
     */
    void lookForReplica() {
        if (configured.isPresent() || hasReplica && looksLeft.get() == 0) {
            keepInUse();
        } else if (firstLook().isComplete()) {
            look();
        }
    }

    private synchronized boolean isIdle() {
        return !isUnderWay;
    }

    private void keepInUse() {
        if (configured.orElse(1) > 0 && isIdle()) {
            batch(List.of(read()), 0);
        }
    }

    boolean hasReplica() {
        return hasReplica;
    }

    private Future<Boolean> firstLook() {
        Promise<Boolean> first = Promise.promise();
        synchronized (this) {
            if (!firstLook.failed()) {
                return firstLook;
            }
            firstLook = first.future();
        }
        look().onComplete(first);
        return first.future();
    }

    private Future<Boolean> look() {
        return batch(List.of(read()), 1)
                .map(answers -> answers.get(1).toInteger() > 0)
                .recover(
                        failure -> isRefusal(failure, 1) ? Future.succeededFuture(false) : Future.failedFuture(failure))
                .onSuccess(this::noteReplica);
    }

    private void noteReplica(boolean isFound) {
        if (isFound) {
            looksLeft.set(0);
            if (!hasReplica) {
                hasReplica = true;
                meter.recordReplicaSeen();
            }
        } else if (looksLeft.getAndUpdate(left -> Math.max(0, left - 1)) == 1) {
            hasReplica = false;
            meter.recordReplicaGone();
        }
    }

    private Request read() {
        return Request.cmd(Command.EXISTS).arg(link.keys().key(RedisClaimStore.DATASET));
    }

    /**
     * Some services that speak the protocol of Redis know no {@code WAIT}. A batch lists the commands that failed by their position; where the connection broke,
     * that is their error, and where Redis is loading, the writes failed, too.
     */
    private static boolean isRefusal(Throwable failure, int writes) {
        String message = String.valueOf(failure.getMessage());
        return message.startsWith("ERR [" + writes + "]") && !message.contains("CONNECTION_CLOSED");
    }

    void close() {
        Optional.ofNullable(connection.result()).ifPresent(this::lose);
    }

    /** Fails with {@link RedisAway} if it is not known in time that enough replicas have the key. */
    Uni<Void> await(String key, Owner owner) {
        if (configured.orElse(1) == 0) {
            return Uni.createFrom().voidItem();
        }
        Uni<Void> inTime = Uni.createFrom()
                .completionStage(() -> acknowledged(link.keys().key(key), owner).toCompletionStage())
                .ifNoItem()
                .after(LONGEST_ANSWER)
                .fail();
        // An item that comes on another thread just as the time is over is passed on, and so is the failure. An emitter
        // takes the first of them: a call must not be made whose claim is released.
        return Uni.createFrom()
                .<Void>emitter(end -> inTime.subscribe().with(end::complete, end::fail))
                .invoke(meter::recordAcknowledged)
                .onFailure()
                .invoke(failure -> {
                    if (configured.isPresent() || hasReplica) { // else Redis did not say whether it has one
                        meter.recordUnacknowledged();
                    }
                })
                .onFailure()
                .transform(failure -> new RedisAway(RedisAway.Reason.UNACKNOWLEDGED));
    }

    private Future<Void> acknowledged(String key, Owner owner) {
        return neededReplicas()
                .compose(needed -> needed == 0 ? Future.<Void>succeededFuture() : acknowledged(key, owner, needed));
    }

    private Future<Integer> neededReplicas() {
        return configured.isPresent() || hasReplica
                ? Future.succeededFuture(configured.orElse(1))
                : firstLook().map(found -> hasReplica ? 1 : 0);
    }

    private Future<Void> acknowledged(String key, Owner owner, int needed) {
        var one = new Awaited(key, owner, System.nanoTime(), Promise.promise());
        boolean isFirst;
        synchronized (this) {
            next.add(one);
            isFirst = !isUnderWay;
            isUnderWay = true;
        }
        if (isFirst) {
            sendNext(needed);
        }
        return one.end().future();
    }

    private void sendNext(int needed) {
        List<Awaited> together = new ArrayList<>();
        synchronized (this) {
            while (!next.isEmpty() && together.size() < MAX_AT_ONCE) {
                Awaited oldest = next.remove();
                if (!oldest.isLate()) {
                    together.add(oldest);
                }
            }
            isUnderWay = !together.isEmpty();
        }
        if (!together.isEmpty()) {
            batch(together.stream().flatMap(Awaited::requests).toList(), needed).onComplete(answers -> {
                sendNext(needed);
                end(together, answers, needed);
            });
        }
    }

    private static void end(List<Awaited> together, AsyncResult<List<Response>> answers, int needed) {
        for (int i = 0; i < together.size(); i++) {
            Promise<Void> end = together.get(i).end();
            if (answers.failed()) {
                end.fail(answers.cause());
            } else if (together.get(i).isHere(answers.result(), i)
                    && answers.result().get(together.size() * Awaited.REQUESTS).toInteger() >= needed) {
                end.complete();
            } else {
                end.fail("too few replicas");
            }
        }
    }

    /** Ends with an echo, by which an answer shows that a proxy repeated: that of a write could be taken for that of {@code WAIT}. */
    private Future<List<Response>> batch(List<Request> writes, int replicas) {
        return connection().compose(on -> batch(on, writes, replicas));
    }

    private Future<List<Response>> batch(RedisConnection on, List<Request> writes, int replicas) {
        String tag = Long.toHexString(ThreadLocalRandom.current().nextLong());
        List<Request> all = new ArrayList<>(writes);
        all.add(Request.cmd(Command.WAIT).arg(replicas).arg(LONGEST_WAIT.toMillis()));
        all.add(Request.cmd(Command.ECHO).arg(tag));
        return on.batch(all)
                .compose(answers -> tag.equals(String.valueOf(answers.get(answers.size() - 1)))
                        ? Future.succeededFuture(answers)
                        : Future.failedFuture("answers of other requests"))
                .timeout(LONGEST_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(failure -> {
                    if (!isRefusal(failure, writes.size())) {
                        lose(on);
                    }
                });
    }

    private Future<RedisConnection> connection() {
        Promise<RedisConnection> next = Promise.promise();
        synchronized (this) {
            if (!connection.failed()) {
                return connection;
            }
            connection = next.future();
        }
        Future<RedisConnection> attempt = link.connect();
        attempt.timeout(LONGEST_ANSWER.toMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(found -> {
                    found.exceptionHandler(broken -> checkEnded(found));
                    found.endHandler(ended -> checkEnded(found));
                })
                .onComplete(next);
        attempt.onSuccess(found -> next.future().onFailure(tooLate -> found.close()));
        return next.future();
    }

    /** In a cluster, it may be a node that holds no key of this service, is asked for nothing, and so was closed as silent. */
    private void checkEnded(RedisConnection on) {
        if (connection.result() == on) {
            batch(on, List.of(read()), 0);
        }
    }

    private void lose(RedisConnection lost) {
        synchronized (this) {
            if (connection.result() != lost) {
                return;
            }
            connection = Future.failedFuture("lost");
        }
        link.abandon(lost);
    }
}
