/**
 * A call that is repeated with its {@code Idempotency-Key} is made once, and answered every time.
 *
 * <p><b>Claims.</b> A call is sent only by the owner that acquired the claim of its key. The {@link io.itrgateway.idempotency.ClaimStore} lets an
 * owner acquire a name atomically, and only while there is no claim of that name. A claim ends in three ways: its owner releases it, which it
 * does only if the call was not processed, its answer is not complete, or a repeat does no harm; 24 hours pass; or the store loses it. The claim
 * of an owner that died stays, without a result: callers get that the outcome is unknown, and nothing is sent, unless a repeat does no harm. In
 * memory, claims are lost with the process, and its calls end with it. In Redis, a claim counts as acquired once it is on as many replicas of
 * Redis as the operator requires, so that it survives a failover to any of them. A short result that Redis loses soon after it was stored is
 * stored again by its process, if that still runs and the 24 hours are not over; of a long one, only that the call was made, unless a repeat does no
 * harm. This can take a name, but frees none: a result is stored only where there is no claim, or one of the same call. Any other result that is lost, or
 * a release, leaves a claim that is not renewed, like that of an owner that died.
 *
 * <p><b>Lost claims.</b> When Redis comes back empty or with an older state, the missing claims are put back by their owners, for calls in progress and
 * for results that are not stored or may have been lost, and by processes that wait for those calls. All begin within two seconds, and no name is
 * acquired before the data set is two seconds old. The data set is a key with the time at which it began. An empty Redis has none. An older state still has
 * it, so the first script on each connection ({@code redis/epoch-check.lua}), before which the connection claims nothing, removes it unless this Redis is the
 * process ({@code run_id}) that is noted beside it: after each restart and failover, whatever was lost, and whichever replica connects first. Removal and
 * note are one step, so a replica that connects later repeats it only if it has seen more of the lost data, in which case its own claims may be missing, too.
 *
 * <p><b>Many claims.</b> Claims are put back in batches without a pause. Each batch but the last that puts something back starts the two seconds again, so
 * neither the number of claims matters nor, where a batch is sent twice, their order; results follow. After a failed round or a new connection, batches
 * of claims that are there may precede those that are missing, so each batch but the last starts the two seconds again even if it puts nothing back,
 * unless they have passed. So names are held back until all missing claims are there, as long as no two seconds pass without a batch.
 *
 * <p><b>Leases.</b> An owner that reaches Redis renews its claims every second. A lease can end while its owner lives: Redis was away, restarted, or had its
 * clock set. Therefore the first process that finds a lease over grants it once more, and the claim counts as interrupted only when that second
 * lease is over, too: others reached Redis at both ends of it, and the owner at no time in between. Meanwhile callers wait, and the name
 * is not acquired. If the owner was only cut off from Redis, callers get its result when it arrives.
 *
 * <p><b>Waiting.</b> A caller that finds a claim waits for the end of its owner's call. It gets an end at which nothing was done only if the claim was
 * still there after the caller had come: the attempt to acquire it, a look that began later, or the end of the call in the same process has shown that.
 * Up to then no further call of the name can have begun, so one that repeats an answered call does not get the end of a call before it. If that is not
 * known, the caller claims the name itself. Any other end is that of a call that was made with this key, whenever the caller came.
 *
 * <p><b>Exceptions.</b> A result that found no room in {@code GATEWAY_IDEMPOTENCY_MEMORY} while Redis was away is lost, and its claim with Redis. A call can be
 * made twice in three cases, in which the name of a missing claim can be acquired:
 *
 * <ul>
 *   <li>its owner does not reach Redis for two seconds before all its claims are there, for example because it first tries several hosts that do not answer.
 *       An attempt to connect to one host ({@code quarkus.redis.tcp.connection-timeout}) and the pause after it take less, as does the longest pause after Redis has refused scripts;
 *   <li>the user may not run {@code INFO}: an older state is then noticed only by processes that were connected before, and only if it is older than
 *       their last check, which they repeat every second;
 *   <li>a proxy keeps connections open while another Redis takes over, which is noticed at the next of these checks.
 * </ul>
 *
 * <p>{@link io.itrgateway.idempotency.IdempotencyService} lets the callers of one process wait for one call; a claim that another process holds
 * is polled. The store is given a digest as the name, a digest of the payload, and a sealed result, all keyed: nothing can be read from them or
 * tested against them.
 */
package io.itrgateway.idempotency;
