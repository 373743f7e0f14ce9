package io.itrgateway.ratelimit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The key of the budget that belongs to the account, as text; {@link Plan} judges it. */
@ConfigMapping(prefix = "deepvue")
public interface PlanConfig {

    /** The plan that is paid for: a name, or calls per second, minute and day with slashes between them. */
    @WithDefault("unlimited")
    String plan();
}
