package io.itrgateway.upstream;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Operations that Deepvue has refused to a caller with a new token, too, such as those of a product that is not in the contract: a further token
 * would not help, and would cost an authorize, the repeat, and a wait of all other calls.
 *
 * <p>If the token is really revoked within that time, refusals of other callers or other operations renew it, and this caller's refusal of this
 * operation does after 30 s at the latest. An operation with which Deepvue accepts a token meanwhile is forgotten.
 */
final class RefusalsOfNewTokens {

    static final Duration KEPT = Duration.ofSeconds(30);
    static final int MOST = 256;

    private record Refused(String caller, String operation) {}

    private final LongSupplier nanos;

    /** When each was refused, the oldest first; guarded by this. */
    private final Map<Refused, Long> since = new LinkedHashMap<>();

    /** So that an accepted token costs no lock. */
    private volatile boolean isEmpty = true;

    RefusalsOfNewTokens(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** A new token was refused as well. */
    synchronized void add(String caller, String operation) {
        var refused = new Refused(caller, operation);
        since.remove(refused);
        since.put(refused, nanos.getAsLong());
        if (since.size() > MOST) {
            since.remove(since.keySet().iterator().next());
        }
        isEmpty = false;
    }

    /** Whether none is kept, ended ones included. */
    boolean isEmpty() {
        return isEmpty;
    }

    /** Whether a new token was refused within the last 30 s. */
    synchronized boolean contains(String caller, String operation) {
        Long at = since.get(new Refused(caller, operation));
        return at != null && !hasEnded(at);
    }

    private boolean hasEnded(long at) {
        return nanos.getAsLong() - at >= KEPT.toNanos();
    }

    /** Deepvue has accepted a token. Those that have ended are forgotten as well, so that soon this costs nothing again. */
    void remove(String caller, String operation) {
        if (isEmpty) {
            return;
        }
        synchronized (this) {
            since.remove(new Refused(caller, operation));
            for (var oldest = since.values().iterator(); oldest.hasNext() && hasEnded(oldest.next()); ) {
                oldest.remove();
            }
            isEmpty = since.isEmpty();
        }
    }
}
