package io.itrgateway.idempotency;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A call in progress and its waiters in this process. */
final class InFlightCall {

    private final AwaitedValue<CallResult> result = new AwaitedValue<>(this::withdraw);
    private final AwaitedValue<Boolean> remote = new AwaitedValue<>(() -> {});
    private final Runnable withdrawal;

    /** Looks at its claim that have begun; the first is the attempt to claim it, and the end of a call that is made here counts as one. */
    private final AtomicInteger looks = new AtomicInteger(1);

    /** The last look that found it in progress; 0: none. */
    private volatile int lookInProgress;

    private volatile boolean isFirstThere;
    private volatile boolean isWithdrawn;

    /** @param withdrawal called when the last waiter has left before the end */
    InFlightCall(Runnable withdrawal) {
        this.withdrawal = withdrawal;
    }

    private void withdraw() {
        if (isFirstThere) { // else the caller that began the call is about to wait
            isWithdrawn = true;
            withdrawal.run();
        }
    }

    /** Whether all waiters had left at some point. */
    boolean isWithdrawn() {
        return isWithdrawn;
    }

    /** Ends with the call, on the thread that ends it; leaving does not affect other waiters. */
    Uni<CallResult> result() {
        return result.awaited(() -> {});
    }

    /** The same for the caller that began the call: until it waits, others that leave do not withdraw it. */
    Uni<CallResult> resultForFirst() {
        return result.awaited(() -> isFirstThere = true);
    }

    /** Ends when it is known that another process makes the call; that may be never. */
    Uni<Boolean> onRemote() {
        return remote.awaited(() -> {});
    }

    boolean isAwaited() {
        return !result.waiting.isEmpty();
    }

    boolean isAbandoned() {
        return result.value == CallResult.ABANDONED;
    }

    void markRemote() {
        lookInProgress = 1;
        remote.set(true);
    }

    /** Its claim is released from here on: a caller that comes later may come after a further call in another process. */
    void markEnding() {
        lookInProgress = beginLook();
    }

    boolean wasInProgress() {
        return lookInProgress > 0;
    }

    /** How many looks have begun; the call may be over already when the next one begins. */
    int looks() {
        return looks.get();
    }

    int beginLook() {
        return looks.incrementAndGet();
    }

    void markInProgress(int look) {
        lookInProgress = look;
    }

    /** Whether a look found it in progress that began after that number of them. */
    boolean wasInProgressAfter(int looksBefore) {
        return lookInProgress > looksBefore;
    }

    void complete(CallResult with) {
        result.set(with);
    }

    private static final class AwaitedValue<T> {
        private final Set<UniEmitter<? super T>> waiting = ConcurrentHashMap.newKeySet();
        private final Runnable onLastLeaving;
        private volatile T value;

        AwaitedValue(Runnable onLastLeaving) {
            this.onLastLeaving = onLastLeaving;
        }

        Uni<T> awaited(Runnable whenWaiting) {
            return Uni.createFrom().emitter(emitter -> {
                waiting.add(emitter);
                whenWaiting.run();
                emitter.onTermination(() -> remove(emitter));
                if (value != null) { // set before it could be seen here; a second completion changes nothing
                    emitter.complete(value);
                }
            });
        }

        private void remove(UniEmitter<? super T> emitter) {
            if (waiting.remove(emitter) && waiting.isEmpty() && value == null) {
                onLastLeaving.run();
            }
        }

        void set(T newValue) {
            value = newValue;
            waiting.forEach(emitter -> emitter.complete(newValue));
        }
    }
}
