package io.itrgateway.idempotency.redis;

import io.itrgateway.fairness.CallerShares;
import io.itrgateway.idempotency.ClaimStore;
import io.itrgateway.idempotency.Owner;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.redis.RedisAway;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.Script;
import io.itrgateway.redis.ScriptRunner;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * Stores and reads results that would take long in one command, in pieces, and a few results at once, those of callers in turn. All commands of
 * a process share a connection, on which each waits for those before it, and a command without an answer means that Redis is away: so the size
 * of a piece, not that of a result, decides how slow the path to Redis may be.
 */
final class LargeResults {

    private static final Script APPEND = Script.in("idempotency", "append");
    static final Script PIECE = Script.in("idempotency", "piece");

    /** {@link #MAX_AT_ONCE} pieces pass in {@link RedisLink#SILENCE} at 8 Mbit/s, and in 10 ms at 200. */
    static final int PIECE_BYTES = 64 * 1024;

    /** Up to which a result goes in one command: smaller than a piece, since many may go at once, as when Redis was away. */
    private static final int LARGEST_WHOLE_BYTES = ClaimStore.LARGEST_RELEASED_BYTES;

    /** What was stored of a result whose transfer does not go on is dropped after this time. */
    private static final long UNFINISHED_MILLIS = 60_000;

    /** Transfers at once, each with one piece on its way, so that a distant Redis does not bound their rate. */
    static final int MAX_AT_ONCE = 4;

    /** Transfers of one caller that may wait. */
    static final int MAX_WAITING = 256;

    /** For a caller that waits for a result. */
    static final Duration LONGEST_READ = Duration.ofSeconds(30);

    private final ScriptRunner runner;
    private final CallerShares places = CallerShares.ofPlaces(MAX_WAITING);

    /** By caller; the first one is next. Only under the lock of this object, as what follows. */
    private final Map<String, Queue<Runnable>> waiting = new LinkedHashMap<>();

    private int running;

    LargeResults(ScriptRunner runner) {
        this.runner = runner;
    }

    /** For the caller of a call whose result is kept, when reading it has failed. */
    static GatewayException unreadable() {
        return GatewayException.of(
                ProblemKind.CALL_INTERRUPTED,
                "The answer is kept, but could not be read from Redis now. Repeat with the same key after a moment.");
    }

    static boolean isLarge(byte[] result) {
        return result.length > LARGEST_WHOLE_BYTES;
    }

    static String key(Owner owner) {
        return "answer:" + owner.text();
    }

    /** Whether a transfer would have to wait. */
    synchronized boolean isBusy() {
        return running == MAX_AT_ONCE;
    }

    /** Stores the pieces that are not there yet. Fails with {@link RedisAway}. */
    Uni<Void> write(String caller, Owner owner, byte[] result) {
        return inTurn(caller, Uni.createFrom().emitter(emitter -> append(owner, result, 0, emitter)));
    }

    private void append(Owner owner, byte[] result, int from, UniEmitter<? super Void> emitter) {
        byte[] piece = Arrays.copyOfRange(result, from, Math.min(result.length, from + PIECE_BYTES));
        runner.run(APPEND, RedisLink.SILENCE, List.of(key(owner)), from, piece, UNFINISHED_MILLIS)
                .subscribe()
                .with(
                        answer -> {
                            int stored = answer.toInteger();
                            if (stored == result.length) {
                                emitter.complete(null);
                            } else if (stored > from && stored < result.length) {
                                append(owner, result, stored, emitter);
                            } else {
                                emitter.fail(new RedisAway(RedisAway.Reason.LOST));
                            }
                        },
                        emitter::fail);
    }

    /** Empty if it is not there in full. Fails with {@link RedisAway}, at once if no result has that length. */
    Uni<byte[]> read(String caller, Owner owner, int length) {
        return length > 0 && length <= ClaimStore.LONGEST_RESULT_BYTES
                ? inTurn(caller, Uni.createFrom().emitter(emitter -> read(owner, new byte[length], 0, emitter)))
                : Uni.createFrom().failure(new RedisAway(RedisAway.Reason.ERROR));
    }

    private void read(Owner owner, byte[] result, int from, UniEmitter<? super byte[]> emitter) {
        int to = Math.min(result.length, from + PIECE_BYTES);
        runner.run(PIECE, RedisLink.SILENCE, List.of(key(owner)), from, to - 1)
                .subscribe()
                .with(
                        answer -> {
                            byte[] piece = answer.toBytes();
                            if (piece.length != to - from) {
                                emitter.complete(new byte[0]);
                                return;
                            }
                            System.arraycopy(piece, 0, result, from, piece.length);
                            if (to == result.length) {
                                emitter.complete(result);
                            } else {
                                read(owner, result, to, emitter);
                            }
                        },
                        emitter::fail);
    }

    private <T> Uni<T> inTurn(String caller, Uni<T> transfer) {
        return Uni.createFrom().emitter(emitter -> {
            synchronized (this) {
                if (running == MAX_AT_ONCE) {
                    if (places.take(caller, 1)) {
                        Runnable begin = () -> start(transfer, emitter);
                        waiting.computeIfAbsent(caller, first -> new ArrayDeque<>())
                                .add(begin);
                        emitter.onTermination(() -> giveUp(caller, begin));
                    } else {
                        emitter.fail(new RedisAway(RedisAway.Reason.BUSY));
                    }
                    return;
                }
                running++;
            }
            start(transfer, emitter);
        });
    }

    private <T> void start(Uni<T> transfer, UniEmitter<? super T> emitter) {
        transfer.onTermination().invoke(this::startNext).subscribe().with(emitter::complete, emitter::fail);
    }

    private void startNext() {
        Runnable next;
        synchronized (this) {
            next = pollWaiting();
            running -= next == null ? 1 : 0;
        }
        if (next != null) {
            next.run();
        }
    }

    /** Of the callers in turn; null if none waits. */
    private Runnable pollWaiting() {
        var callers = waiting.entrySet().iterator();
        if (!callers.hasNext()) {
            return null;
        }
        var first = callers.next();
        String caller = first.getKey();
        Queue<Runnable> transfers = first.getValue();
        callers.remove();
        Runnable next = transfers.remove();
        places.giveBack(caller, 1);
        if (!transfers.isEmpty()) {
            waiting.put(caller, transfers);
        }
        return next;
    }

    /** Unless it has begun: then it goes on to its end. */
    private synchronized void giveUp(String caller, Runnable transfer) {
        Queue<Runnable> transfers = waiting.get(caller);
        if (transfers != null && transfers.remove(transfer)) {
            places.giveBack(caller, 1);
            if (transfers.isEmpty()) {
                waiting.remove(caller);
            }
        }
    }
}
