/**
 * Whether a call may go to Deepvue now, and who goes next: the plan, its windows, the fair queue, the decision.
 *
 * <p>{@link io.itrgateway.quota.QuotaGate} is the way in: an attempt at the upstream is handed to it and runs when its turn has
 * come, with a permit that comes back by itself. So no attempt, a repeat or an authorize included, can go out unpaid, and none
 * can keep its place. What goes out runs to its end, whoever still listens.
 *
 * <p>Why not a rate limiter of a library: those at hand are token buckets or fixed windows, which let twice the limit through in
 * a window where the upstream counts windows; none queues fairly between callers, and none says when the n-th in the queue will
 * have its turn. The circuit breaker, the bulkhead and the time limit around an attempt are SmallRye Fault Tolerance's
 * ({@link io.itrgateway.transport.CircuitBreaker}).
 *
 * <p>The book of what was paid for is this process' own ({@link io.itrgateway.quota.MemoryLedger}) or that of all replicas
 * ({@link io.itrgateway.quota.SharedLedger} over the port {@link io.itrgateway.quota.SharedBook}). The decisions are here, also those of a
 * replica that is alone; behind the port lies only what has to be one step for all.
 *
 * <p>Time here is the time that has passed ({@link io.itrgateway.quota.Timekeeper}), not the time of day: a wall clock that is
 * set forward would empty the windows while the upstream still counts, one that is set back would stop the service.
 *
 * <p>Knows nothing of HTTP, nor of what a call is for.
 */
package io.itrgateway.quota;
