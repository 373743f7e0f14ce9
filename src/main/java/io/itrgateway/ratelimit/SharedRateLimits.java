package io.itrgateway.ratelimit;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.OptionalInt;

/** Port: counts calls for all replicas together, if there are several. */
public interface SharedRateLimits {

    /** @param replicas how many share the plan at least, if configured */
    PermitStore permits(Plan plan, OptionalInt replicas);

    /**
     * Counts a call for its caller's own limit, in every window or in none.
     *
     * @return zero if it is counted, else the time until it can be; fails if that is not known soon
     */
    Uni<Duration> count(String caller, Plan limit);
}
