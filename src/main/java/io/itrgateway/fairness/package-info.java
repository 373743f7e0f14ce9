/**
 * How callers share what is limited in this process, so that none of them can take all of it.
 *
 * <p>Why a package: memory for answers and places to wait belong to packages that do not depend on each other, and are divided by one rule.
 * For the same reason the length is here up to which an answer or a request is worked on by an event loop, which callers share as well;
 * {@link io.itrgateway.fairness.LongWork}, which leaves longer ones to worker threads; and {@link io.itrgateway.fairness.Once}, by which what was
 * taken is given back once. The package depends on no other. Turns in the plan are divided by {@code ratelimit.FairQueue}, since a queue can also
 * take a place back.
 */
package io.itrgateway.fairness;
