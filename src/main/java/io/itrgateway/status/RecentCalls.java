package io.itrgateway.status;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Calls that ended in the last minute, or since the start if that is shorter.
 *
 * @param over the time in which they ended; zero if no step has ended yet
 * @param byCode calls by {@code ok}, {@code caller-gone}, or a problem's code
 */
record RecentCalls(Duration over, Map<String, Long> byCode) {

    long total() {
        return byCode.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Those that neither succeeded nor failed for a reason of the caller's. */
    long failed() {
        return failures().values().stream().mapToLong(Long::longValue).sum();
    }

    /** {@link #failed()} by code. */
    Map<String, Long> failures() {
        Map<String, Long> failures = new TreeMap<>(byCode);
        failures.keySet().removeIf(code -> !ResponsibleParty.of(code).isFailure());
        return failures;
    }

    /** Those that did not end by a fault of their callers: however many such faults there are, they hide no failure. */
    long servable() {
        return byCode.entrySet().stream()
                .filter(calls -> ResponsibleParty.of(calls.getKey()) != ResponsibleParty.CALLER)
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** {@link #failed()} of {@link #servable()}, from 0 to 1; 0 without calls. */
    double failedShare() {
        return servable() == 0 ? 0 : (double) failed() / servable();
    }

    double perSecond() {
        return over.isZero() ? 0 : total() * 1000.0 / over.toMillis();
    }
}
