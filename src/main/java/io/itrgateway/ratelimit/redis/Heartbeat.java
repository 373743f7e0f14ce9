package io.itrgateway.ratelimit.redis;

import io.itrgateway.ratelimit.RateLimitMeter;
import io.itrgateway.ratelimit.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Keeps this replica together with the others: reports its calls and reads all of them, several times a second; finds out when Redis is lost,
 * and joins the others again when it is back.
 */
final class Heartbeat {

    private static final Duration PERIOD = Duration.ofMillis(100);

    /** Often enough that Redis does not forget this replica, and leaves it its share. */
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(2);

    private static final int MOST_DOUBLINGS = 5;

    private final boolean unlimited;
    private final BudgetScripts scripts;
    private final Scheduler time;
    private final RateLimitMeter meter;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Guards itself and what follows. Held for moments only. */
    private final ReplicaState state;

    private boolean syncing;
    private int failures;
    private long retryNanos;
    private boolean saidDegraded;

    /** @param unlimited whether there is no plan to share */
    Heartbeat(ReplicaState state, boolean unlimited, BudgetScripts scripts, Scheduler time, RateLimitMeter meter) {
        this.state = state;
        this.unlimited = unlimited;
        this.scripts = scripts;
        this.time = time;
        this.meter = meter;
        this.retryNanos = time.nanos();
        time.in(0, this::beat);
    }

    /** Calls the listener when calls may be admitted earlier or later than was known. */
    void onChange(Runnable listener) {
        listeners.add(listener);
    }

    private void changed(boolean changed) {
        if (changed) {
            listeners.forEach(Runnable::run);
        }
    }

    /** Redis has been found. */
    void found() {
        synchronized (state) {
            retryNanos = time.nanos();
        }
        sync();
    }

    /** Redis has been lost. */
    void lost() {
        boolean isNew;
        synchronized (state) {
            isNew = state.degrade(time.nanos());
        }
        changed(isNew);
    }

    void apply(BudgetAnswer answer) {
        boolean changed;
        synchronized (state) {
            changed = state.apply(answer, time.nanos());
        }
        changed(changed);
    }

    private void beat() {
        synchronized (state) {
            if (state.hasLeft()) {
                return;
            }
        }
        time.in(PERIOD.toNanos(), this::beat);
        sayDegraded();
        sync();
    }

    /** One request at a time. */
    void sync() {
        BudgetScripts.Sync request;
        synchronized (state) {
            long now = time.nanos();
            if (syncing || state.hasLeft() || now - retryNanos < 0) {
                return;
            }
            syncing = true;
            request = state.nextSync(now);
        }
        scripts.sync(request).subscribe().with(answer -> synced(request, answer), failure -> notSynced(request));
    }

    private void synced(BudgetScripts.Sync request, BudgetAnswer answer) {
        boolean changed;
        boolean goesOn;
        synchronized (state) {
            long now = time.nanos();
            syncing = false;
            failures = 0;
            changed = state.synced(request, answer, now);
            goesOn = state.isRejoining(now);
        }
        if (request.joins()) {
            sayTogether();
        }
        changed(changed);
        if (goesOn) {
            sync();
        }
    }

    private void notSynced(BudgetScripts.Sync request) {
        boolean changed;
        synchronized (state) {
            long now = time.nanos();
            syncing = false;
            changed = state.notSynced(request, now);
            long wait = PERIOD.toNanos() << Math.min(failures++, MOST_DOUBLINGS);
            retryNanos = now + Math.min(LONGEST_RETRY.toNanos(), wait);
        }
        changed(changed);
    }

    private void sayDegraded() {
        int replicas;
        synchronized (state) {
            long now = time.nanos();
            boolean degraded =
                    state.share().filter(share -> share.isUsable(now)).isPresent();
            if (saidDegraded || unlimited || !degraded) {
                return;
            }
            saidDegraded = true;
            replicas = state.sharing(now).replicas();
        }
        meter.alone(replicas);
    }

    private void sayTogether() {
        boolean said;
        synchronized (state) {
            said = saidDegraded;
            saidDegraded = false;
        }
        if (said) {
            meter.together();
        }
    }

    /** This replica is going: its share is for the others. */
    void leave() {
        BudgetScripts.Sync last;
        synchronized (state) {
            if (state.hasLeft()) {
                return;
            }
            state.leave();
            last = state.nextSync(time.nanos());
        }
        scripts.sync(last).subscribe().with(left -> {}, failure -> {});
    }
}
