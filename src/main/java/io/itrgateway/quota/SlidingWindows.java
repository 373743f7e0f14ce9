package io.itrgateway.quota;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The arithmetic of a plan: which calls are in its windows, and when there is a place for the next. Not thread-safe.
 *
 * <p><b>The bound.</b> With quota q and length w, a call goes only if fewer than q calls are booked and unsent, or were sent
 * less than w + m ago; m is the margin. Take any q + 1 calls and let c be the one that was booked last. When c was booked, one
 * of the other q at least had been sent w + m or more before, and c was sent later still. So q + 1 sendings never fall into a
 * stretch shorter than w + m; and if each arrives at the upstream after a delay of its own, but no two delays differ by m or more,
 * no q + 1 arrivals fall into a stretch of w. This holds for every sliding window, hence for every fixed one, wherever it begins.
 *
 * <p><b>Evenness.</b> Inside a second calls follow a time-table, one every (w + m + s) / q; s is a slack of 4 ms. A call that is
 * late, since timers are, does not push the ones behind it: what is late is caught up, by half a space at a time at the most.
 * The slack keeps the lateness of a call from being handed on for ever to the one that takes its place a second later.
 *
 * <p><b>Their price.</b> A second's quota is used at q / (w + m + s): 96.4 %. A minute's and a day's are used at q / (w + m): 99.9 %
 * and more; but where they are hardly smaller than sixty seconds', as in 17/1000, the second's price is what is paid: 98.4 % of the
 * minute. Calls jitter by some 30 ms on their way, so m is 33 ms.
 */
final class SlidingWindows {

    /** By how much two calls may differ in their time to the upstream. */
    static final Duration JITTER = Duration.ofMillis(33);

    private static final Duration SLACK = Duration.ofMillis(4);
    private static final Duration MOST_CATCHING_UP = Duration.ofMillis(100);

    /** A forecast stands while what happens differs by no more than this from it. */
    private static final long FORECAST_TOLERANCE_NANOS = Duration.ofMillis(20).toNanos();

    private static final int FIRST_CAPACITY = 64;

    private final List<Window> windows;
    private final long[] lengthNanos;
    private final int[] quota;
    private final long spacingNanos;

    /** When calls were sent, by number and modulo the capacity, which is a power of two. */
    private long[] sentAt = new long[FIRST_CAPACITY];

    private long sent;
    private int unsent;
    /** By window: the number of the oldest call in it. */
    private final long[] oldest;

    /** Turns that others leave to this one; null if there are none. */
    private Turns turns;

    private long lastSeen = Long.MIN_VALUE;
    private long nextSlot = Long.MIN_VALUE;
    /** Whether somebody has been waiting for the next slot: only then can a call be late for it. */
    private boolean awaited;

    /** When the next calls may go, as far as anybody asked; the first of them at {@code forecastFrom}. */
    private long[] forecast = new long[FIRST_CAPACITY];

    private int forecastFrom;
    private int forecastTo;

    /**
     * @param margin how much longer than the windows of the plan the windows here are
     * @param even whether calls are spaced inside the shortest window, if that is a second
     */
    SlidingWindows(Plan plan, Duration margin, boolean even) {
        this(plan.windows(), margin, even && plan.perSecond() > 0);
    }

    /** @param even whether calls are spaced inside the first of the windows */
    SlidingWindows(List<Window> windows, Duration margin, boolean even) {
        this.windows = windows;
        this.quota = windows.stream().mapToInt(Window::quota).toArray();
        this.lengthNanos = windows.stream()
                .mapToLong(window -> window.length().plus(margin).toNanos())
                .toArray();
        this.oldest = new long[quota.length];
        this.spacingNanos = even ? (lengthNanos[0] + SLACK.toNanos()) / quota[0] : 0;
    }

    /** A call may go in these turns only, one in each. */
    void takeTurns(Turns turns) {
        this.turns = turns;
    }

    /** From one slot of the time-table to the next; 0 for no time-table. */
    long spacingNanos() {
        return spacingNanos;
    }

    boolean isUnlimited() {
        return windows.isEmpty() && turns == null;
    }

    /** Books a call if there is a place for it; returns 0 if it is booked, else the nanoseconds after which to ask again. */
    long book(long nanos) {
        if (isUnlimited()) {
            return 0;
        }
        long now = advance(nanos);
        long at = earliest(now);
        awaited |= at > now;
        if (at > now) {
            return at - now;
        }
        if (spacingNanos > 0) {
            boolean late = awaited && now - MOST_CATCHING_UP.toNanos() <= nextSlot;
            nextSlot = late ? Math.max(nextSlot + spacingNanos, now + spacingNanos / 2) : now + spacingNanos;
            awaited = false;
        }
        if (turns != null) {
            nextSlot = turns.after(now);
        }
        unsent++;
        passForecast(now);
        return 0;
    }

    /** A booked call goes out now. */
    void sent(long nanos) {
        if (isUnlimited()) {
            return;
        }
        long now = advance(nanos);
        unsent--;
        if (sent - oldestKept() == sentAt.length) {
            grow();
        }
        sentAt[slot(sent)] = now;
        sent++;
    }

    /** A booked call never goes out. */
    void unsent() {
        if (!isUnlimited()) {
            unsent--;
            forgetForecast();
        }
    }

    /** A call that was booked elsewhere went out then; they are told in their order. */
    void sentElsewhere(long nanos) {
        if (sent - oldestKept() == sentAt.length) {
            grow();
        }
        sentAt[slot(sent)] = sent > 0 ? Math.max(nanos, sentAt[slot(sent - 1)]) : nanos;
        sent++;
        forgetForecast();
    }

    /** No call goes before that moment. */
    void notBefore(long nanos) {
        nextSlot = nanos;
        forgetForecast();
    }

    /** So many calls are booked elsewhere and unsent, and that is the next slot there. */
    void bookedElsewhere(int calls, long nextSlotNanos) {
        if (unsent != calls || nextSlot != nextSlotNanos) {
            unsent = calls;
            nextSlot = nextSlotNanos;
            forgetForecast();
        }
    }

    /**
     * Takes over one in so many of the calls in those windows, the newest first: in every stretch of time that ends now at least as large
     * a part of them as is said. What is booked there and unsent counts as sent now.
     */
    void takeOver(SlidingWindows all, int oneIn, long nanos) {
        List<Long> times = all.newestFirst(nanos);
        for (int i = Math.floorDiv(times.size() - 1, oneIn) * oneIn; i >= 0; i -= oneIn) {
            sentElsewhere(times.get(i));
        }
    }

    /** From now on and at any time, at least as many calls are in every window here as were in those there. */
    void countAsMuchAs(SlidingWindows other, long nanos) {
        List<Long> mine = newestFirst(nanos);
        List<Long> theirs = other.newestFirst(nanos);
        sent = 0;
        Arrays.fill(oldest, 0);
        for (int i = Math.max(mine.size(), theirs.size()) - 1; i >= 0; i--) {
            long own = i < mine.size() ? mine.get(i) : Long.MIN_VALUE;
            sentElsewhere(i < theirs.size() ? Math.max(own, theirs.get(i)) : own);
        }
    }

    /** What is booked and unsent counts as sent then. */
    private List<Long> newestFirst(long nanos) {
        List<Long> times = new ArrayList<>();
        for (long number = sent + unsent - 1; number >= oldestKept(); number--) {
            times.add(number >= sent ? nanos : sentAt[slot(number)]);
        }
        return times;
    }

    /** Nanoseconds until the n-th call from now may go, if all before it go as soon as they may; 0 for at once. */
    long delayNanos(int nth, long nanos) {
        if (isUnlimited()) {
            return 0;
        }
        long now = advance(nanos);
        if (forecastTo > forecastFrom && forecast[forecastFrom] < now - FORECAST_TOLERANCE_NANOS) {
            forgetForecast();
        }
        while (forecastTo - forecastFrom < nth) {
            foresee(now);
        }
        return Math.max(0, forecast[forecastFrom + nth - 1] - now);
    }

    List<Ledger.Left> left(long nanos) {
        long now = advance(nanos);
        List<Ledger.Left> left = new ArrayList<>(windows.size());
        for (int w = 0; w < quota.length; w++) {
            Window window = windows.get(w);
            long toMore = oldest[w] < sent
                    ? sentAt[slot(oldest[w])] + lengthNanos[w] - now
                    : window.length().toNanos();
            left.add(new Ledger.Left(window, Math.max(0, quota[w] - inWindow(w)), toMore));
        }
        return left;
    }

    /** Time never goes back here; where a clock says so, none has passed. */
    private long advance(long nanos) {
        long now = Math.max(nanos, lastSeen);
        lastSeen = now;
        for (int w = 0; w < quota.length; w++) {
            while (oldest[w] < sent && sentAt[slot(oldest[w])] + lengthNanos[w] <= now) {
                oldest[w]++;
            }
        }
        return now;
    }

    private int inWindow(int w) {
        return (int) (sent - oldest[w]) + unsent;
    }

    private long earliest(long now) {
        long at = Math.max(now, nextSlot);
        for (int w = 0; w < quota.length; w++) {
            int over = inWindow(w) - quota[w];
            if (over >= 0) {
                long leaves = oldest[w] + over;
                // A place that an unsent call takes is free one length after its sending, which is now at the earliest.
                at = Math.max(at, (leaves < sent ? sentAt[slot(leaves)] : now) + lengthNanos[w]);
            }
        }
        return turns == null ? at : turns.from(at);
    }

    // ---- the forecast -----------------------------------------------------------------------------------------------

    private void foresee(long now) {
        int foreseen = forecastTo - forecastFrom;
        long at = foreseen == 0 ? Math.max(now, nextSlot) : following(forecast[forecastTo - 1]);
        for (int w = 0; w < quota.length; w++) {
            // The call whose place this one takes: the one that goes just quota calls before.
            long before = sent + unsent + foreseen - quota[w];
            if (before >= oldest[w]) {
                at = Math.max(at, goes(before, now) + lengthNanos[w]);
            }
        }
        if (forecastTo == forecast.length) {
            makeRoomForForecast();
        }
        forecast[forecastTo++] = turns == null ? at : turns.from(at);
    }

    private long following(long at) {
        return turns == null ? at + spacingNanos : turns.after(at);
    }

    /** When the call of that number was sent, or will be. */
    private long goes(long number, long now) {
        if (number < sent) {
            return sentAt[slot(number)];
        }
        long ahead = number - sent - unsent;
        return ahead < 0 ? now : forecast[forecastFrom + (int) ahead];
    }

    private void passForecast(long now) {
        if (forecastTo == forecastFrom) {
            return;
        }
        if (Math.abs(forecast[forecastFrom] - now) > FORECAST_TOLERANCE_NANOS) {
            forgetForecast();
        } else {
            forecastFrom++;
        }
    }

    private void forgetForecast() {
        forecastFrom = 0;
        forecastTo = 0;
        if (forecast.length > FIRST_CAPACITY) {
            forecast = new long[FIRST_CAPACITY];
        }
    }

    private void makeRoomForForecast() {
        int foreseen = forecastTo - forecastFrom;
        long[] roomy = foreseen > forecast.length / 2 ? new long[forecast.length * 2] : forecast;
        System.arraycopy(forecast, forecastFrom, roomy, 0, foreseen);
        forecast = roomy;
        forecastFrom = 0;
        forecastTo = foreseen;
    }

    // ---- the ring ---------------------------------------------------------------------------------------------------

    private int slot(long number) {
        return (int) (number & (sentAt.length - 1));
    }

    /** Calls that have left every window need not be kept; of the others there are as many as the largest quota, at the most. */
    private long oldestKept() {
        long kept = sent;
        for (long number : oldest) {
            kept = Math.min(kept, number);
        }
        return kept;
    }

    private void grow() {
        long[] larger = new long[sentAt.length * 2];
        for (long number = oldestKept(); number < sent; number++) {
            larger[(int) (number & (larger.length - 1))] = sentAt[slot(number)];
        }
        sentAt = larger;
    }
}
