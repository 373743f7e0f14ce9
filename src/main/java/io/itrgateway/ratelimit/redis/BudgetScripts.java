package io.itrgateway.ratelimit.redis;

import io.itrgateway.ratelimit.SlidingWindows;
import io.itrgateway.ratelimit.UpstreamBackoff;
import io.itrgateway.ratelimit.Window;
import io.itrgateway.redis.Script;
import io.itrgateway.redis.ScriptRunner;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The scripts of the shared rate limit; {@code budget.lua} says what they work on. */
final class BudgetScripts {

    private static final List<String> KEYS = List.of("budget:calls", "budget:replicas", "budget:state");

    private static final Script RESERVE = Script.in("ratelimit", "budget", "reserve");
    private static final Script SYNC = Script.in("ratelimit", "budget", "sync");

    /** The first argument of every script; tests put the time there that Redis is to use. */
    static final long TIME_OF_REDIS = 0;

    /** How long an answer may take; a script that takes longer has failed. */
    private static final Duration LONGEST_WAIT = Duration.ofMillis(150);

    /** How long after its slot a call may be sent without being reported; after that it counts as sent. */
    static final Duration HOLD = Duration.ofSeconds(3);

    /** How soon a slot must come to be reserved. */
    static final Duration HORIZON = Duration.ofMillis(200);

    static final int MOST_READ = 1_000;

    private static final Duration LONGEST_PROBE = Duration.ofSeconds(10);
    private static final Duration LONGEST_SPACING = Duration.ofMillis(50);

    /** Without a limit per second, a longer window's calls are spaced by this part of what they need on average. */
    private static final int FASTER_THAN_AVERAGE = 20;

    /**
     * The arguments of every script about the replica that runs it.
     *
     * @param leaseMicros until when it sends reserved calls only, by Redis' clock; 0 if it may send others
     * @param divisor the number of replicas it reckons with; 0 if it does not know
     * @param waits whether calls wait there
     * @param seenId and {@code seenCount}: of the last answer it has seen; empty if of none
     */
    record Sender(String replica, long leaseMicros, int divisor, boolean waits, String seenId, long seenCount) {}

    /**
     * @param nanos when it is made
     * @param joins whether it asks for a lease that this replica does not have
     * @param from the score from which on calls are read
     * @param backoffUntilMicros end of its pause, by Redis' clock
     * @param lost replicas that Redis no longer knows
     */
    record Sync(
            long nanos,
            boolean joins,
            Sender sender,
            long from,
            UpstreamBackoff backoff,
            long backoffUntilMicros,
            UnconfirmedCalls.Report report,
            List<BudgetAnswer.Replica> lost) {}

    private final ScriptRunner runner;
    private final List<Object> windows = new ArrayList<>();
    private final Duration spacing;

    BudgetScripts(ScriptRunner runner, List<Window> plan) {
        this.runner = runner;
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
            return Duration.ofMillis(1);
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

    Uni<BudgetAnswer> sync(Sync sync) {
        UpstreamBackoff backoff = sync.backoff();
        List<Object> arguments = new ArrayList<>(List.of(
                sync.from(),
                MOST_READ,
                backoff.epoch(),
                backoff.refusals(),
                sync.backoffUntilMicros(),
                backoff.cause() == null ? "" : backoff.cause().name(),
                sync.report().micros().size(),
                sync.lost().size()));
        sync.report().micros().forEach((call, micros) -> arguments.addAll(List.of(call, micros)));
        sync.lost().forEach(replica -> arguments.addAll(List.of(replica.id(), replica.divisor())));
        arguments.addAll(sync.report().released());
        return run(SYNC, sync.sender(), arguments);
    }

    private Uni<BudgetAnswer> run(Script script, Sender sender, List<?> own) {
        List<Object> arguments = new ArrayList<>(List.of(
                TIME_OF_REDIS,
                sender.replica(),
                sender.leaseMicros(),
                sender.divisor(),
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
