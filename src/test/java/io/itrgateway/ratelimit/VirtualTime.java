package io.itrgateway.ratelimit;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes when a test says so; tasks that are due run in order, on the test's thread. */
final class VirtualTime implements Scheduler {

    private record Due(long at, long number, Runnable task, boolean[] cancelled) {}

    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::number));
    private long now;
    private long asked;
    private long lateness;
    private long skew;
    private long perReading;

    VirtualTime() {
        this(0);
    }

    VirtualTime(long startNanos) {
        this.now = startNanos;
    }

    /** From now on every task runs late by that much. */
    void late(Duration by) {
        lateness = by.toNanos();
    }

    /** From now on each reading of the clock takes that long. */
    void passWhenRead(Duration each) {
        perReading = each.toNanos();
    }

    @Override
    public long nanos() {
        now += perReading;
        return now + skew;
    }

    /** What has really passed, whatever the clock says. */
    long truly() {
        return now;
    }

    /** Sets the clock back by that much, while as much time passes as ever. */
    void setBack(Duration by) {
        skew -= by.toNanos();
    }

    @Override
    public Alarm in(long nanos, Runnable wake) {
        var cancelled = new boolean[1];
        due.add(new Due(now + Math.max(0, nanos) + lateness, asked++, wake, cancelled));
        return () -> cancelled[0] = true;
    }

    /** Lets that much time pass. */
    void pass(Duration time) {
        passTo(now + time.toNanos());
    }

    /** Lets that much time pass at once: tasks that came due meanwhile run afterwards. */
    void leap(Duration time) {
        now += time.toNanos();
        passTo(now);
    }

    void passTo(long until) {
        while (!due.isEmpty() && due.peek().at() <= until) {
            step();
        }
        now = Math.max(now, until);
    }

    /** Goes to the next moment at which a task is due; false if there is none. */
    boolean step() {
        Due next = due.poll();
        if (next == null) {
            return false;
        }
        if (!next.cancelled()[0]) {
            now = Math.max(now, next.at());
            next.task().run();
        }
        return true;
    }
}
