package io.itrgateway.ratelimit;

import io.smallrye.mutiny.Uni;
import java.time.Duration;

/** Port: counts the calls of single callers for all replicas together. */
public interface SharedCallerCounts {

    /**
     * Counts a call, in every window or in none.
     *
     * @return zero if it is counted, else the time until it can be; fails if that is not known soon
     */
    Uni<Duration> count(String caller, Plan limit);
}
