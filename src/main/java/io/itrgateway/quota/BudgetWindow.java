package io.itrgateway.quota;

import java.time.Duration;

/**
 * What is left of one window of the plan.
 *
 * @param left calls that may still go, at least 0; of one that is alone, of its part
 * @param toMore until there are more; the whole length if none was used
 */
public record BudgetWindow(Window window, int left, Duration toMore) {}
