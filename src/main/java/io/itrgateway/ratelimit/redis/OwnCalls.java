package io.itrgateway.ratelimit.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The calls of this replica whose state Redis has not confirmed. Not thread-safe. */
final class OwnCalls {

    static final BudgetScripts.Report NOTHING = new BudgetScripts.Report(Map.of(), List.of());

    static final int MOST_REPORTED = 500;

    /** A call that is not sent for so long is held for longer. */
    private static final Duration LONG = BudgetScripts.HOLD.dividedBy(3);

    /** More than are in the day of any plan; beyond it, the oldest are forgotten. */
    private static final int MOST_KEPT = 100_000;

    /** Reserved and unsent, by when they were reserved. */
    private final Map<String, Long> unsent = new LinkedHashMap<>();

    /** Sent, by when. */
    private final Map<String, Long> sent = new LinkedHashMap<>();

    private final Set<String> released = new TreeSet<>();

    /** Calls of the share, by when they were or will be sent: all since this replica counted together with others. */
    private final Map<String, Long> ofShare = new LinkedHashMap<>();

    void reserve(String call, long nanos) {
        unsent.put(call, nanos);
    }

    void reserveInShare(String call, long nanos) {
        unsent.put(call, nanos);
        ofShare.put(call, nanos);
        forgetOldest(ofShare);
    }

    Map<String, Long> ofShare() {
        return ofShare;
    }

    void markSent(String call, long nanos) {
        unsent.remove(call);
        ofShare.replace(call, nanos);
        sent.put(call, nanos);
        forgetOldest(sent);
    }

    private static void forgetOldest(Map<String, Long> calls) {
        if (calls.size() > MOST_KEPT) {
            calls.remove(calls.keySet().iterator().next());
        }
    }

    void release(String call) {
        unsent.remove(call);
        ofShare.remove(call);
        if (released.size() < MOST_REPORTED) {
            released.add(call);
        }
    }

    boolean isAllReported() {
        return sent.isEmpty() && released.isEmpty();
    }

    /** Sent and released calls. */
    BudgetScripts.Report report(long nanos) {
        Map<String, Long> micros = new LinkedHashMap<>();
        for (var call : sent.entrySet()) {
            if (micros.size() == MOST_REPORTED) {
                break;
            }
            micros.put(call.getKey(), (call.getValue() - nanos) / 1_000);
        }
        return new BudgetScripts.Report(micros, new ArrayList<>(released));
    }

    /** Sent, released and unsent calls. */
    BudgetScripts.Report fullReport(long nanos) {
        var report = report(nanos);
        unsent.keySet().forEach(call -> report.micros().put(call, BudgetScripts.micros(BudgetScripts.HOLD)));
        return report;
    }

    /** Whether the report has every sent call. */
    boolean isAllIn(BudgetScripts.Report report) {
        return report.micros().keySet().containsAll(sent.keySet());
    }

    /** Calls that are unsent for long. */
    BudgetScripts.Report holds(long nanos) {
        Map<String, Long> micros = new LinkedHashMap<>();
        unsent.forEach((call, reserved) -> {
            if (nanos - reserved > LONG.toNanos()) {
                micros.put(call, BudgetScripts.micros(BudgetScripts.HOLD));
            }
        });
        return new BudgetScripts.Report(micros, List.of());
    }

    /** Redis knows what is in the report. */
    void confirm(BudgetScripts.Report report) {
        report.micros().forEach((call, micros) -> {
            if (micros <= 0) {
                sent.remove(call);
            }
        });
        report.unsent().forEach(released::remove);
    }
}
