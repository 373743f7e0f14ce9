/**
 * A call that is repeated with its {@code Idempotency-Key} is made once, and answered every time.
 *
 * <p>Why it is made once. A call is sent only by the owner that acquired the claim of its key, and the {@link
 * io.itrgateway.idempotency.ClaimStore} lets one owner acquire a name, in one atomic step, only while there is no claim of that name. A
 * claim goes away in three ways only: its owner releases it, which it does only when the call was not processed or is not complete; 24
 * hours pass; or the store loses it. The claim of an owner that dies or does not renew it stays, without a result: callers get that
 * the outcome is unknown, and nothing is sent. In this process nothing is lost before the process ends, and then its callers' calls end, too. In
 * Redis a claim counts as acquired only when the number of replicas that the operator named has it, so that it outlives the primary whichever
 * of them takes its place, however far that one lags; what else is lost with a primary, a result or a release, leaves a claim that
 * is not renewed, as that of a dead owner.
 *
 * <p>If Redis loses everything, or the latest, the owners of calls in progress, and of those whose results it has not stored yet, put back the claims
 * that are missing. Each begins within two seconds, before which no name is acquired. They begin with a data set, whose key no claim finds in a Redis
 * that is empty; one with an older state still has it. Therefore the first script on each connection of a process ({@code redis/epoch-check.lua}),
 * before which the connection takes no claim, removes it if Redis is not the process that is noted beside it ({@code run_id}), as after a restart or
 * a failover, whatever was lost and whichever process connects first. The removal and the new note are one step, so that processes that connect later
 * repeat it only if they had seen more of the lost data: then their claims may be missing, too. A Redis that has lost nothing accepts no key for two
 * seconds, either. A process that waits for a call puts its claim back as well, so that the name is not free where the owner has died, too.
 *
 * <p>A living owner renews its leases each second if it reaches Redis. Where it does not, since Redis was away, restarted, or its clock was set, a lease can be over
 * though the owner lives. Therefore the first process that finds it over gives it once more, and the claim counts as interrupted only when that one is over, too: when
 * others reached Redis at both ends of a lease, and the owner at no time between them. Until then callers wait for it, and nothing can be made twice by
 * that, since the name is not acquired. If the owner lives all the same, cut off from Redis alone, callers get its result when that comes.
 *
 * <p>Claims go in batches without a pause between them, and each but the last that puts something back starts the two seconds again, so that neither
 * their number matters nor, where one is sent twice, their order; results follow. Where a round fails, what it has put back is followed by claims
 * that are still missing; and in an older state, claims that are there may come before those that are missing. So in the round after a failure or a
 * connection each batch but the last starts the two seconds again though it puts nothing back, unless they have passed: names are held back until the
 * missing claims are there, as long as no two seconds pass without a batch. So no call in progress is made twice, and finished ones are remembered as
 * far as the disk of Redis remembers them.
 *
 * <p>There are four exceptions. A result that found no place in {@code GATEWAY_IDEMPOTENCY_MEMORY} while Redis was away is lost, and its claim with
 * Redis. In the others names of missing claims can be acquired, and their calls made twice: where an owner does not reach Redis for two seconds before
 * all its claims are there, as where it tries several hosts that do not answer before the one that does (the attempt to connect to one host, {@code
 * quarkus.redis.tcp.connection-timeout}, and the pause after it end sooner); where the user may not run {@code INFO}, so that an older state is seen
 * only by processes that were connected before, and only if it is older than their last check, which they repeat once a second; and where something
 * between keeps a connection to clients while another Redis takes over, which is seen at the next of these checks.
 *
 * <p>{@link io.itrgateway.idempotency.IdempotencyService} lets callers of one process wait for one call; a claim that another process holds
 * is polled. What the store is given is a digest for a name, a digest of the payload, and a sealed result: all keyed, so that nothing can be
 * read from it or tried against it.
 */
package io.itrgateway.idempotency;
