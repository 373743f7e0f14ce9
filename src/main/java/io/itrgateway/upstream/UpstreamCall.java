package io.itrgateway.upstream;

import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;

import io.itrgateway.journal.CallRecord;
import io.itrgateway.problem.GatewayException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * One call to Deepvue, and how long its caller will wait for it.
 *
 * <p>The end of the call and what a caller sees of it are two things: a caller whose patience is over is told what is known then,
 * while a call that was sent goes on to its end, which a later caller with the same Idempotency-Key may ask for. A call that was
 * not sent by then never is, so that what the caller was told stays true.
 */
public final class UpstreamCall<T> {

    private enum Stage {
        /** Nobody asked for its end yet. */
        NEW,
        /** For a token, or for its turn. */
        WAITING,
        SENT,
        /** The caller's patience was over first. */
        EXPIRED
    }

    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.NEW);
    private final CallRecord record;
    private final Optional<Duration> patience;
    private final Vertx vertx;
    private final Function<UpstreamCall<T>, Uni<T>> pipeline;
    private final AtomicBoolean counted = new AtomicBoolean();
    private volatile UniEmitter<? super T> end;

    /** @param patience empty for as long as the call takes */
    UpstreamCall(
            CallRecord record, Optional<Duration> patience, Vertx vertx, Function<UpstreamCall<T>, Uni<T>> pipeline) {
        this.record = record;
        this.patience = patience;
        this.vertx = vertx;
        this.pipeline = pipeline;
    }

    /** Makes the call, once, and brings its end, whenever that is. A subscriber who leaves before it is sent takes it along. */
    public Uni<T> end() {
        return Uni.createFrom().emitter(emitter -> {
            end = emitter;
            if (!stage.compareAndSet(Stage.NEW, Stage.WAITING)) {
                emitter.fail(notSentInTime());
                return;
            }
            var running = pipeline.apply(this).subscribe().with(emitter::complete, emitter::fail);
            emitter.onTermination(running::cancel);
        });
    }

    /**
     * That view of the end, for as long as the caller will wait. Then it fails with {@code upstream-timeout} if the call was
     * sent; and if it waits still, the call itself fails, as not processed.
     */
    public <V> Uni<V> awaited(Uni<V> view) {
        return patience.filter(wait -> !wait.isZero())
                .map(wait -> Uni.createFrom().<V>emitter(emitter -> {
                    var running = view.subscribe().with(emitter::complete, emitter::fail);
                    // Not delayIt(): its scheduler holds a cancelled task until its time, which here the caller
                    // chooses.
                    long alarm = vertx.setTimer(wait.toMillis(), over -> patienceIsOver(wait, emitter));
                    emitter.onTermination(() -> {
                        vertx.cancelTimer(alarm);
                        running.cancel();
                    });
                }))
                .orElse(view);
    }

    private void patienceIsOver(Duration wait, UniEmitter<?> view) {
        // One that was never begun here was another one's, and is waited for elsewhere; it shall not begin any more.
        if (!stage.compareAndSet(Stage.NEW, Stage.EXPIRED) && stage.compareAndSet(Stage.WAITING, Stage.EXPIRED)) {
            end.fail(notSentInTime());
        } else if (stage.get() == Stage.SENT) {
            view.fail(Deepvue.timedOut(wait));
        }
    }

    CallRecord record() {
        return record;
    }

    /** Whether it is to count for its caller's own limit: once, however many attempts it takes. */
    boolean countsNow() {
        return counted.compareAndSet(false, true);
    }

    /** Whether it may be sent now; if so it counts as sent. */
    boolean isSent() {
        return stage.compareAndSet(Stage.WAITING, Stage.SENT);
    }

    /** It turned out that nothing had been done with it: it waits again. */
    void isNotSent() {
        stage.compareAndSet(Stage.SENT, Stage.WAITING);
    }

    static GatewayException notSentInTime() {
        return GatewayException.of(
                UPSTREAM_UNAVAILABLE, "The wait that Prefer asked for was over before the call could be sent.");
    }
}
