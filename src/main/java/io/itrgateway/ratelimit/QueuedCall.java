package io.itrgateway.ratelimit;

import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** A call that waits for its turn. Small, since there may be ten thousand: no thread, no timer, no stack of its own. */
final class QueuedCall<T> {

    final String caller;
    final Effect effect;
    /** {@link Scheduler#nanos()} of its arrival, and of the end of its wait. */
    final long arrivedNanos;

    final long deadlineNanos;

    private final Function<Permit, Uni<T>> attempt;
    private final UniEmitter<? super T> emitter;
    private final Executor context;

    // Guarded by the dispatcher's lock.
    /** Order of arrival. */
    long number;

    boolean queued;

    private volatile boolean abandoned;

    /** @param context runs tasks on the context of the caller */
    QueuedCall(
            String caller,
            Effect effect,
            long arrivedNanos,
            long deadlineNanos,
            Function<Permit, Uni<T>> attempt,
            UniEmitter<? super T> emitter,
            Executor context) {
        this.caller = caller;
        this.effect = effect;
        this.arrivedNanos = arrivedNanos;
        this.deadlineNanos = deadlineNanos;
        this.attempt = attempt;
        this.emitter = emitter;
        this.context = context;
    }

    /** The caller has hung up. */
    void abandon() {
        abandoned = true;
    }

    boolean isAbandoned() {
        return abandoned;
    }

    /** Runs the attempt to its end, even if the caller hangs up meanwhile. */
    void start(Permit permit) {
        context.execute(() -> {
            if (abandoned) {
                permit.end();
                return;
            }
            attempt.apply(permit)
                    .onTermination()
                    .invoke(permit::end)
                    .subscribe()
                    .with(emitter::complete, emitter::fail);
        });
    }

    void fail(GatewayException failure) {
        context.execute(() -> emitter.fail(failure));
    }

    /** On the caller's own stack. */
    void failNow(GatewayException failure) {
        emitter.fail(failure);
    }
}
