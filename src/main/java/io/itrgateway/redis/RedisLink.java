package io.itrgateway.redis;

import io.itrgateway.redis.RedisAway.Reason;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The one connection to Redis, on which scripts run. Waiting is bounded: a script that is not answered in time fails, and while
 * Redis is away every script fails at once. It looks for Redis by itself and says when it has found or lost it.
 *
 * <p>Redis is away when a command has had no answer for {@link #SILENCE}, when the connection broke, or when a script was refused (a
 * replica that may not write, no memory, no permission), but not when a script failed over the data of a key. It is back when a
 * connection is there and a script that writes has run on it.
 *
 * <p>Why one connection: commands are pipelined on it and run in their order, and one that hangs is known at once to all. Why not the data
 * source of Quarkus: it takes a connection out of the pool for each command, and those that hang with a Redis that hangs empty it.
 */
public final class RedisLink implements ScriptRunner {

    /** The longest wait for one answer; Redis is away when it has sent nothing for that long. */
    public static final Duration SILENCE = Duration.ofMillis(250);

    public static final Duration BETWEEN_TRIES = Duration.ofMillis(250);

    /** That a connection is there is logged when it has lasted that long, if it was lost before. */
    private static final Duration STABLE = Duration.ofSeconds(5);

    private static final int MOST_DOUBLINGS = 2;

    /** Before Redis is tried again that has refused scripts. */
    public static final Duration LONGEST_PAUSE = BETWEEN_TRIES.multipliedBy(1 << MOST_DOUBLINGS);

    /** An attempt to connect whose end never comes is given up; its connection is closed should it come. */
    private static final Duration LONGEST_TRY = Duration.ofSeconds(4);

    /** A timer that comes later than this says that this process stood still, not that Redis was silent. */
    private static final long OWN_STILLNESS_NANOS = Duration.ofMillis(20).toNanos();

    /** Well below the time after which an idle connection is closed, and a small part of that in which replicas are known to be there. */
    private static final Duration BETWEEN_EPOCH_CHECKS = Duration.ofSeconds(1);

    static final Script EPOCH_CHECK = Script.in("redis", "epoch-check");
    static final List<String> EPOCH_KEYS = List.of("born", "dataset");

    private final Vertx vertx;
    private final Redis redis;
    private final Keyspace keys;
    private final RedisTelemetry meter;
    private final Context own;
    private final List<Consumer<Boolean>> whenBack = new CopyOnWriteArrayList<>();
    private final List<Runnable> whenAway = new CopyOnWriteArrayList<>();

    private volatile RedisConnection connection;

    // All of these only on the own context.
    private long tries;
    private boolean wasUp;
    private boolean closed;
    private int refusals;
    private ScriptSender scripts;

    /** What Redis said last about itself. */
    private String bornId = "";

    private long bornCount;
    private boolean forgot;

    /** Scripts that came in the first moments, while the first attempt to connect had not ended; null from then on. */
    private List<Runnable> early = new ArrayList<>();

    public RedisLink(Vertx vertx, Redis redis, Keyspace keys, RedisTelemetry meter) {
        this.vertx = vertx;
        this.redis = redis;
        this.keys = keys;
        this.meter = meter;
        this.own = vertx.getOrCreateContext();
        meter.registerGauge(this::isUp);
    }

    public Keyspace keys() {
        return keys;
    }

    public boolean isUp() {
        return connection != null;
    }

    /**
     * Called, on the link's own context, whenever Redis was found, and when it is there and has forgotten. The argument says
     * whether it has forgotten: whether it has lost data since this process last talked to it, as after a restart without a disk, or
     * where a replica took over that was behind.
     */
    @Override
    public void onReconnect(Consumer<Boolean> listener) {
        whenBack.add(listener);
    }

    /** Called, on the link's own context, whenever Redis was lost. */
    @Override
    public void onDisconnect(Runnable listener) {
        whenAway.add(listener);
    }

    /** A further connection, owned by the caller: it is neither watched nor closed here. */
    public Future<RedisConnection> connect() {
        return redis.connect();
    }

    /** Really closes it, on its own context: {@code close()} gives back to the client's pool what was not used for subscriptions. */
    public void abandon(RedisConnection lost) {
        // With a key, which in a cluster leads to the node of the others.
        lost.send(Request.cmd(Command.SUNSUBSCRIBE).arg(keys.key("none")));
        lost.close();
    }

    /** Begins to look for Redis, and goes on until it is closed. */
    public void start() {
        own.runOnContext(now -> tryConnect());
    }

    public void close() {
        own.runOnContext(now -> {
            closed = true;
            RedisConnection last = connection;
            connection = null;
            if (last != null) {
                last.close();
            }
        });
    }

    /**
     * Runs the script.
     *
     * @param longest how long to wait for its answer, {@link #SILENCE} at the most
     * @param names of keys, without what {@link Keyspace} puts before them
     * @param arguments each a {@code String}, a {@code Long}, an {@code Integer} or a {@code byte[]}
     * @return what the script returns, on any thread; fails with {@link RedisAway} only
     */
    @Override
    public Uni<Response> run(Script script, Duration longest, List<String> names, Object... arguments) {
        return Uni.createFrom()
                .emitter(emitter -> own.runOnContext(now -> {
                    var step = new Step(script, names.stream().map(keys::key).toList(), arguments, longest, emitter);
                    if (connection != null) {
                        step.begin(connection);
                    } else if (early == null || closed) {
                        emitter.fail(new RedisAway(Reason.AWAY));
                    } else {
                        if (early.isEmpty()) {
                            vertx.setTimer(SILENCE.toMillis(), over -> runEarly());
                        }
                        early.add(() -> step.begin(connection));
                    }
                }));
    }

    // ---- finding Redis ----------------------------------------------------------------------------------------------

    private void tryConnect() {
        if (closed) {
            return;
        }
        long thisTry = ++tries;
        vertx.setTimer(LONGEST_TRY.toMillis(), late -> endTry(thisTry, null, Reason.TIMEOUT));
        redis.connect()
                .compose(candidate -> checkEpoch(candidate)
                        .timeout(LONGEST_TRY.toMillis(), TimeUnit.MILLISECONDS)
                        .onFailure(refused -> abandon(candidate)))
                .onComplete(tried -> own.runOnContext(now -> {
                    if (!endTry(thisTry, tried.result(), tried.succeeded() ? null : RedisFailure.reason(tried.cause()))
                            && tried.succeeded()) {
                        tried.result().close();
                    }
                }));
    }

    /** Whether it takes scripts that write; and what it remembers. */
    private Future<RedisConnection> checkEpoch(RedisConnection candidate) {
        List<String> names = EPOCH_KEYS.stream().map(keys::key).toList();
        return new ScriptSender(candidate)
                .send(EPOCH_CHECK, names, epochArguments())
                .onSuccess(answer -> own.runOnContext(now -> applyEpoch(answer)))
                .map(candidate);
    }

    private Object[] epochArguments() {
        return new Object[] {bornId, bornCount, UUID.randomUUID().toString()};
    }

    private void applyEpoch(Response answer) {
        bornId = answer.get(0).toString();
        bornCount = answer.get(1).toLong();
        forgot |= answer.get(2).toInteger() == 1;
    }

    /** Keeps the connection in use, and looks whether Redis has forgotten without a break in it. */
    private void checkEpochAgain(RedisConnection on) {
        if (connection == on) {
            runEpochCheck(on);
            vertx.setTimer(BETWEEN_EPOCH_CHECKS.toMillis(), again -> checkEpochAgain(on));
        }
    }

    private void runEpochCheck(RedisConnection on) {
        run(EPOCH_CHECK, SILENCE, EPOCH_KEYS, epochArguments())
                .subscribe()
                .with(
                        answer -> own.runOnContext(now -> {
                            applyEpoch(answer);
                            if (forgot && connection == on) {
                                notifyReconnect();
                            }
                        }),
                        away -> {});
    }

    /** In a cluster, it may be a node that holds no key of this service, is asked for nothing, and so was closed as silent. */
    private void checkEnded(RedisConnection on) {
        own.runOnContext(now -> {
            if (connection == on) {
                runEpochCheck(on);
            }
        });
    }

    private void notifyReconnect() {
        boolean hasForgotten = forgot;
        forgot = false;
        if (hasForgotten) {
            meter.logDataLoss();
        }
        whenBack.forEach(listener -> listener.accept(hasForgotten));
    }

    /** @return whether this is how the latest attempt ended */
    private boolean endTry(long thisTry, RedisConnection found, Reason why) {
        if (thisTry != tries || closed || connection != null) {
            return false;
        }
        if (found == null) {
            tries++;
            reportAway(why);
            vertx.setTimer(BETWEEN_TRIES.toMillis(), again -> tryConnect());
        } else {
            found.exceptionHandler(broken -> checkEnded(found));
            found.endHandler(ended -> checkEnded(found));
            connection = found;
            scripts = new ScriptSender(found);
            meter.recordFound(wasUp);
            found.send(Request.cmd(Command.INFO).arg("memory"))
                    .onSuccess(memory -> meter.recordMemory(String.valueOf(memory)));
            wasUp = true;
            vertx.setTimer(STABLE.toMillis(), stable -> confirmStable(found));
        }
        runEarly();
        if (found != null) {
            notifyReconnect();
            vertx.setTimer(BETWEEN_EPOCH_CHECKS.toMillis(), first -> checkEpochAgain(found));
        }
        return true;
    }

    private void confirmStable(RedisConnection found) {
        if (connection == found) {
            refusals = 0;
            meter.recordStable();
        }
    }

    /** Runs what has waited for the first connection: it is there, or did not come in time. */
    private void runEarly() {
        List<Runnable> waiting = early == null ? List.of() : early;
        early = null;
        waiting.forEach(Runnable::run);
    }

    private void lose(RedisConnection lost, Reason why) {
        own.runOnContext(now -> {
            if (connection != lost) {
                return;
            }
            connection = null;
            abandon(lost);
            reportAway(why);
            whenAway.forEach(Runnable::run);
            if (why == Reason.SILENT || why == Reason.BROKEN) {
                tryConnect();
            } else {
                long pause = BETWEEN_TRIES.toMillis() << Math.min(refusals++, MOST_DOUBLINGS);
                vertx.setTimer(pause, again -> tryConnect());
            }
        });
    }

    private void reportAway(Reason why) {
        if (!closed) {
            meter.recordAway(why);
        }
    }

    // ---- a step -----------------------------------------------------------------------------------------------------

    private final class Step {
        private final Script script;
        private final List<String> keysOfIt;
        private final Object[] arguments;
        private final Duration longest;
        private final UniEmitter<? super Response> emitter;
        private final long madeNanos = System.nanoTime();
        private boolean ended;
        private boolean answered;

        private Step(
                Script script,
                List<String> keysOfIt,
                Object[] arguments,
                Duration longest,
                UniEmitter<? super Response> emitter) {
            this.script = script;
            this.keysOfIt = keysOfIt;
            this.arguments = arguments;
            this.longest = longest.compareTo(SILENCE) < 0 ? longest : SILENCE;
            this.emitter = emitter;
        }

        private void begin(RedisConnection on) {
            if (on == null) {
                fail(Reason.AWAY);
                return;
            }
            in(longest, () -> fail(Reason.SLOW));
            in(SILENCE, () -> {
                if (!answered) {
                    lose(on, Reason.SILENT);
                }
            });
            scripts.send(script, keysOfIt, arguments)
                    .onComplete(end -> own.runOnContext(now -> {
                        answered = true;
                        if (end.succeeded()) {
                            complete(end.result());
                        } else {
                            boolean isOfItsData = RedisFailure.isOfItsData(end.cause());
                            if (isOfItsData) {
                                meter.recordForeignData(script);
                            }
                            fail(RedisFailure.reason(end.cause()));
                            if (script == EPOCH_CHECK || !isOfItsData) {
                                lose(on, RedisFailure.reason(end.cause()));
                            }
                        }
                    }));
        }

        /** Calls after that time in which this process did not stand still; if it did, Redis has as long again. */
        private void in(Duration time, Runnable task) {
            long due = System.nanoTime() + time.toNanos();
            vertx.setTimer(Math.max(1, time.toMillis()), fired -> {
                if (System.nanoTime() - due > OWN_STILLNESS_NANOS) {
                    vertx.setTimer(Math.max(1, time.toMillis()), again -> task.run());
                } else {
                    task.run();
                }
            });
        }

        private void complete(Response response) {
            if (!ended) {
                ended = true;
                meter.recordRun(script, RedisTelemetry.OK, System.nanoTime() - madeNanos);
                emitter.complete(response);
            }
        }

        private void fail(Reason why) {
            if (!ended) {
                ended = true;
                meter.recordRun(script, why.word(), System.nanoTime() - madeNanos);
                emitter.fail(new RedisAway(why));
            }
        }
    }
}
