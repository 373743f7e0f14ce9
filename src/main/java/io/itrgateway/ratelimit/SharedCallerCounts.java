package io.itrgateway.ratelimit;

import io.smallrye.mutiny.Uni;
import java.time.Duration;

/** Port: counts the calls of single callers for all replicas together. Each {@code Uni} fails if that cannot be done soon. */
public interface SharedCallerCounts {

    /**
     * Counts the call, in every window or in none.
     *
     * @param call a name unlike any other
     * @return zero if it is counted, else the time until it can be
     */
    Uni<Duration> count(String caller, String call, Plan limit);

    /** The call does not count after all. */
    Uni<Void> giveBack(String caller, String call, Plan limit);
}
