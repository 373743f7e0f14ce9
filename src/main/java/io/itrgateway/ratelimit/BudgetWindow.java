package io.itrgateway.ratelimit;

import java.time.Duration;

/**
 * What is left of one window of the plan.
 *
 * @param left calls that may still go, at least 0; of this replica's share while it has one
 * @param toMore until there are more; the whole length if none has been sent
 */
public record BudgetWindow(Window window, int left, Duration toMore) {}
