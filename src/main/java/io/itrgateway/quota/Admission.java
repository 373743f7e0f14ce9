package io.itrgateway.quota;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

/** What a ledger says to one more call. */
sealed interface Admission {

    Admission ADMITTED = new Admitted();

    <R> R fold(Supplier<R> admitted, Function<Duration, R> deferred);

    /** Booked in every window: it may go now. */
    record Admitted() implements Admission {
        @Override
        public <R> R fold(Supplier<R> admitted, Function<Duration, R> deferred) {
            return admitted.get();
        }
    }

    /** Booked nowhere: not before that time has passed, at the earliest. */
    record Deferred(Duration delay) implements Admission {
        @Override
        public <R> R fold(Supplier<R> admitted, Function<Duration, R> deferred) {
            return deferred.apply(delay);
        }
    }
}
