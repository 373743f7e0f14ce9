package io.itrgateway.idempotency;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Polls the state of a call that another process makes, first often and then less so, for as long as a caller waits here. */
final class RemoteResultPoller {

    static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
    static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

    /** The sum of all pauses after which it is given up. */
    static final Duration LONGEST_POLLING = Duration.ofMinutes(10);

    private final Supplier<Uni<ClaimState>> look;
    private final BooleanSupplier isAwaited;
    private final Contexts contexts;

    RemoteResultPoller(Supplier<Uni<ClaimState>> look, BooleanSupplier isAwaited, Contexts contexts) {
        this.look = look;
        this.isAwaited = isAwaited;
        this.contexts = contexts;
    }

    /** The last state, in progress only if polling was given up; empty if there are no waiters left. A failed look is looked again. */
    Uni<Optional<ClaimState>> pollUntilEnd() {
        return Uni.createFrom().emitter(emitter -> pollAfter(SHORTEST_PAUSE, Duration.ZERO, emitter));
    }

    private void pollAfter(Duration pause, Duration before, UniEmitter<? super Optional<ClaimState>> emitter) {
        contexts.after(pause, () -> poll(pause, before.plus(pause), emitter));
    }

    private void poll(Duration pause, Duration polled, UniEmitter<? super Optional<ClaimState>> emitter) {
        if (!isAwaited.getAsBoolean()) {
            emitter.complete(Optional.empty());
            return;
        }
        Duration twice = pause.multipliedBy(2);
        Duration next = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
        Uni.createFrom()
                .deferred(look::get)
                .map(Optional::of)
                .onFailure()
                .recoverWithItem(Optional.empty())
                .subscribe()
                .with(state -> {
                    boolean isGoingOn = state.isEmpty() || state.get() instanceof ClaimState.InProgress;
                    if (isGoingOn && polled.compareTo(LONGEST_POLLING) < 0) {
                        pollAfter(next, polled, emitter);
                    } else {
                        emitter.complete(Optional.of(state.orElseGet(() -> new ClaimState.InProgress(Owner.next()))));
                    }
                });
    }
}
