package io.itrgateway.upstream;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Operations that Deepvue has refused to a caller with a new token, too, such as those of a product that is not in the contract: a further token
 * would not help, and would cost an authorize, the repeat, and a wait of all other calls.
 *
 * <p>The same is seen where the new token was revoked at once, as by an authorize of another process. So the first such refusal is kept for a
 * second, each further one for twice as long as the one before, up to 30 s; then a refusal of this caller and operation renews the token again.
 * Meanwhile refusals of other callers or other operations do. An operation with which Deepvue accepts a token is forgotten.
 */
final class RefusalsOfNewTokens {

    static final Duration FIRST = Duration.ofSeconds(1);
    static final Duration LONGEST = Duration.ofSeconds(30);
    static final int MOST = 256;

    private record Refused(String caller, String operation) {}

    private record Kept(long sinceNanos, Duration length) {

        /** What many calls learn at once is one refusal. */
        private Kept after(long nowNanos) {
            return new Kept(nowNanos, hasEnded(nowNanos) ? min(length.multipliedBy(2), LONGEST) : length);
        }

        private boolean hasEnded(long nowNanos) {
            return nowNanos - sinceNanos >= length.toNanos();
        }

        /** An operation that is refused again after a while is not a new one. */
        private boolean isForgotten(long nowNanos) {
            return nowNanos - sinceNanos >= length.plus(LONGEST).toNanos();
        }

        private static Duration min(Duration a, Duration b) {
            return a.compareTo(b) < 0 ? a : b;
        }
    }

    private final LongSupplier nanos;

    /** Those refused last at the end; guarded by this. */
    private final Map<Refused, Kept> all = new LinkedHashMap<>();

    /** So that an accepted token costs no lock. */
    private volatile boolean isEmpty = true;

    RefusalsOfNewTokens(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** A new token was refused as well. */
    synchronized void add(String caller, String operation) {
        var refused = new Refused(caller, operation);
        long now = nanos.getAsLong();
        Kept before = all.remove(refused);
        all.put(refused, before == null || before.isForgotten(now) ? new Kept(now, FIRST) : before.after(now));
        if (all.size() > MOST) {
            all.remove(all.keySet().iterator().next());
        }
        isEmpty = false;
    }

    /** Whether none is known, ended ones included. */
    boolean isEmpty() {
        return isEmpty;
    }

    /** Whether a new token was refused so lately that another one is not asked for. */
    synchronized boolean contains(String caller, String operation) {
        Kept kept = all.get(new Refused(caller, operation));
        return kept != null && !kept.hasEnded(nanos.getAsLong());
    }

    /**
     * Whether such refusals began so lately that they are kept for less than 30 s. Tokens are renewed more often for them meanwhile, which must not
     * look like a fault of the account.
     */
    synchronized boolean isRecent(String caller, String operation) {
        Kept kept = all.get(new Refused(caller, operation));
        return kept != null
                && !kept.isForgotten(nanos.getAsLong())
                && kept.length().compareTo(LONGEST) < 0;
    }

    /** Deepvue has accepted a token. Those that ended long ago go as well, so that soon this costs nothing again. */
    void remove(String caller, String operation) {
        if (isEmpty) {
            return;
        }
        synchronized (this) {
            all.remove(new Refused(caller, operation));
            all.values().removeIf(kept -> kept.isForgotten(nanos.getAsLong()));
            isEmpty = all.isEmpty();
        }
    }
}
