package io.itrgateway.quota;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;

/** The book in this process. It begins anew with each start: of what was called before, the day's count included, it knows nothing. */
final class MemoryLedger implements Ledger {

    private static final Uni<Admission> ADMITTED = Uni.createFrom().item(Admission.ADMITTED);

    private final SlidingWindows windows;
    private final Timekeeper time;

    MemoryLedger(Plan plan, Timekeeper time) {
        this.windows = new SlidingWindows(plan, SlidingWindows.JITTER, true);
        this.time = time;
    }

    @Override
    public boolean isUnlimited() {
        return windows.isUnlimited();
    }

    @Override
    public Uni<Admission> book() {
        long delayNanos;
        synchronized (windows) {
            delayNanos = windows.book(time.nanos());
        }
        return delayNanos == 0 ? ADMITTED : Uni.createFrom().item(new Admission.Deferred(Duration.ofNanos(delayNanos)));
    }

    @Override
    public void sent() {
        if (isUnlimited()) {
            return;
        }
        synchronized (windows) {
            windows.sent(time.nanos());
        }
    }

    @Override
    public void unsent() {
        synchronized (windows) {
            windows.unsent();
        }
    }

    @Override
    public long delayNanos(int nth) {
        if (isUnlimited()) {
            return 0;
        }
        synchronized (windows) {
            return windows.delayNanos(nth, time.nanos());
        }
    }

    @Override
    public List<Left> left() {
        synchronized (windows) {
            return windows.left(time.nanos());
        }
    }
}
