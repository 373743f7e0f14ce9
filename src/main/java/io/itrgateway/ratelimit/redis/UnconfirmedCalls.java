package io.itrgateway.ratelimit.redis;

import static io.itrgateway.ratelimit.redis.BudgetScripts.HOLD;
import static io.itrgateway.ratelimit.redis.BudgetScripts.micros;

import io.itrgateway.ratelimit.Window;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The calls of this replica whose state Redis has not confirmed. Not thread-safe. */
final class UnconfirmedCalls {

    /**
     * What has become of calls.
     *
     * @param micros by name, the time at which a call counts as sent as a difference from now
     * @param released calls that will never be sent
     */
    record Report(Map<String, Long> micros, Collection<String> released) {

        static final Report NOTHING = new Report(Map.of(), List.of());
    }

    private static final int MOST_REPORTED = 500;

    /** A call that is not sent for so long is held for longer. */
    private static final Duration LONG = HOLD.dividedBy(3);

    private static final int LEAST_KEPT = 100_000;

    /** Beyond it, the oldest are forgotten. One takes some 150 bytes. */
    private final int mostKept;

    /** Reserved and unsent, by when they were reserved. */
    private final Map<String, Long> unsent = new LinkedHashMap<>();

    /** Sent, by when. */
    private final Map<String, Long> sent = new LinkedHashMap<>();

    private final Set<String> released = new LinkedHashSet<>();

    /** What this replica has sent since it counted together with others, by when. */
    private final Map<String, Long> sentDegraded = new LinkedHashMap<>();

    /** Keeps twice the calls of any window: those of a Redis that came back empty, and those that were sent while it was away. */
    UnconfirmedCalls(List<Window> plan) {
        int largest = plan.stream().mapToInt(Window::quota).max().orElse(0);
        this.mostKept = Math.max(LEAST_KEPT, 2 * largest);
    }

    void reserve(String call, long nanos) {
        unsent.put(call, nanos);
    }

    int unsent() {
        return unsent.size();
    }

    Map<String, Long> sentDegraded() {
        return sentDegraded;
    }

    void markSent(String call, long nanos, boolean degraded) {
        unsent.remove(call);
        keep(sent, call, nanos);
        if (degraded) {
            keep(sentDegraded, call, nanos);
        }
    }

    /** A call that Redis has lost, of whichever replica. */
    void reportAgain(String call, long nanos) {
        if (!unsent.containsKey(call) && !sent.containsKey(call)) {
            keep(sent, call, nanos);
        }
    }

    private void keep(Map<String, Long> calls, String call, long nanos) {
        calls.put(call, nanos);
        if (calls.size() > mostKept) {
            calls.remove(calls.keySet().iterator().next());
        }
    }

    void release(String call) {
        unsent.remove(call);
        if (released.size() < MOST_REPORTED) {
            released.add(call);
        }
    }

    /**
     * Sent and released calls, and of the unsent ones those to be held for longer.
     *
     * @param all whether these are all of them
     */
    Report report(long nanos, boolean all) {
        Map<String, Long> micros = new HashMap<>();
        for (var call : sent.entrySet()) {
            if (micros.size() == MOST_REPORTED) {
                break;
            }
            micros.put(call.getKey(), (call.getValue() - nanos) / 1_000);
        }
        unsent.forEach((call, reserved) -> {
            if (all || nanos - reserved > LONG.toNanos()) {
                micros.put(call, micros(HOLD));
            }
        });
        return new Report(micros, List.copyOf(released));
    }

    /** Whether the report has every sent call. */
    boolean containsAllSent(Report report) {
        return report.micros().keySet().containsAll(sent.keySet());
    }

    /** Redis has stored the report. */
    void confirm(Report report) {
        report.micros().forEach((call, micros) -> {
            if (micros != micros(HOLD)) { // else it may have been sent since
                sent.remove(call);
            }
        });
        report.released().forEach(released::remove);
    }
}
