package io.itrgateway.ratelimit;

import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;

/**
 * Starts calls, one by one, when the plan, the back-off and the calls in flight allow it.
 *
 * <p>A call that can start does. Otherwise its turn is computed: if it comes before the call's deadline the call waits in the queue, if
 * not it fails immediately, with the time at which there will be room. A turn that is delayed afterwards (another caller's call comes
 * first, the upstream refuses calls) is computed again, and calls that can no longer be served fail then.
 */
final class Dispatcher {

    /** Turns that were delayed are computed again after this time, however many calls delayed them. */
    private static final Duration RECOUNT = Duration.ofMillis(50);

    /** Timers are late, too: a call does not fail because its turn comes that much after its deadline. */
    private static final Duration LATENESS = Duration.ofMillis(50);

    /** Reservations that may be under way at once: more than one, so that a distant store does not bound the rate. */
    private static final int MOST_RESERVING = 2;

    private final RateLimitSettings settings;
    private final PermitStore store;
    private final Scheduler time;
    private final RateLimitTelemetry meter;
    private final DoubleSupplier random;

    /** Guards what follows. Held for moments only, and never while a call starts or fails. */
    private final Object lock = new Object();

    private final FairQueue queue;
    private final InFlight inFlight;
    private final Probe probe = new Probe();
    private long arrivals;
    private int reserving;
    private long notBefore = Long.MIN_VALUE;
    private long recountAt = Long.MAX_VALUE;
    private long alarmAt = Long.MAX_VALUE;
    private Scheduler.Alarm alarm;

    /** Requests to dispatch; the thread that makes the first of them serves all. */
    private final AtomicInteger requests = new AtomicInteger();

    Dispatcher(
            RateLimitSettings settings,
            PermitStore store,
            Scheduler time,
            RateLimitTelemetry meter,
            DoubleSupplier random) {
        this.settings = settings;
        this.store = store;
        this.time = time;
        this.meter = meter;
        this.random = random;
        this.queue = new FairQueue(settings.callerWeights());
        this.inFlight = new InFlight(settings.maxInFlight());
        store.onChange(this::recount);
    }

    /** Why a call of that caller cannot be served within that time; empty if it can. */
    Optional<Refusal> refusal(String caller, Effect effect, long waitNanos) {
        synchronized (lock) {
            return refusalNow(caller, effect, waitNanos);
        }
    }

    private Optional<Refusal> refusalNow(String caller, Effect effect, long waitNanos) {
        if (inFlight.isStopping()) {
            return Optional.of(Refusal.stopping());
        }
        if (store.admitsNothing()) {
            return Optional.of(Refusal.storeUnavailable());
        }
        long delay = delayNanos(queue.countAhead(caller, effect) + 1);
        // A call that must not wait is in time, though the clock has moved on since its arrival.
        boolean isLate = waitNanos < -LATENESS.toNanos() || delay > Math.max(0, waitNanos);
        return isLate ? Optional.of(quotaRefusal(delay)) : Optional.empty();
    }

    /** Starts the call or lets it wait; or says why it can do neither. */
    Optional<Refusal> add(QueuedCall<?> call) {
        Optional<QueuedCall<?>> displaced = Optional.empty();
        Optional<Runnable> start = Optional.empty();
        synchronized (lock) {
            if (call.isAbandoned()) {
                return Optional.empty();
            }
            long now = time.nanos();
            var refusal = refusalNow(call.caller, call.effect, call.deadlineNanos - now);
            if (refusal.isPresent()) {
                return refusal;
            }
            if (!isRoomFor(call.caller)) {
                displaced = queue.lastOfALongerLine(call.caller);
                if (displaced.isEmpty()) {
                    return Optional.of(Refusal.waiting());
                }
                queue.remove(displaced.get());
            }
            call.number = arrivals++;
            if (store.isUnlimited() && needsNoWait()) {
                start = Optional.of(start(call, PermitStore.Reservation.NONE, now));
            } else {
                if (queue.overtakes(call.caller, call.effect)) {
                    recountAt = Math.min(recountAt, now + RECOUNT.toNanos());
                }
                queue.add(call);
            }
        }
        displaced.ifPresent(other -> fail(other, Refusal.waiting()));
        // On its own thread: the one that dispatches would have to hand it over to another.
        start.ifPresentOrElse(Runnable::run, this::dispatch);
        return Optional.empty();
    }

    private boolean isRoomFor(String caller) {
        return queue.size() < settings.maxWaiting()
                || caller.equals(FairQueue.FIRST)
                || needsNoWait() && store.delayNanos(1) == 0;
    }

    /** Whether a call need not wait, as far as is known here; the store has to be asked, too. */
    private boolean needsNoWait() {
        return queue.isEmpty() && inFlight.hasRoom(0) && !store.backoff().isActive();
    }

    private long delayNanos(int nth) {
        return Math.max(store.backoff().delayNanos(time.nanos()), store.delayNanos(nth));
    }

    private Refusal quotaRefusal(long delayNanos) {
        return store.backoff()
                .failure()
                .map(failure -> Refusal.backoff(failure, delayNanos))
                .orElseGet(() -> Refusal.quota(delayNanos));
    }

    /** The caller has hung up. */
    void withdraw(QueuedCall<?> call) {
        boolean waited;
        synchronized (lock) {
            waited = call.queued;
            call.abandon();
            queue.remove(call);
        }
        if (waited) {
            meter.recordWithdrawal(time.nanos() - call.arrivedNanos);
        }
    }

    /** What is known of later turns has changed. */
    private void recount() {
        synchronized (lock) {
            notBefore = Long.MIN_VALUE;
            recountAt = Long.MIN_VALUE;
        }
        dispatch();
    }

    /** Starts what can be started. Not recursive: a call that starts and ends at once finds a thread that dispatches already. */
    void dispatch() {
        if (requests.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            boolean more = true;
            while (more) {
                more = dispatchOnce();
            }
            seen = requests.addAndGet(-seen);
        } while (seen != 0);
    }

    /** Returns whether there may be more to do at once. */
    private boolean dispatchOnce() {
        Map<QueuedCall<?>, Refusal> late;
        boolean reserve;
        synchronized (lock) {
            long now = time.nanos();
            late = removeLate(now);
            reserve = reserving < Math.min(MOST_RESERVING, queue.size())
                    && !probe.isUnderWay(store.backoff())
                    && now >= notBefore
                    && store.backoff().delayNanos(now) == 0
                    && (reserving == 0 || !store.backoff().isActive())
                    && (inFlight.hasRoom(reserving) || queue.isFirstWaiting());
            reserving += reserve ? 1 : 0;
            if (!reserve) {
                setAlarm(now);
            }
        }
        late.forEach(this::fail);
        if (reserve) {
            store.reserve().subscribe().with(this::onReservation, this::onReservationFailure);
        }
        return reserve;
    }

    /** Removes the calls whose turn does not come in time. */
    private Map<QueuedCall<?>, Refusal> removeLate(long now) {
        List<QueuedCall<?>> late = queue.removeExpired(now - LATENESS.toNanos());
        if (now >= recountAt) {
            recountAt = Long.MAX_VALUE;
            List<QueuedCall<?>> hopeless = queue.findLate(nth -> now + delayNanos(nth) - LATENESS.toNanos());
            hopeless.forEach(queue::remove);
            late.addAll(hopeless);
        }
        return refusals(late);
    }

    private Map<QueuedCall<?>, Refusal> refusals(List<QueuedCall<?>> late) {
        Map<QueuedCall<?>, Refusal> refusals = new LinkedHashMap<>();
        late.forEach(call -> refusals.put(call, lateRefusal(call)));
        return refusals;
    }

    private Refusal lateRefusal(QueuedCall<?> call) {
        if (!store.backoff().isActive() && !inFlight.hasRoom(0)) {
            return Refusal.inFlight();
        }
        return store.admitsNothing()
                ? Refusal.storeUnavailable()
                : quotaRefusal(delayNanos(queue.countAhead(call.caller, call.effect) + 1));
    }

    private void onReservation(Admission admission) {
        admission
                .<Runnable>fold(reservation -> () -> onAdmission(reservation), delay -> () -> onDeferral(delay))
                .run();
    }

    private void onAdmission(PermitStore.Reservation reservation) {
        Map<QueuedCall<?>, Refusal> late;
        Optional<Runnable> start;
        synchronized (lock) {
            reserving--;
            long now = time.nanos();
            late = refusals(queue.removeExpired(now - LATENESS.toNanos()));
            // While the reservation was under way, the upstream may have refused a call.
            boolean heldBack =
                    probe.isUnderWay(store.backoff()) || store.backoff().delayNanos(now) > 0;
            start = heldBack ? Optional.empty() : queue.next().map(call -> start(call, reservation, now));
        }
        late.forEach(this::fail);
        start.orElse(reservation::release).run();
        dispatch();
    }

    private Runnable start(QueuedCall<?> call, PermitStore.Reservation reservation, long now) {
        boolean counts = !call.caller.equals(FairQueue.FIRST);
        if (counts) {
            inFlight.begin();
        }
        UpstreamBackoff backoff = store.backoff();
        probe.begin(backoff);
        meter.recordAdmission(now - call.arrivedNanos);
        var permit = new Permit(this, reservation, backoff.epoch(), counts);
        return () -> call.start(permit);
    }

    private void onDeferral(Duration delay) {
        synchronized (lock) {
            reserving--;
            notBefore = time.nanos() + delay.toNanos();
        }
        dispatch();
    }

    /** Nothing may be sent that is not reserved. */
    private void onReservationFailure(Throwable failure) {
        synchronized (lock) {
            reserving--;
        }
        failAll(Refusal.storeUnavailable());
        dispatch();
    }

    /** Wakes up when something can happen next. */
    private void setAlarm(long now) {
        long at = Long.MAX_VALUE;
        if (!queue.isEmpty()) {
            at = Math.min(recountAt, queue.soonestDeadline().orElseThrow().deadlineNanos + LATENESS.toNanos() + 1);
            boolean mayReserve =
                    !probe.isUnderWay(store.backoff()) && reserving < Math.min(MOST_RESERVING, queue.size());
            if (mayReserve && (inFlight.hasRoom(reserving) || queue.isFirstWaiting())) {
                at = Math.min(at, Math.max(notBefore, now + store.backoff().delayNanos(now)));
            }
        }
        if (at == alarmAt) {
            return;
        }
        if (alarm != null) {
            alarm.cancel();
        }
        alarmAt = at;
        long wanted = at;
        alarm = at == Long.MAX_VALUE ? null : time.in(Math.max(0, at - now), () -> wake(wanted));
    }

    private void wake(long at) {
        synchronized (lock) {
            if (alarmAt == at) {
                alarm = null;
                alarmAt = Long.MAX_VALUE;
            }
        }
        dispatch();
    }

    void recordServed(Permit permit) {
        UpstreamBackoff backoff = store.backoff();
        if (backoff.isActive()
                && backoff.epoch() == permit.epoch
                && store.replaceBackoff(backoff, backoff.afterSuccess())) {
            meter.recordBackoffEnd();
        }
    }

    GatewayException recordRefusal(Permit permit, GatewayException failure, Duration requested) {
        long now = time.nanos();
        UpstreamBackoff backoff = store.backoff();
        if (backoff.epoch() == permit.epoch && !settings.longestBackoff().isZero()) {
            var next = backoff.afterRefusal(
                    failure.kind(), requested, settings.longestBackoff(), random.getAsDouble(), now);
            if (store.replaceBackoff(backoff, next)) {
                meter.recordBackoff(failure.kind(), Duration.ofNanos(next.delayNanos(now)));
                synchronized (lock) {
                    recountAt = now;
                }
            }
        }
        var pause = Duration.ofNanos(store.backoff().delayNanos(now));
        return failure.withRetryAfter(pause.compareTo(requested) < 0 ? requested : pause);
    }

    /** To be called once for each permit. */
    void end(Permit permit, boolean unsent) {
        synchronized (lock) {
            // Its room is free again, perhaps before the store was to be asked.
            notBefore = unsent ? Long.MIN_VALUE : notBefore;
            probe.end(permit.epoch);
            if (permit.counts) {
                inFlight.end();
            }
        }
    }

    void failAll(Refusal refusal) {
        List<QueuedCall<?>> calls;
        synchronized (lock) {
            calls = queue.clear();
        }
        calls.forEach(call -> fail(call, refusal));
    }

    private void fail(QueuedCall<?> call, Refusal refusal) {
        meter.recordShed(refusal.reason());
        meter.recordRefusal(time.nanos() - call.arrivedNanos);
        call.fail(refusal.failure());
    }

    /** Fails all calls that wait, and all that arrive from now on. */
    void stop() {
        synchronized (lock) {
            inFlight.stop();
        }
        failAll(Refusal.stopping());
    }

    /** Completes when it was stopped and no call is in flight. */
    CompletionStage<Void> idle() {
        return inFlight.idle();
    }

    int inFlight() {
        synchronized (lock) {
            return inFlight.calls();
        }
    }

    int waiting() {
        synchronized (lock) {
            return queue.size();
        }
    }
}
