package io.itrgateway.quota;

/**
 * How this replica shares the budget with others.
 *
 * @param together whether all book in one book; else this one is alone, with its part of the plan
 * @param replicas that were there when it was last known, this one included; 0 if it never was
 */
public record Sharing(boolean together, int replicas) {}
