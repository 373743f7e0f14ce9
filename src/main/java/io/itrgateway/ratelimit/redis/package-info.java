/**
 * The rate limit of all replicas, in Redis: one sorted set of calls, and a share of the plan for each replica while Redis is away.
 *
 * <p><b>Together.</b> The set holds every call by the time at which it counts as sent. A call is reserved for a slot with the score slot plus
 * hold; when it is sent its score becomes that time, and when it never will be it is removed. The heartbeat reports this; reporting again
 * changes nothing, so what got no answer is reported again, and a replica that is killed needs no care. A score is never before the time at
 * which the call is really sent. So take any window of length L and, of the calls sent in it, the one that was reserved last, with slot c:
 * each of the others was sent after c - L, so its score was above c - L when that one was reserved, and the script admits it only if fewer
 * scores than the quota are. L is the window's length and the jitter allowance ({@link io.itrgateway.ratelimit.SlidingWindows}).
 * No such score has been removed, by whichever replica: the script notes the longest window of any plan, and when a replica with it was last
 * heard of, and removes only what is older than that window. A shorter one takes its place when no replica with it has been heard of for its
 * length, so that no call that was counted with it is in it. Where plans differ, as while one is changed, each replica sends a call only if its own
 * windows have room among the calls of all replicas with a plan; those of a replica without one are not in the set.
 *
 * <p><b>Without Redis.</b> With every request a replica extends a lease, until whose end it sends reserved calls only. When Redis does not
 * answer it makes no more of them, and from the end of its lease on sends what its share allows: each quota divided by the number of replicas,
 * or by a larger one that it has sent to Redis since the last heartbeat that was answered began, or with that, since Redis may have noted it;
 * rounded down, less its part of all calls until then, less its own calls that are reserved and not sent; a call is divided by the replicas
 * that had a lease when it was sent. It has a copy of all calls,
 * and since slots are spaced, how many it may have missed and when those were sent at the latest. A call that is late for its slot by
 * more than the others reckon with counts in full in the share of the replica that sends it. Meanwhile the script leaves as much to a replica
 * whose lease has ended: the share, less its part of the calls until then. So with n replicas, C calls until the end of the leases and q the
 * quota, those without a lease send at most q/n - C/n each, and the others, in the set, at most what remains of q: all together send no more
 * than q, whether one replica has lost Redis, or some, or all.
 *
 * <p><b>Back.</b> A replica that reaches Redis again reads the calls, then reports what it sent, and asks for a lease with the last of it; from
 * that request on it sends nothing within its share. No replica waits for another. Until then it has its share, so one that is
 * slow, or comes and goes, costs no more than that. If Redis has lost data, which it shows by an id and a count, each replica reports its copy
 * as well before it joins.
 *
 * <p><b>Back-off.</b> Each change of the back-off after an upstream 429 or 503 counts up its epoch, and Redis takes a later epoch only, so that
 * it has one state of each. A replica takes over a later one, and where two replicas made different changes without Redis, one probe refused and one
 * served, the one that reached Redis first: after the next heartbeat all hold calls back, or none.
 *
 * <p><b>What is not kept.</b> A replica that was not heard of for 5 s, while others were, counts as gone: if it was only cut off, it uses its
 * share on top of the plan. What a replica sent within its share, and did not report before it ended, does not count afterwards. A replica
 * that was never together with others for a second, and has no configured number of replicas, sends a call a minute. When Redis is
 * lost, other replicas count a call at most 0.1 s after its slot that was sent later, and not reported; and one that has more calls connecting
 * than its share has room for sends these.
 */
package io.itrgateway.ratelimit.redis;
