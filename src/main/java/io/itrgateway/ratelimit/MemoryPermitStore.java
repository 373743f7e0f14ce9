package io.itrgateway.ratelimit;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** The calls of this process only. A restart begins with empty windows, the day's included. */
final class MemoryPermitStore implements PermitStore {

    private final SlidingWindows windows;
    private final Scheduler time;
    private final AtomicReference<UpstreamBackoff> backoff = new AtomicReference<>(UpstreamBackoff.NONE);
    private final Uni<Admission> admitted = Uni.createFrom().item(new Admission.Admitted(new Held()));

    MemoryPermitStore(Plan plan, Scheduler time) {
        this.windows = new SlidingWindows(plan);
        this.time = time;
    }

    @Override
    public boolean isUnlimited() {
        return windows.isUnlimited();
    }

    @Override
    public Uni<Admission> reserve() {
        long delayNanos;
        synchronized (windows) {
            delayNanos = windows.reserve(time.nanos());
        }
        return delayNanos == 0 ? admitted : Uni.createFrom().item(new Admission.Deferred(Duration.ofNanos(delayNanos)));
    }

    @Override
    public long delayNanos(int nth) {
        synchronized (windows) {
            return windows.delayNanos(nth, time.nanos());
        }
    }

    @Override
    public List<BudgetWindow> remaining() {
        synchronized (windows) {
            return windows.left(time.nanos());
        }
    }

    @Override
    public UpstreamBackoff backoff() {
        return backoff.get();
    }

    @Override
    public boolean replaceBackoff(UpstreamBackoff previous, UpstreamBackoff next) {
        return backoff.compareAndSet(previous, next);
    }

    /** All reservations are alike here: how many calls are unsent is all that counts. */
    private final class Held implements Reservation {

        @Override
        public void markSent() {
            if (!isUnlimited()) {
                synchronized (windows) {
                    windows.markSent(time.nanos());
                }
            }
        }

        @Override
        public void release() {
            synchronized (windows) {
                windows.release();
            }
        }
    }
}
