package io.itrgateway.ratelimit;

import java.time.Duration;
import java.util.function.Function;

/** The answer of a {@link PermitStore} to one more call. */
public sealed interface Admission {

    <R> R fold(Function<PermitStore.Reservation, R> admitted, Function<Duration, R> deferred);

    /** Reserved in every window: the call may be sent now. */
    record Admitted(PermitStore.Reservation reservation) implements Admission {
        @Override
        public <R> R fold(Function<PermitStore.Reservation, R> admitted, Function<Duration, R> deferred) {
            return admitted.apply(reservation);
        }
    }

    /** Reserved nowhere. Another attempt makes sense when that time has passed. */
    record Deferred(Duration delay) implements Admission {
        @Override
        public <R> R fold(Function<PermitStore.Reservation, R> admitted, Function<Duration, R> deferred) {
            return deferred.apply(delay);
        }
    }
}
