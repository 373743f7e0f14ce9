/**
 * Whether a call may be sent to Deepvue now, and which call is next: the plan, its windows, the fair queue, callers' own limits, and the
 * back-off after an upstream 429 or 503.
 *
 * <p>{@link io.itrgateway.ratelimit.RateLimiter} is the way in: an attempt is handed to it and runs when its turn has come, with a permit
 * that is given back when the attempt ends. So no attempt, a repeat or an authorize included, is sent without counting, and none can keep
 * its place. An attempt that was sent runs to its end, even if its caller hangs up.
 *
 * <p>{@link io.itrgateway.ratelimit.Dispatcher} decides which call starts when; {@link io.itrgateway.ratelimit.FairQueue} holds those that
 * wait; {@link io.itrgateway.ratelimit.PermitStore} is the port behind which calls are counted, in this process
 * ({@link io.itrgateway.ratelimit.MemoryPermitStore}) or for all replicas ({@code ratelimit.redis}).
 *
 * <p>Why not a rate limiter of a library: those at hand are token buckets or fixed windows, which let twice the limit through in a window
 * where the upstream counts windows; none queues fairly between callers, and none says when the n-th in the queue will have its turn.
 *
 * <p>Time here is the time that has passed ({@link io.itrgateway.ratelimit.Scheduler}), not the time of day: a wall clock that is set forward
 * would empty the windows while the upstream still counts, one that is set back would stop the service.
 *
 * <p>This package does not depend on HTTP, nor on what a call is for.
 */
package io.itrgateway.ratelimit;
