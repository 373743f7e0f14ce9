package io.itrgateway.ratelimit;

/**
 * How this replica shares the plan with others.
 *
 * @param isShared whether all count together; otherwise this one has a fixed share of the plan
 * @param replicas that share it, when that was last known, this one included; 0 if it never was
 */
public record BudgetSharing(boolean isShared, int replicas) {}
