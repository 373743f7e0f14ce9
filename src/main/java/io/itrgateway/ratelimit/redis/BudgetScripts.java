package io.itrgateway.ratelimit.redis;

import io.itrgateway.ratelimit.SlidingWindows;
import io.itrgateway.ratelimit.UpstreamBackoff;
import io.itrgateway.ratelimit.Window;
import io.itrgateway.redis.Script;
import io.itrgateway.redis.ScriptRunner;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** The scripts of the shared rate limit; {@code budget.lua} says what they work on. */
final class BudgetScripts {

    static final List<String> KEYS = List.of("budget:calls", "budget:replicas", "budget:state");

    private static final Script RESERVE = Script.in("ratelimit", "budget", "reserve");
    private static final Script SYNC = Script.in("ratelimit", "budget", "sync");
    private static final Script RESTORE = Script.in("ratelimit", "budget", "restore");

    /** How long an answer may take; a script that takes longer has failed. */
    private static final Duration LONGEST_WAIT = Duration.ofMillis(150);

    /** How long after its slot a call may be sent without being reported; after that it counts as sent. */
    static final Duration HOLD = Duration.ofSeconds(3);

    /** How soon a slot must come to be reserved. */
    static final Duration HORIZON = Duration.ofMillis(300);

    private static final Duration LONGEST_PROBE = Duration.ofSeconds(10);
    private static final Duration LONGEST_SPACING = Duration.ofMillis(50);

    /** Without a limit per second, a longer window's calls are spaced by this part of what they need on average. */
    private static final int FASTER_THAN_AVERAGE = 20;

    /**
     * What every script is told of the replica that runs it.
     *
     * @param leaseMicros until when it sends reserved calls only, by Redis' clock; 0 if it may send others
     * @param among the number of replicas it reckons with; 0 if it does not know
     * @param waits whether calls wait there
     * @param seenId and {@code seenCount}: of the last answer it has seen; empty if of none
     */
    record Sender(String replica, long leaseMicros, int among, boolean waits, String seenId, long seenCount) {}

    /**
     * What has become of calls.
     *
     * @param micros by name, the time at which a call counts as sent as a difference from now
     * @param unsent calls that will never be sent
     */
    record Report(Map<String, Long> micros, Collection<String> unsent) {}

    private final ScriptRunner runner;
    private final LongSupplier nowMicros;
    private final List<Object> windows = new ArrayList<>();
    private final Duration spacing;

    /** @param nowMicros the time that Redis is to use; 0 for its own */
    BudgetScripts(ScriptRunner runner, LongSupplier nowMicros, List<Window> plan) {
        this.runner = runner;
        this.nowMicros = nowMicros;
        plan.forEach(window -> {
            windows.add(micros(window.length().plus(SlidingWindows.JITTER)));
            windows.add(window.quota());
        });
        while (windows.size() < 6) {
            windows.add(0);
        }
        this.spacing = spacing(plan);
    }

    /** From one slot to the next: never zero, so that it is known how many calls can have been reserved in a given time. */
    private static Duration spacing(List<Window> plan) {
        if (plan.isEmpty()) {
            return Duration.ofNanos(1_000);
        }
        Window shortest = plan.get(0);
        Duration average = shortest.length().dividedBy(shortest.quota());
        if (shortest.length().compareTo(Duration.ofSeconds(1)) == 0) {
            return average;
        }
        Duration faster = average.dividedBy(FASTER_THAN_AVERAGE);
        return faster.compareTo(LONGEST_SPACING) < 0 ? faster : LONGEST_SPACING;
    }

    Duration spacing() {
        return spacing;
    }

    Uni<BudgetAnswer> reserve(Sender sender, String call) {
        return run(RESERVE, sender, List.of(call, Math.max(1, micros(spacing)), micros(LONGEST_PROBE)));
    }

    /**
     * @param from the score from which on calls are read; negative for none
     * @param most how many are read
     * @param backoffUntilMicros end of its pause, by Redis' clock
     */
    Uni<BudgetAnswer> sync(
            Sender sender, long from, int most, UpstreamBackoff backoff, long backoffUntilMicros, Report report) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(from < 0 ? "" : from);
        arguments.add(most);
        arguments.add(backoff.epoch());
        arguments.add(backoff.refusals());
        arguments.add(backoffUntilMicros);
        arguments.add(backoff.cause() == null ? "" : backoff.cause().name());
        arguments.add(report.micros().size());
        report.micros().forEach((call, micros) -> {
            arguments.add(call);
            arguments.add(micros);
        });
        arguments.addAll(report.unsent());
        return run(SYNC, sender, arguments);
    }

    Uni<BudgetAnswer> restore(Sender sender, List<BudgetAnswer.Call> calls, List<BudgetAnswer.Replica> replicas) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(calls.size());
        calls.forEach(call -> {
            arguments.add(call.name());
            arguments.add(call.micros());
        });
        replicas.forEach(replica -> {
            arguments.add(replica.id());
            arguments.add(replica.among());
        });
        return run(RESTORE, sender, arguments);
    }

    private Uni<BudgetAnswer> run(Script script, Sender sender, List<?> own) {
        List<Object> arguments = new ArrayList<>(List.of(
                nowMicros.getAsLong(),
                sender.replica(),
                sender.leaseMicros(),
                sender.among(),
                sender.waits() ? 1 : 0,
                sender.seenId(),
                sender.seenCount(),
                micros(HOLD),
                micros(HORIZON)));
        arguments.addAll(windows);
        arguments.addAll(own);
        return runner.run(script, LONGEST_WAIT, KEYS, arguments.toArray()).map(BudgetAnswer::of);
    }

    static long micros(Duration time) {
        return time.toNanos() / 1_000;
    }
}
