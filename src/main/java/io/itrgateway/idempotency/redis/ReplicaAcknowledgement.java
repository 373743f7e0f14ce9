package io.itrgateway.idempotency.redis;

import io.itrgateway.idempotency.ClaimStore;
import io.itrgateway.idempotency.IdempotencyTelemetry;
import io.itrgateway.redis.RedisAway;
import io.itrgateway.redis.RedisLink;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Waits until replicas of Redis have what was written to a key, with {@code WAIT}, on a connection of its own: while a {@code WAIT} waits,
 * nothing else is answered on its connection.
 *
 * <p>Each {@code WAIT} follows a write to the key in one batch: it waits for the writes of its own connection, and in a cluster the key is
 * what leads it to the right node. Where no number of replicas is configured, one is looked for when Redis was found, and once a
 * second until one has acknowledged; from then on, until Redis is lost, one is needed.
 */
final class ReplicaAcknowledgement {

    /** Redis looks ten times a second whether it is over, so that it may take 100 ms longer. */
    private static final Duration LONGEST_WAIT = Duration.ofMillis(100);

    /** Whatever Redis does. */
    private static final Duration LONGEST_ANSWER = Duration.ofMillis(250);

    /** Of those that wait in Redis; with more, no replica acknowledges, and a further one fails at once. */
    private static final int MAX_AT_ONCE = 64;

    private final RedisLink link;
    private final OptionalInt configured;
    private final IdempotencyTelemetry meter;
    private final AtomicInteger waiting = new AtomicInteger();

    private volatile boolean hasReplica;
    private volatile Future<Boolean> firstLook = Future.failedFuture("none yet");
    private volatile Future<RedisConnection> connection = Future.failedFuture("none yet");

    /** @param needed how many replicas; empty: one, once Redis has been seen with one */
    ReplicaAcknowledgement(RedisLink link, OptionalInt needed, IdempotencyTelemetry meter) {
        this.link = link;
        this.configured = needed;
        this.meter = meter;
        link.onDisconnect(() -> {
            hasReplica = false;
            firstLook = Future.failedFuture("away");
            close();
        });
    }

    /** Looks for a replica, where it matters and none is known. To be called when Redis was found, and once a second. */
    void lookForReplica() {
        if (configured.isPresent() || hasReplica) {
            return;
        }
        if (firstLook().isComplete()) {
            look();
        }
    }

    boolean hasReplica() {
        return hasReplica;
    }

    private synchronized Future<Boolean> firstLook() {
        if (firstLook.failed()) {
            firstLook = look();
        }
        return firstLook;
    }

    private Future<Boolean> look() {
        return batch(Request.cmd(Command.EXISTS).arg(link.keys().key(RedisClaimStore.DATASET)), 1)
                .map(answers -> answers.get(1).toInteger() > 0)
                .recover(failure -> isRefusal(failure) ? Future.succeededFuture(false) : Future.failedFuture(failure))
                .onSuccess(found -> {
                    if (found && !hasReplica) {
                        hasReplica = true;
                        meter.recordReplicaSeen();
                    }
                });
    }

    /** Some services that speak the protocol of Redis know no {@code WAIT}; that is how a batch shows an error that Redis answered. */
    private static boolean isRefusal(Throwable failure) {
        return String.valueOf(failure.getMessage()).startsWith("ERR [");
    }

    void close() {
        Optional.ofNullable(connection.result()).ifPresent(this::lose);
    }

    /** Fails with {@link RedisAway} if it is not known in time that enough replicas have the key. */
    Uni<Void> await(String key) {
        if (configured.orElse(1) == 0) {
            return Uni.createFrom().voidItem();
        }
        return Uni.createFrom()
                .completionStage(() -> acknowledged(link.keys().key(key)).toCompletionStage())
                .ifNoItem()
                .after(LONGEST_ANSWER)
                .fail()
                .invoke(meter::recordAcknowledged)
                .onFailure()
                .invoke(meter::recordUnacknowledged)
                .onFailure()
                .transform(failure -> new RedisAway("unacknowledged"));
    }

    private Future<Void> acknowledged(String key) {
        if (waiting.incrementAndGet() > MAX_AT_ONCE) {
            waiting.decrementAndGet();
            return Future.failedFuture("too many wait");
        }
        return neededReplicas()
                .compose(needed -> needed == 0 ? Future.<Void>succeededFuture() : acknowledged(key, needed))
                .onComplete(end -> waiting.decrementAndGet());
    }

    private Future<Integer> neededReplicas() {
        return configured.isPresent() || hasReplica
                ? Future.succeededFuture(configured.orElse(1))
                : firstLook().map(found -> hasReplica ? 1 : 0);
    }

    private Future<Void> acknowledged(String key, int needed) {
        var write = Request.cmd(Command.PEXPIRE).arg(key).arg(ClaimStore.KEPT_FOR.toMillis());
        return batch(write, needed).compose(answers -> {
            boolean isThere = answers.get(0).toInteger() == 1;
            return isThere && answers.get(1).toInteger() >= needed
                    ? Future.succeededFuture()
                    : Future.failedFuture("too few replicas");
        });
    }

    private Future<List<Response>> batch(Request first, int replicas) {
        var wait = Request.cmd(Command.WAIT).arg(replicas).arg(LONGEST_WAIT.toMillis());
        return connection()
                .compose(on -> on.batch(List.of(first, wait)).onFailure(failure -> {
                    if (!isRefusal(failure)) {
                        lose(on);
                    }
                }));
    }

    private synchronized Future<RedisConnection> connection() {
        if (connection.failed()) {
            connection = link.connect().onSuccess(found -> {
                found.exceptionHandler(broken -> lose(found));
                found.endHandler(ended -> lose(found));
            });
        }
        return connection;
    }

    private synchronized void lose(RedisConnection lost) {
        if (connection.result() == lost) {
            connection = Future.failedFuture("lost");
            lost.close();
        }
    }
}
