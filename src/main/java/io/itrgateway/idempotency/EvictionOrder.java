package io.itrgateway.idempotency;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingLong;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which of the kept results makes room first: one of the caller that holds the most, and of these the oldest, those of calls that may be made
 * again before all others. A caller that would hold the most with a new result, and has none that could go for it, does not get it kept: no
 * caller displaces results of one that holds less. It is decided result by result, so that some may have gone before it turns out that the new
 * one is not kept. Not thread-safe.
 */
final class EvictionOrder {

    /** What one caller holds. It is in no order while its bytes change. */
    private static final class Share {
        private final String caller;
        private final Set<ClaimName> repeatable = new LinkedHashSet<>(2);
        private final Set<ClaimName> others = new LinkedHashSet<>(2);
        private long bytes;

        Share(String caller) {
            this.caller = caller;
        }

        ClaimName oldest() {
            return (repeatable.isEmpty() ? others : repeatable).iterator().next();
        }
    }

    private static final Comparator<Share> BY_CALLER = comparing(share -> share.caller);

    private final Map<String, Share> shares = new HashMap<>();
    private final NavigableSet<Share> byBytes =
            new TreeSet<>(comparingLong((Share share) -> share.bytes).thenComparing(BY_CALLER));
    /** Those of them with results of calls that may be made again. */
    private final NavigableSet<Share> withRepeatable = new TreeSet<>(byBytes.comparator());

    private int repeatableResults;
    private long repeatableBytes;

    /** @param bytes that are free when the result goes */
    void add(ClaimName name, boolean isRepeatable, long bytes) {
        Share share = shares.computeIfAbsent(name.caller(), Share::new);
        change(share, isRepeatable, bytes, () -> namesOf(share, isRepeatable).add(name));
    }

    /** @param bytes with which it was added */
    void remove(ClaimName name, boolean isRepeatable, long bytes) {
        Share share = shares.get(name.caller());
        if (share != null && namesOf(share, isRepeatable).contains(name)) {
            change(
                    share,
                    isRepeatable,
                    -bytes,
                    () -> namesOf(share, isRepeatable).remove(name));
        }
    }

    private static Set<ClaimName> namesOf(Share share, boolean isRepeatable) {
        return isRepeatable ? share.repeatable : share.others;
    }

    private void change(Share share, boolean isRepeatable, long bytes, Runnable change) {
        byBytes.remove(share);
        withRepeatable.remove(share);
        change.run();
        share.bytes += bytes;
        if (isRepeatable) {
            repeatableBytes += bytes;
            repeatableResults += bytes > 0 ? 1 : -1;
        }
        if (share.repeatable.isEmpty() && share.others.isEmpty()) {
            shares.remove(share.caller);
            return;
        }
        byBytes.add(share);
        if (!share.repeatable.isEmpty()) {
            withRepeatable.add(share);
        }
    }

    /**
     * The result that makes room for another one; empty if there is none, so that the new one is not kept.
     *
     * @param caller whose result it is that needs so many bytes
     * @param isRepeatable whether its call may be made again: then only results of such calls make room for it
     */
    Optional<ClaimName> next(String caller, long bytes, boolean isRepeatable) {
        NavigableSet<Share> order = isRepeatable ? withRepeatable : byBytes;
        if (order.isEmpty()) {
            return Optional.empty();
        }
        Share largest = order.last();
        Optional<Share> own = Optional.ofNullable(shares.get(caller));
        if (own.map(share -> share.bytes).orElse(0L) + bytes < largest.bytes) {
            return Optional.of(largest.oldest());
        }
        return own.filter(order::contains).map(Share::oldest);
    }

    /** Results of calls that may be made again. */
    int repeatableResults() {
        return repeatableResults;
    }

    long repeatableBytes() {
        return repeatableBytes;
    }
}
