package io.itrgateway.ratelimit;

import java.time.Duration;

/**
 * One window of a plan: in no stretch of time of that length may there be more calls than the quota.
 *
 * @param name as callers see it in {@code RateLimit-Policy}
 * @param quota calls, at least 1
 */
public record Window(String name, int quota, Duration length) {}
