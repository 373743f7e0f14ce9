package io.itrgateway.status;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The last quarter of an hour in steps of ten seconds. Safe for any thread. */
final class Trend {

    static final Duration STEP = Duration.ofSeconds(10);

    private static final int STEPS = 90;

    private static final int RECENT_STEPS = 6;

    record Step(Instant end, CallCounts calls) {}

    private final Deque<Step> steps = new ArrayDeque<>();
    private CallCounts before;
    private long ended;

    /** @param start what was counted before the first step */
    Trend(CallCounts start) {
        this.before = start;
    }

    /** A step has ended. */
    synchronized void add(Instant end, CallCounts since) {
        steps.addLast(new Step(end, since.since(before)));
        before = since;
        ended++;
        if (steps.size() > STEPS) {
            steps.removeFirst();
        }
    }

    /** How many steps have ended, those among them that are no longer kept. */
    synchronized long ended() {
        return ended;
    }

    /** The oldest first. */
    synchronized List<Step> steps() {
        return List.copyOf(steps);
    }

    /** The last minute. */
    synchronized RecentCalls recent() {
        List<Step> last = steps().subList(Math.max(0, steps.size() - RECENT_STEPS), steps.size());
        Map<String, Long> byCode = new TreeMap<>();
        last.forEach(step -> step.calls().byCode().forEach((code, calls) -> byCode.merge(code, calls, Long::sum)));
        return new RecentCalls(STEP.multipliedBy(last.size()), byCode);
    }
}
