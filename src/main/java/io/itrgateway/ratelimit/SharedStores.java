package io.itrgateway.ratelimit;

import java.util.OptionalInt;

/** What counts calls for all replicas together, if there are several. */
public interface SharedStores {

    /** @param replicas how many share the plan at least, if configured */
    PermitStore permits(Plan plan, OptionalInt replicas);

    SharedCallerCounts callers();
}
