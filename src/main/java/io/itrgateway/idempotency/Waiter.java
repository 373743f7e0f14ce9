package io.itrgateway.idempotency;

import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** One caller who waits for an ending. */
final class Waiter {

    private static final Runnable NO_ALARM = () -> {};
    private static final Runnable OVER = () -> {};

    private final Executor context;
    private final UniEmitter<? super KeptAnswer> emitter;
    private final Runnable onReplay;
    private volatile Consumer<Result> onEnd;
    private final AtomicReference<Runnable> alarm = new AtomicReference<>(NO_ALARM);

    /**
     * @param context where it is answered
     * @param onReplay told before an answer that is told again
     * @param onEnd told once, when the waiting is over in whatever way
     */
    Waiter(Executor context, UniEmitter<? super KeptAnswer> emitter, Runnable onReplay, Consumer<Result> onEnd) {
        this.context = context;
        this.emitter = emitter;
        this.onReplay = onReplay;
        this.onEnd = onEnd;
    }

    /** From now on somebody else is told; only while he surely waits, else neither may be told. */
    void tells(Consumer<Result> other) {
        onEnd = other;
    }

    /** @param callOff stops the alarm that ends the waiting early; called at once if it is over already */
    void wakesBy(Runnable callOff) {
        if (!alarm.compareAndSet(NO_ALARM, callOff)) {
            callOff.run();
        }
    }

    /** The caller is gone. */
    void leave() {
        over(Result.JOINED);
    }

    void end(Ending ending) {
        over(ending.result() == Result.NEW ? Result.JOINED : ending.result());
        try {
            context.execute(() -> emit(ending));
        } catch (RejectedExecutionException e) {
            emit(ending); // the caller's context is closed, as on stopping; an answer in the wrong place beats none
        }
    }

    private void over(Result result) {
        alarm.getAndSet(OVER).run();
        onEnd.accept(result);
    }

    private void emit(Ending ending) {
        try {
            if (ending.result() == Result.REPLAYED) {
                onReplay.run();
            }
            ending.<Runnable>fold(answer -> () -> emitter.complete(answer), failure -> () -> emitter.fail(failure))
                    .run();
        } catch (RuntimeException e) {
            emitter.fail(e);
        }
    }
}
