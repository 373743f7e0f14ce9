package io.itrgateway.ratelimit.redis;

import io.itrgateway.ratelimit.PermitStore.Left;
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
final class SharedCalls {

    /** Calls that are older than this rarely change. */
    private static final long CHANGING_MICROS = Duration.ofSeconds(5).toNanos() / 1_000;

    /** As in {@code budget.lua}. */
    private static final long KEPT_MICROS = Duration.ofMinutes(1).toNanos() / 1_000;

    private static final long HOLD_MICROS = BudgetScripts.micros(BudgetScripts.HOLD);

    static final int MOST_READ = 1_000;

    /** Beyond it, forecasts go on at the same pace. */
    private static final int FURTHEST_FORECAST = 10_000;

    private final List<Window> plan;
    private final long longestMicros;
    private final Deque<Call> calls = new ArrayDeque<>();
    private final SlidingWindows windows;

    private long nowMicros;
    private long nowNanos;

    /** Calls that have been read since {@code firstRead}; those from {@code readFrom} on are missing. */
    private final Deque<Call> incoming = new ArrayDeque<>();

    private long firstRead;
    private long readFrom;

    SharedCalls(List<Window> plan, Duration spacing) {
        this.plan = plan;
        this.longestMicros = plan.stream()
                .mapToLong(window -> BudgetScripts.micros(window.length().plus(SlidingWindows.JITTER)))
                .max()
                .orElse(0);
        this.windows = new SlidingWindows(plan, SlidingWindows.JITTER, spacing.toNanos());
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
    boolean sync(BudgetAnswer answer, long nanos) {
        if (answer.nowMicros() < nowMicros) {
            return false;
        }
        nowMicros = answer.nowMicros();
        nowNanos = nanos;
        windows.setQuotas(answer.quotas());
        windows.setNextSlot(nanosOf(answer.nextMicros()));
        return true;
    }

    /** The next answer sets the clock, whatever it says. */
    void forgetClock() {
        nowMicros = 0;
    }

    /** Takes over the calls that were read from {@link #readFrom()} on, once the last of them have been read. */
    void read(BudgetAnswer answer) {
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
    }

    /** A call was reserved for that slot. */
    void addReserved(String name, long slotMicros) {
        add(new Call(name, slotMicros + HOLD_MICROS));
    }

    private void add(Call call) {
        calls.addLast(call);
        addToWindows(call);
    }

    /** Calls that are only reserved are expected to be sent at their slots. */
    private void addToWindows(Call call) {
        windows.add(
                call.micros() > nowMicros
                        ? Math.max(nowNanos, nanosOf(call.micros() - HOLD_MICROS))
                        : nanosOf(call.micros()));
    }

    long delayNanos(long nth, long nanos) {
        long foreseen = Math.min(nth, FURTHEST_FORECAST);
        return windows.delayNanos((int) foreseen, nanos) * nth / foreseen;
    }

    List<Left> left(long nanos) {
        return windows.left(nanos);
    }

    List<Call> all() {
        return List.copyOf(calls);
    }

    /**
     * Puts calls into the windows of a replica's share: its part of all that are here, in every stretch of time that ends now or later, and
     * all that it has sent since.
     *
     * @param among how many replicas those that are here are to be divided by
     * @param since calls that this replica has sent without a reservation, by when
     * @param unheard how many calls may have been reserved that are not here
     * @param latestNanos when the last of those may have been sent
     */
    void addTo(SlidingWindows share, int among, Map<String, Long> since, long unheard, long latestNanos) {
        List<Long> times = new ArrayList<>(since.values());
        for (long call = 0; call < unheard; call += among) {
            times.add(latestNanos);
        }
        long counted = unheard;
        for (var each = calls.descendingIterator(); each.hasNext(); ) {
            Call call = each.next();
            if (!since.containsKey(call.name()) && counted++ % among == 0) {
                times.add(nanosOf(call.micros()));
            }
        }
        times.stream().sorted().forEach(share::add);
    }
}
