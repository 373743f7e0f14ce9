package io.itrgateway.ratelimit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Counts calls in the sliding windows of a plan, and computes when the next may be sent. Not thread-safe.
 *
 * <p><b>The bound.</b> With quota q and length w, a call is admitted only if fewer than q calls are reserved and unsent, or were sent
 * less than w + m ago; m is the jitter allowance. Take any q + 1 calls, and let c be the one that was admitted last. At that time one of
 * the other q at least had been sent w + m or more before, and c was sent later still. So q + 1 calls are never sent within less than
 * w + m; and if no two calls differ by m or more in their time to the upstream, no q + 1 arrive there within w. This holds for every
 * sliding window, hence for every fixed one, wherever it begins.
 *
 * <p><b>Spacing.</b> Inside a second calls are spaced evenly, one every (w + m + s) / q; s is a slack of 4 ms. A call that is late, since
 * timers are, does not delay those behind it: it is caught up, by half a space at a time at most. The slack keeps the lateness of a call
 * from being handed on to the one that takes its place a second later.
 *
 * <p><b>Utilisation.</b> A second's quota is used at q / (w + m + s): 96.4 %. That of a minute or a day is used at q / (w + m): 99.9 %
 * and more; but where it is hardly less than sixty seconds' worth, as in 17/1000, the second binds: 98.4 % of the minute. Calls jitter by
 * some 30 ms on their way, so m is 33 ms.
 */
public final class SlidingWindows {

    /** The jitter allowance: by how much two calls may differ in their time to the upstream. */
    public static final Duration JITTER = Duration.ofMillis(33);

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

    private long lastSeen = Long.MIN_VALUE;
    private long nextSlot = Long.MIN_VALUE;
    /** Whether a call has been waiting for the next slot: only then can one be late for it. */
    private boolean awaited;

    /** When the next calls may be sent, as far as that was asked for; the first of them at {@code forecastFrom}. */
    private long[] forecast = new long[FIRST_CAPACITY];

    private int forecastFrom;
    private int forecastTo;

    /** Longer than those of the plan by {@link #JITTER}, with even spacing inside a second. */
    SlidingWindows(Plan plan) {
        this(plan.windows(), JITTER, plan.perSecond() > 0 ? evenSpacing(plan.perSecond()) : 0);
    }

    /**
     * @param margin by how much the windows here are longer than those of the plan
     * @param spacingNanos from one slot to the next; 0 for none
     */
    public SlidingWindows(List<Window> windows, Duration margin, long spacingNanos) {
        this.windows = windows;
        this.quota = windows.stream().mapToInt(Window::quota).toArray();
        this.lengthNanos = windows.stream()
                .mapToLong(window -> window.length().plus(margin).toNanos())
                .toArray();
        this.oldest = new long[quota.length];
        this.spacingNanos = spacingNanos;
    }

    private static long evenSpacing(int perSecond) {
        return Duration.ofSeconds(1).plus(JITTER).plus(SLACK).toNanos() / perSecond;
    }

    public boolean isUnlimited() {
        return windows.isEmpty();
    }

    /** Reserves a call if the windows admit it. Returns 0 if so, else the nanoseconds after which to try again. */
    public long reserve(long nanos) {
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
        unsent++;
        passForecast(now);
        return 0;
    }

    /** A reserved call is sent now. */
    public void markSent(long nanos) {
        if (isUnlimited()) {
            return;
        }
        long now = advance(nanos);
        unsent--;
        if (kept() == sentAt.length) {
            grow();
        }
        sentAt[slot(sent)] = now;
        sent++;
    }

    /** A reserved call will never be sent. */
    public void release() {
        if (!isUnlimited()) {
            unsent--;
            forgetForecast();
        }
    }

    /** Adds calls that were not reserved here, and have not been sent. */
    public void addUnsent(int calls) {
        unsent += calls;
        forgetForecast();
    }

    /**
     * Adds a call that was not reserved here. One that is older than what was added before counts as sent with that.
     *
     * @param nanos when it was sent, or will be
     * @param nowNanos calls that have left every window by then are forgotten
     */
    public void add(long nanos, long nowNanos) {
        advance(nowNanos);
        if (kept() == sentAt.length) {
            grow();
        }
        sentAt[slot(sent)] = kept() > 0 ? Math.max(nanos, sentAt[slot(sent - 1)]) : nanos;
        sent++;
        forgetForecast();
    }

    /** Adds the calls that other windows of the same lengths keep. */
    void addAll(SlidingWindows others, long nowNanos) {
        for (long number = others.oldestKept(); number < others.sent; number++) {
            add(others.sentAt[others.slot(number)], nowNanos);
        }
    }

    /** Removes the calls that were added last. */
    public void removeNewest(int calls) {
        sent -= calls;
        for (int w = 0; w < oldest.length; w++) {
            oldest[w] = Math.min(oldest[w], sent);
        }
        forgetForecast();
    }

    /** No slot comes before that time. */
    public void setNextSlot(long nanos) {
        if (nextSlot != nanos) {
            nextSlot = nanos;
            forgetForecast();
        }
    }

    /** Nanoseconds until the n-th call from now may be sent, if all before it are sent as soon as possible; 0 for now. */
    public long delayNanos(int nth, long nanos) {
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

    public List<BudgetWindow> left(long nanos) {
        long now = advance(nanos);
        List<BudgetWindow> left = new ArrayList<>(windows.size());
        for (int w = 0; w < quota.length; w++) {
            Window window = windows.get(w);
            long toMore = oldest[w] < sent
                    ? sentAt[slot(oldest[w])] + lengthNanos[w] - now
                    : window.length().toNanos();
            left.add(new BudgetWindow(window, Math.max(0, quota[w] - inWindow(w)), Duration.ofNanos(toMore)));
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
                // A reserved call will be sent now at the earliest, and leaves the window one length later.
                at = Math.max(at, (leaves < sent ? sentAt[slot(leaves)] : now) + lengthNanos[w]);
            }
        }
        return at;
    }

    private void foresee(long now) {
        int foreseen = forecastTo - forecastFrom;
        long at = foreseen == 0 ? Math.max(now, nextSlot) : forecast[forecastTo - 1] + spacingNanos;
        for (int w = 0; w < quota.length; w++) {
            // The call whose place this one takes: the one that goes just quota calls before.
            long before = sent + unsent + foreseen - quota[w];
            if (before >= oldest[w]) {
                at = Math.max(at, sendTimeOf(before, now) + lengthNanos[w]);
            }
        }
        if (forecastTo == forecast.length) {
            makeRoomForForecast();
        }
        forecast[forecastTo++] = at;
    }

    /** When the call of that number was sent, or will be. */
    private long sendTimeOf(long number, long now) {
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

    /** Calls that have not left every window. */
    int kept() {
        return (int) (sent - oldestKept());
    }

    private void grow() {
        long[] larger = new long[sentAt.length * 2];
        for (long number = oldestKept(); number < sent; number++) {
            larger[(int) (number & (larger.length - 1))] = sentAt[slot(number)];
        }
        sentAt = larger;
    }
}
