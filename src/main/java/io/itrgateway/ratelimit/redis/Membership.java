package io.itrgateway.ratelimit.redis;

import static io.itrgateway.ratelimit.redis.BudgetAnswer.DONE;
import static io.itrgateway.ratelimit.redis.BudgetAnswer.LOST;

import io.itrgateway.ratelimit.RateLimitMeter;
import io.itrgateway.ratelimit.Scheduler;
import io.itrgateway.ratelimit.UpstreamBackoff;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Keeps this replica together with the others: reports its calls, says that it is there, finds out when Redis is lost, and joins the others
 * again when it is back.
 */
final class Membership {

    private static final Duration HEARTBEAT = Duration.ofMillis(150);

    /** Often enough that Redis does not forget this replica, and leaves it its share. */
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(2);

    private static final int MOST_DOUBLINGS = 4;

    private final boolean unlimited;
    private final BudgetScripts scripts;
    private final Scheduler time;
    private final RateLimitMeter meter;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /** Guards itself and what follows. Held for moments only. */
    private final ReplicaState state;

    private boolean reporting;
    private boolean beating;
    private boolean rejoining;
    private int failures;
    private long retryNanos;
    private boolean saidDegraded;

    /** @param unlimited whether there is no plan to share */
    Membership(ReplicaState state, boolean unlimited, BudgetScripts scripts, Scheduler time, RateLimitMeter meter) {
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

    private void changed() {
        listeners.forEach(Runnable::run);
    }

    /** Redis has been found. */
    void found() {
        synchronized (state) {
            retryNanos = time.nanos();
        }
        rejoin();
    }

    /** Redis has been lost. */
    void lost() {
        boolean isNew;
        synchronized (state) {
            isNew = state.share().isEmpty();
            state.degrade(time.nanos());
        }
        if (isNew) {
            changed();
        }
    }

    private Uni<BudgetAnswer> sync(boolean withLease, boolean read, BudgetScripts.Report report) {
        long now = time.nanos();
        BudgetScripts.Sender sender;
        long from;
        UpstreamBackoff backoff;
        long until;
        synchronized (state) {
            sender = state.sender(now, withLease);
            from = read ? state.calls().readFrom() : -1;
            backoff = state.calls().hasBeenRead() ? state.backoff() : UpstreamBackoff.NONE;
            until = backoff.isActive() ? state.calls().microsOf(backoff.untilNanos()) : 0;
        }
        return scripts.sync(sender, from, SharedCalls.MOST_READ, backoff, until, report)
                .invoke(answer -> {
                    boolean newest = apply(answer, time.nanos());
                    synchronized (state) {
                        if (newest && read) {
                            state.applyCalls(answer, now);
                        }
                        if (answer.status() == DONE) {
                            state.own().confirm(report);
                        }
                    }
                });
    }

    /** Returns whether the answer is the newest. */
    boolean apply(BudgetAnswer answer, long now) {
        boolean newest;
        boolean hasChanged;
        synchronized (state) {
            newest = state.apply(answer, now);
            hasChanged = newest && state.applyBackoff(answer.backoff());
        }
        if (hasChanged) {
            changed();
        }
        return newest;
    }

    /** Reports what has become of calls, one report at a time. */
    void report() {
        BudgetScripts.Report report;
        synchronized (state) {
            if (reporting
                    || state.hasLeft()
                    || state.share().isPresent()
                    || state.own().isAllReported()) {
                return;
            }
            reporting = true;
            report = state.own().report(time.nanos());
        }
        sync(true, false, report).subscribe().with(answer -> reported(), failure -> {
            lost();
            reported();
        });
    }

    private void reported() {
        synchronized (state) {
            reporting = false;
        }
        report();
    }

    /** Tells the others of the back-off. */
    void publishBackoff() {
        boolean isShared;
        synchronized (state) {
            isShared = state.share().isEmpty();
        }
        if (isShared) {
            sync(true, false, OwnCalls.NOTHING).subscribe().with(answer -> {}, failure -> lost());
        }
    }

    private void beat() {
        boolean isShared;
        BudgetScripts.Report holds;
        synchronized (state) {
            if (state.hasLeft()) {
                return;
            }
            isShared = state.share().isEmpty();
            if (!isShared || beating) {
                holds = OwnCalls.NOTHING;
            } else {
                beating = true;
                holds = state.own().holds(time.nanos());
            }
        }
        time.in(HEARTBEAT.toNanos(), this::beat);
        if (!isShared) {
            sayDegraded();
            rejoin();
        } else if (holds != OwnCalls.NOTHING) {
            sync(true, true, holds).subscribe().with(answer -> beatEnded(), failure -> {
                beatEnded();
                lost();
            });
        }
    }

    private void beatEnded() {
        synchronized (state) {
            beating = false;
        }
    }

    private void sayDegraded() {
        int replicas;
        synchronized (state) {
            long now = time.nanos();
            if (saidDegraded
                    || unlimited
                    || state.share().filter(share -> share.isUsable(now)).isEmpty()) {
                return;
            }
            saidDegraded = true;
            replicas = state.sharing(now).replicas();
        }
        meter.alone(replicas);
    }

    private void rejoin() {
        synchronized (state) {
            if (state.share().isEmpty() || rejoining || state.hasLeft() || time.nanos() < retryNanos) {
                return;
            }
            rejoining = true;
        }
        introduce()
                .chain(introduced -> mayJoin() ? join() : Uni.createFrom().item(false))
                .subscribe()
                .with(this::rejoined, failure -> {
                    synchronized (state) {
                        rejoining = false;
                        retryAfter(HEARTBEAT.toNanos() << Math.min(failures++, MOST_DOUBLINGS));
                    }
                });
    }

    private void retryAfter(long nanos) {
        retryNanos = time.nanos() + Math.min(LONGEST_RETRY.toNanos(), nanos);
    }

    private boolean mayJoin() {
        synchronized (state) {
            return time.nanos() - state.joinNanos() >= 0;
        }
    }

    /** Without reporting calls: as long as Redis leaves this replica its share, it should not count them, too. */
    private Uni<Void> introduce() {
        return sync(false, true, OwnCalls.NOTHING).chain(answer -> {
            if (answer.status() == LOST) {
                return restore(0);
            }
            boolean more;
            synchronized (state) {
                more = state.calls().hasMoreToRead();
            }
            return more ? introduce() : Uni.createFrom().voidItem();
        });
    }

    /** Puts back what Redis has lost, some calls at a time. */
    private Uni<Void> restore(int from) {
        List<BudgetAnswer.Call> all;
        BudgetScripts.Sender sender;
        List<BudgetAnswer.Replica> replicas;
        synchronized (state) {
            all = state.calls().all();
            replicas = state.replicas();
            sender = state.sender(time.nanos(), false);
        }
        int to = Math.min(all.size(), from + OwnCalls.MOST_REPORTED);
        return scripts.restore(sender, all.subList(Math.min(from, to), to), replicas)
                .chain(answer -> {
                    if (to < all.size()) {
                        return restore(to);
                    }
                    synchronized (state) {
                        state.restored(answer);
                    }
                    return introduce();
                });
    }

    /** Reports all calls, and asks for a lease with the last of them. Returns true when it has that. */
    private Uni<Boolean> join() {
        BudgetScripts.Report report;
        boolean isLast;
        synchronized (state) {
            report = state.own().fullReport(time.nanos());
            isLast = state.own().isAllIn(report);
            if (isLast) {
                state.beginJoin(time.nanos());
            }
        }
        return sync(isLast, isLast, report)
                .onFailure()
                .invoke(() -> {
                    synchronized (state) {
                        if (isLast) {
                            state.failJoin(time.nanos());
                        }
                    }
                })
                .chain(answer -> {
                    if (answer.status() == LOST) {
                        return restore(0).chain(this::join);
                    }
                    return isLast ? Uni.createFrom().item(true) : join();
                });
    }

    private void rejoined(boolean joined) {
        boolean said;
        synchronized (state) {
            rejoining = false;
            failures = 0;
            if (!joined) {
                retryAfter(state.joinNanos() - time.nanos());
                return;
            }
            state.endJoin(time.nanos());
            said = saidDegraded;
            saidDegraded = false;
        }
        if (said) {
            meter.together();
        }
        changed();
        report();
    }

    /** This replica is going: its share is for the others. */
    void leave() {
        BudgetScripts.Report last;
        synchronized (state) {
            if (state.hasLeft()) {
                return;
            }
            state.leave();
            last = state.own().report(time.nanos());
        }
        sync(false, false, last).subscribe().with(left -> {}, failure -> {});
    }
}
