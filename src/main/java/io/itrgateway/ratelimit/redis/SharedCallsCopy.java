package io.itrgateway.ratelimit.redis;

import static io.itrgateway.ratelimit.redis.BudgetScripts.HOLD;
import static io.itrgateway.ratelimit.redis.BudgetScripts.HORIZON;
import static io.itrgateway.ratelimit.redis.BudgetScripts.MOST_READ;
import static io.itrgateway.ratelimit.redis.BudgetScripts.micros;

import io.itrgateway.ratelimit.BudgetWindow;
import io.itrgateway.ratelimit.SlidingWindows;
import io.itrgateway.ratelimit.Window;
import io.itrgateway.ratelimit.redis.BudgetAnswer.Call;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * A copy of the calls in Redis: for forecasts, for a replica's share while Redis is away, and for a Redis that has lost them. Its newest part
 * is read again and again, since calls there still change; all of it where the number of calls differs. Not thread-safe.
 */
final class SharedCallsCopy {

    /** Calls that are older than this rarely change. */
    private static final long CHANGING_MICROS = micros(HOLD.plusSeconds(2));

    /** As in {@code budget.lua}. */
    private static final long KEPT_MICROS = micros(Duration.ofMinutes(1));

    /** By how much a call is late for its slot, at most; what is later than that counts in full for the replica that sends it. */
    private static final Duration LATENESS = Duration.ofMillis(100);

    private static final double ROUNDING = 1e-6;

    /** A call that another replica has reserved counts half at the most: at least two replicas had leases. */
    private static final double OF_TWO = 0.5;

    /** Beyond it, forecasts go on at the same pace. */
    private static final int FURTHEST_FORECAST = 10_000;

    private final long longestMicros;
    private final long spacingNanos;
    private final Deque<Call> calls = new ArrayDeque<>();
    private final SlidingWindows windows;

    private long nowMicros;
    private long nowNanos;
    private long nextNanos;

    /** Calls that have been read since {@code firstRead}; those from {@code readFrom} on are missing. */
    private final Deque<Call> incoming = new ArrayDeque<>();

    private long firstRead;
    private long readFrom;
    /** No slot that is earlier was free when all calls had been read. */
    private long heardUntilNanos;

    SharedCallsCopy(List<Window> plan, Duration spacing) {
        this.longestMicros = plan.stream()
                .mapToLong(window -> micros(window.length().plus(SlidingWindows.JITTER)))
                .max()
                .orElse(0);
        this.spacingNanos = spacing.toNanos();
        this.windows = new SlidingWindows(plan, SlidingWindows.JITTER, spacingNanos);
    }

    boolean hasBeenRead() {
        return nowMicros > 0;
    }

    /** Redis' time when it answered last. */
    long nowMicros() {
        return nowMicros;
    }

    /** Redis' time, at most. */
    long microsOf(long nanos) {
        return nowMicros + (nanos - nowNanos) / 1_000;
    }

    long nanosOf(long micros) {
        return nowNanos + (micros - nowMicros) * 1_000;
    }

    /** From which time on calls are to be read next. */
    long readFrom() {
        return readFrom;
    }

    /** Whether the calls that were read last are not all that Redis has from then on. */
    boolean hasMoreToRead() {
        return !incoming.isEmpty();
    }

    /** Sets the clock, and the next slot. Older answers, which may be overtaken on their way, have no effect. */
    boolean apply(BudgetAnswer answer, long nanos) {
        if (answer.nowMicros() < nowMicros) {
            return false;
        }
        nowMicros = answer.nowMicros();
        nowNanos = nanos;
        nextNanos = nanosOf(answer.nextMicros());
        windows.setNextSlot(nextNanos);
        return true;
    }

    /**
     * Takes over the calls that were read from {@link #readFrom()} on, once the last of them have been read.
     *
     * @param requestedNanos when they were asked for
     */
    void applyCalls(BudgetAnswer answer, long requestedNanos) {
        while (!incoming.isEmpty() && incoming.getLast().micros() >= readFrom) {
            incoming.removeLast();
        }
        incoming.addAll(answer.calls());
        if (answer.calls().size() == MOST_READ) {
            readFrom = incoming.getLast().micros();
            return;
        }
        int removed = 0;
        while (!calls.isEmpty() && calls.getLast().micros() >= firstRead) {
            calls.removeLast();
            removed++;
        }
        windows.removeNewest(removed);
        incoming.forEach(this::add);
        incoming.clear();
        while (!calls.isEmpty() && calls.getFirst().micros() <= nowMicros - longestMicros - KEPT_MICROS) {
            calls.removeFirst();
        }
        firstRead = calls.size() == answer.size() ? Math.max(0, nowMicros - CHANGING_MICROS) : 0;
        readFrom = firstRead;
        heardUntilNanos = Math.max(requestedNanos, nextNanos);
    }

    /** A call was reserved for that slot. */
    void addReserved(String name, long slotMicros) {
        add(new Call(name, slotMicros + micros(HOLD)));
    }

    private void add(Call call) {
        calls.addLast(call);
        windows.add(isSent(call) ? expectedNanos(call) : Math.max(nowNanos, expectedNanos(call)), nowNanos);
    }

    /** When the call was sent; one that is only reserved is expected to be sent at its slot. */
    private long expectedNanos(Call call) {
        return nanosOf(isSent(call) ? call.micros() : call.micros() - micros(HOLD));
    }

    private boolean isSent(Call call) {
        return call.micros() <= nowMicros;
    }

    /** Redis has lost all calls. Those that were sent are reported again; of the others, each replica has its own. */
    void clearAndReportAgain(UnconfirmedCalls own) {
        calls.stream().filter(this::isSent).forEach(call -> own.reportAgain(call.name(), nanosOf(call.micros())));
        windows.removeNewest(calls.size());
        calls.clear();
        incoming.clear();
        firstRead = 0;
        readFrom = 0;
        nowMicros = 0;
    }

    long delayNanos(long nth, long nanos) {
        long foreseen = Math.min(nth, FURTHEST_FORECAST);
        return windows.delayNanos((int) foreseen, nanos) * nth / foreseen;
    }

    List<BudgetWindow> left(long nanos) {
        return windows.left(nanos);
    }

    /**
     * Puts calls into the windows of a replica's share: in every stretch of time that ends now or later its part of all that are here, and of
     * those that may have been reserved since they were read; and all that it has sent within its share. A call is divided by the replicas that had a
     * lease then, since the others do not count it.
     *
     * @param leases ends of the leases of all other replicas, by Redis' clock
     * @param alone calls that this replica has sent within its share, by when
     * @param untilNanos the end of its own lease
     */
    void addTo(SlidingWindows share, List<Long> leases, Map<String, Long> alone, long untilNanos) {
        List<Long> times = new ArrayList<>(alone.values());
        double part = 1;
        for (long slot = untilNanos + HORIZON.toNanos(); slot > heardUntilNanos; slot -= spacingNanos) {
            double known = partOf(microsOf(Math.min(slot, untilNanos)), leases);
            part = add(times, slot + LATENESS.toNanos(), part) + Math.min(known, OF_TWO);
        }
        for (var each = calls.descendingIterator(); each.hasNext(); ) {
            Call call = each.next();
            if (!alone.containsKey(call.name())) {
                long sent = expectedNanos(call) + (isSent(call) ? 0 : LATENESS.toNanos());
                part = add(times, sent, part) + partOf(Math.min(call.micros(), nowMicros), leases);
            }
        }
        times.stream().sorted().forEach(time -> share.add(time, nowNanos));
    }

    private static double partOf(long micros, List<Long> leases) {
        return 1.0 / (1 + leases.stream().filter(lease -> lease >= micros).count());
    }

    /** Adds the time if the parts of calls that were not added make a whole. Returns what remains of them. */
    private static double add(List<Long> times, long nanos, double part) {
        if (part < 1 - ROUNDING) {
            return part;
        }
        times.add(nanos);
        return part - 1;
    }
}
