package io.itrgateway.ratelimit.redis;

import io.itrgateway.ratelimit.RateLimitTelemetry;
import io.itrgateway.ratelimit.Scheduler;
import io.itrgateway.ratelimit.SharedRateLimits;
import io.itrgateway.redis.Keyspace;
import io.itrgateway.redis.RedisAway;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.Script;
import io.itrgateway.redis.ScriptRunner;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * One replica's way to a real Redis, in the time of a test: it may be long, lose requests or answers, and break. It behaves as the real link
 * does: what has no answer in time has failed, a connection that is silent for 250 ms is lost, and another one is looked for.
 */
public final class SimulatedLink implements ScriptRunner {

    private static final int MOST_DOUBLINGS = 3;

    private final BlockingRedis redis;
    private final Keyspace keys;
    private final Scheduler time;
    private final LongSupplier redisMicros;
    private final List<Consumer<Boolean>> whenBack = new ArrayList<>();
    private final List<Runnable> whenAway = new ArrayList<>();
    private Duration roundTrip = Duration.ZERO;
    private boolean losesRequests;
    private boolean losesAnswers;
    private boolean hangs;
    private boolean refuses;
    private boolean up;
    private int connections;
    private int steps;
    private int refusals;
    private final List<Runnable> hanging = new ArrayList<>();

    /**
     * @param account hexadecimal digits; replicas of one account share its plan
     * @param redisMicros the time that Redis takes for its own
     * @param connectsAfter how long the first connection takes
     */
    public SimulatedLink(
            BlockingRedis redis, String account, Scheduler time, LongSupplier redisMicros, Duration connectsAfter) {
        this.redis = redis;
        this.keys = new Keyspace(account);
        this.time = time;
        this.redisMicros = redisMicros;
        if (connectsAfter.isZero()) {
            up = true;
        } else {
            time.in(connectsAfter.toNanos(), this::connected);
        }
    }

    public SharedRateLimits stores(RateLimitTelemetry meter) {
        return new RedisSharedRateLimits(this, caller -> caller, time, meter);
    }

    /** From now on a request and its answer take so long together. */
    public void setRoundTrip(Duration both) {
        roundTrip = both;
    }

    /** From now on nothing arrives, neither here nor there. */
    public void cut() {
        losesRequests = true;
        losesAnswers = true;
    }

    /** As {@link #cut()}, and known at once, as when the process of Redis ends. */
    public void breakOff() {
        cut();
        lose(connections);
    }

    /** From now on requests arrive, and their answers do not. */
    public void loseAnswers() {
        losesAnswers = true;
    }

    public void restore() {
        losesRequests = false;
        losesAnswers = false;
    }

    /** From now on Redis takes requests and does not do anything. */
    public void hang() {
        hangs = true;
    }

    /** Redis does all that it was asked for meanwhile. */
    public void resume() {
        hangs = false;
        List.copyOf(hanging).forEach(Runnable::run);
        hanging.clear();
    }

    /** From now on Redis refuses every script. */
    public void refuse() {
        refuses = true;
    }

    /** How many scripts were sent. */
    public int steps() {
        return steps;
    }

    /** How many scripts Redis refused. */
    public int refusals() {
        return refusals;
    }

    @Override
    public void onReconnect(Consumer<Boolean> listener) {
        whenBack.add(listener);
    }

    @Override
    public void onDisconnect(Runnable listener) {
        whenAway.add(listener);
    }

    @Override
    public Uni<Response> run(Script script, Duration longest, List<String> names, Object... arguments) {
        return Uni.createFrom().emitter(emitter -> new Step(script, names, arguments, emitter).begin(longest));
    }

    private void connect(Duration after) {
        time.in(after.plus(roundTrip).plus(roundTrip).toNanos(), () -> {
            if (losesRequests || losesAnswers || hangs) {
                connect(RedisLink.BETWEEN_TRIES);
            } else {
                connected();
            }
        });
    }

    private void connected() {
        up = true;
        connections++;
        whenBack.forEach(listener -> listener.accept(false));
    }

    private void lose(int connection) {
        if (!up || connection != connections) {
            return;
        }
        up = false;
        whenAway.forEach(Runnable::run);
        connect(
                refuses
                        ? RedisLink.BETWEEN_TRIES.multipliedBy(1L << Math.min(refusals, MOST_DOUBLINGS))
                        : Duration.ZERO);
    }

    private final class Step {
        private final Script script;
        private final List<String> names;
        private final Object[] arguments;
        private final UniEmitter<? super Response> emitter;
        private final int connection = connections;
        private boolean ended;
        private boolean answered;

        private Step(Script script, List<String> names, Object[] arguments, UniEmitter<? super Response> emitter) {
            this.script = script;
            this.names = names;
            this.arguments = arguments;
            this.emitter = emitter;
        }

        private void begin(Duration longest) {
            if (!up) {
                time.in(0, () -> fail(RedisAway.Reason.AWAY));
                return;
            }
            steps++;
            time.in(longest.toNanos(), () -> fail(RedisAway.Reason.SLOW));
            time.in(RedisLink.SILENCE.toNanos(), () -> {
                if (!answered) {
                    lose(connection);
                }
            });
            if (!losesRequests) {
                time.in(roundTrip.toNanos() / 2, this::arrive);
            }
        }

        private void arrive() {
            if (hangs) {
                hanging.add(this::arrive);
                return;
            }
            if (refuses) {
                refusals++;
                time.in(roundTrip.toNanos() / 2, () -> {
                    answered = true;
                    fail(RedisAway.Reason.ERROR);
                    lose(connection);
                });
                return;
            }
            arguments[0] = redisMicros.getAsLong();
            Response response = redis.run(script, names.stream().map(keys::key).toList(), arguments);
            if (!losesAnswers) {
                time.in(roundTrip.toNanos() / 2, () -> answer(response));
            }
        }

        private void answer(Response response) {
            answered = true;
            if (!ended) {
                ended = true;
                emitter.complete(response);
            }
        }

        private void fail(RedisAway.Reason why) {
            if (!ended) {
                ended = true;
                emitter.fail(new RedisAway(why));
            }
        }
    }
}
