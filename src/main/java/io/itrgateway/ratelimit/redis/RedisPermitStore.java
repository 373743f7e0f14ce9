package io.itrgateway.ratelimit.redis;

import static io.itrgateway.ratelimit.redis.BudgetAnswer.DONE;

import io.itrgateway.ratelimit.Admission;
import io.itrgateway.ratelimit.BudgetSharing;
import io.itrgateway.ratelimit.BudgetWindow;
import io.itrgateway.ratelimit.PermitStore;
import io.itrgateway.ratelimit.Plan;
import io.itrgateway.ratelimit.RateLimitTelemetry;
import io.itrgateway.ratelimit.Scheduler;
import io.itrgateway.ratelimit.UpstreamBackoff;
import io.itrgateway.redis.RedisAway;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The calls of all replicas, in Redis; and this replica's share of the plan while Redis is away. The package's description has the protocol
 * and why it keeps the plan.
 *
 * <p>A heartbeat reports this replica's calls and reads all of them, several times a second; it finds out when Redis is lost, and joins the
 * other replicas again when it is back.
 */
final class RedisPermitStore implements PermitStore {

    private static final Duration HEARTBEAT = Duration.ofMillis(100);

    /** Often enough that Redis does not forget this replica, and leaves it its share. */
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(2);

    private static final int MOST_DOUBLINGS = 5;

    /** Other replicas release slots, too: a deferred call tries again after this time at the latest. */
    private static final Duration LONGEST_DEFERRAL = Duration.ofSeconds(1);

    /** What tries again at the same time on all replicas is spread over this time. */
    private static final long SPREAD_NANOS = Duration.ofMillis(10).toNanos();

    private final boolean unlimited;
    private final BudgetScripts scripts;
    private final Scheduler time;
    private final RateLimitTelemetry meter;
    private final ReplicaState state;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean syncing = new AtomicBoolean();
    private final AtomicBoolean saidDegraded = new AtomicBoolean();
    private volatile int failures;
    private volatile long retryNanos;

    RedisPermitStore(
            Plan plan, OptionalInt leastReplicas, BudgetScripts scripts, Scheduler time, RateLimitTelemetry meter) {
        this.unlimited = plan.windows().isEmpty();
        this.scripts = scripts;
        this.time = time;
        this.meter = meter;
        this.state = new ReplicaState(plan, leastReplicas, scripts.spacing(), time);
        this.retryNanos = time.nanos();
        time.in(0, this::heartbeat);
    }

    // The heartbeat

    void onRedisFound() {
        retryNanos = time.nanos();
        sync();
    }

    void onRedisLost() {
        notifyIfChanged(state.degrade());
    }

    private void notifyIfChanged(boolean changed) {
        if (changed) {
            listeners.forEach(Runnable::run);
        }
    }

    private void heartbeat() {
        if (state.hasLeft()) {
            return;
        }
        time.in(HEARTBEAT.toNanos(), this::heartbeat);
        if (!unlimited && state.usesShare() && saidDegraded.compareAndSet(false, true)) {
            meter.recordDegraded(state.sharing().replicas());
        }
        sync();
    }

    /** One request at a time. */
    private void sync() {
        if (!state.hasLeft() && time.nanos() - retryNanos >= 0 && syncing.compareAndSet(false, true)) {
            var request = state.beginSync();
            scripts.sync(request)
                    .subscribe()
                    .with(answer -> applySync(request, answer), failure -> applySyncFailure(request));
        }
    }

    private void applySync(BudgetScripts.Sync request, BudgetAnswer answer) {
        failures = 0;
        boolean changed = state.applySync(request, answer);
        syncing.set(false);
        if (state.isShared() && saidDegraded.getAndSet(false)) {
            meter.recordShared();
        }
        notifyIfChanged(changed);
        if (state.isRejoining()) {
            sync();
        }
    }

    private void applySyncFailure(BudgetScripts.Sync request) {
        int before = failures;
        failures = before + 1;
        retryNanos = time.nanos()
                + Math.min(LONGEST_RETRY.toNanos(), HEARTBEAT.toNanos() << Math.min(before, MOST_DOUBLINGS));
        boolean changed = state.applySyncFailure(request);
        syncing.set(false);
        notifyIfChanged(changed);
    }

    /** This replica is going: its share is for the others. */
    @Override
    public void shutDown() {
        if (state.leave()) {
            scripts.sync(state.beginSync()).subscribe().with(left -> {}, failure -> {});
        }
    }

    // Reservations

    @Override
    public Uni<Admission> reserve() {
        return Uni.createFrom().deferred(() -> {
            String call = state.beginReservation();
            Optional<BudgetScripts.Sender> sender = state.renewLease();
            if (sender.isEmpty()) {
                return reserveInShare(call);
            }
            long requestedNanos = time.nanos();
            return scripts.reserve(sender.get(), call)
                    .onItem()
                    .transformToUni(answer -> reserved(call, requestedNanos, answer))
                    .onFailure()
                    .recoverWithUni(() -> {
                        state.releaseUnknown(call);
                        onRedisLost();
                        return reserve();
                    });
        });
    }

    private Uni<Admission> reserved(String call, long requestedNanos, BudgetAnswer answer) {
        notifyIfChanged(state.apply(answer));
        long waitNanos = answer.waitMicros() * 1_000;
        if (answer.status() != DONE) {
            // Earlier by the way there and back, so that a distant replica gets its turns, too.
            return deferred(Math.max(0, waitNanos - (time.nanos() - requestedNanos)));
        }
        state.reserve(call, answer);
        long slotNanos = requestedNanos + waitNanos;
        return waitNanos == 0
                ? Uni.createFrom().item(admission(call, slotNanos))
                : Uni.createFrom().emitter(slot -> time.in(waitNanos, () -> slot.complete(admission(call, slotNanos))));
    }

    /** After so long, as when the process was stopped and continued, Redis counts it as sent at its slot. */
    private Admission admission(String call, long slotNanos) {
        if (time.nanos() - slotNanos <= BudgetScripts.HOLD.toNanos()) {
            return new Admission.Admitted(new Held(call));
        }
        state.release(call);
        return new Admission.Deferred(Duration.ZERO);
    }

    private Uni<Admission> reserveInShare(String call) {
        if (state.admitsNothing()) {
            return Uni.createFrom().failure(new RedisAway(RedisAway.Reason.NO_SHARE));
        }
        long delay = state.reserveInShare(call);
        return delay > 0 ? deferred(delay) : Uni.createFrom().item(new Admission.Admitted(new Held(call)));
    }

    private static Uni<Admission> deferred(long nanos) {
        long spread = ThreadLocalRandom.current().nextLong(SPREAD_NANOS);
        var delay = Duration.ofNanos(Math.min(nanos, LONGEST_DEFERRAL.toNanos()) + spread);
        return Uni.createFrom().item(new Admission.Deferred(delay));
    }

    /** A reserved call. */
    private final class Held implements Reservation {
        private final String call;

        private Held(String call) {
            this.call = call;
        }

        @Override
        public void markSent() {
            state.markSent(call);
        }

        @Override
        public void release() {
            state.release(call);
        }
    }

    // What is known here

    @Override
    public boolean isUnlimited() {
        return unlimited;
    }

    @Override
    public boolean admitsNothing() {
        return state.admitsNothing();
    }

    @Override
    public long delayNanos(int nth) {
        return unlimited ? 0 : state.delayNanos(nth);
    }

    @Override
    public List<BudgetWindow> remaining() {
        return state.remaining();
    }

    @Override
    public Optional<BudgetSharing> sharing() {
        return unlimited ? Optional.empty() : Optional.of(state.sharing());
    }

    @Override
    public int replicas() {
        return state.replicas();
    }

    @Override
    public UpstreamBackoff backoff() {
        return state.backoff();
    }

    @Override
    public boolean replaceBackoff(UpstreamBackoff previous, UpstreamBackoff next) {
        boolean replaced = state.replaceBackoff(previous, next);
        if (replaced) {
            sync();
        }
        return replaced;
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }
}
