package io.itrgateway.quota;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.transport.CircuitBreaker;
import io.itrgateway.transport.GuardConfig;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Lets attempts at the upstream out, one by one, when the plan allows it, in fair turns.
 *
 * <p>A call that can go goes. Else its turn is computed: if it comes before the call's deadline the call waits in the queue, if
 * not it is told at once when a place will be free. Nobody tries and fails. A turn that moves back afterwards (another caller's
 * call goes first, the upstream holds us back) is computed anew, and those who cannot be served any more are told then.
 */
@ApplicationScoped
public class QuotaGate {

    /** Turns that moved are computed again after this time, however many moved them. */
    private static final Duration RECOUNT = Duration.ofMillis(50);

    /** Timers are late, too: a call whose turn was promised is not turned away for that. */
    private static final Duration LATENESS = Duration.ofMillis(50);

    /**
     * A process that has just started is slow: between the word that a call goes out and the call itself may lie half a second. So its
     * first calls count as sent only when they are answered, or when this much time has passed.
     */
    private static final Duration COLD = Duration.ofSeconds(1);

    private static final int COLD_CALLS = 32;

    private final QuotaSettings settings;
    private final Ledger ledger;
    private final CircuitBreaker breaker;
    private final Timekeeper time;
    private final QuotaMeter meter;
    private final Supplier<Executor> here;
    private final AtomicInteger coldCalls;

    /** Guards what follows. Held for moments only, and never while a call goes or is told anything. */
    private final Object lock = new Object();

    private final FairQueue<Call<?>> queue;
    private final CallerLimits limits;
    private final HoldBack holdBack;
    private final CompletableFuture<Void> idle = new CompletableFuture<>();
    private long arrivals;
    private int inFlight;
    private boolean stopping;
    private boolean booking;
    /** Whether the upstream has turned calls away and served none since; written under the lock, read by anybody. */
    private volatile boolean holding;

    private long notBefore = Long.MIN_VALUE;
    private long recountAt = Long.MAX_VALUE;
    private long alarmAt = Long.MAX_VALUE;
    private Timekeeper.Alarm alarm;

    /** Requests to look at the queue; whoever makes the first of them looks, for all. */
    private final AtomicInteger looks = new AtomicInteger();

    @Inject
    QuotaGate(
            QuotaConfig config,
            PlanConfig account,
            GuardConfig guard,
            CircuitBreaker breaker,
            Optional<SharedBook> sharedBook,
            Timekeeper time,
            QuotaMeter meter) {
        this(
                QuotaSettings.from(config, account, guard, new ConfigurationFaults()),
                sharedBook,
                breaker,
                time,
                meter,
                QuotaGate::currentContext);
    }

    private QuotaGate(
            QuotaSettings settings,
            Optional<SharedBook> sharedBook,
            CircuitBreaker breaker,
            Timekeeper time,
            QuotaMeter meter,
            Supplier<Executor> here) {
        this(
                settings,
                sharedBook
                        .<Ledger>map(
                                book -> new SharedLedger(settings.plan(), settings.leastReplicas(), book, time, meter))
                        .orElseGet(() -> new MemoryLedger(settings.plan(), time)),
                new HoldBack(
                        settings.holdBack(), () -> ThreadLocalRandom.current().nextDouble()),
                breaker,
                time,
                meter,
                here,
                COLD_CALLS);
    }

    /**
     * @param here what runs on the context of whoever asks, now or later
     * @param coldCalls how many calls at the beginning are taken to be slow in going out
     */
    QuotaGate(
            QuotaSettings settings,
            Ledger ledger,
            HoldBack holdBack,
            CircuitBreaker breaker,
            Timekeeper time,
            QuotaMeter meter,
            Supplier<Executor> here,
            int coldCalls) {
        this.settings = settings;
        this.queue = new FairQueue<>(settings.callerWeights());
        this.ledger = ledger;
        this.holdBack = holdBack;
        this.breaker = breaker;
        this.time = time;
        this.meter = meter;
        this.here = here;
        this.coldCalls = new AtomicInteger(coldCalls);
        this.limits = new CallerLimits(settings.callerLimits());
        meter.watch(ledger, this::waiting, this::holdBackSeconds);
        breaker.whenOpened(this::turnAllAway);
        idle.thenRun(ledger::leave);
    }

    /** Where the application ends without having been stopped, as in dev mode. */
    @PreDestroy
    void leave() {
        ledger.leave();
    }

    private static Executor currentContext() {
        Context context = Vertx.currentContext();
        return context == null
                ? Runnable::run
                : task -> {
                    if (Vertx.currentContext() == context) {
                        task.run();
                    } else {
                        context.runOnContext(resumed -> task.run());
                    }
                };
    }

    /**
     * Runs the attempt when its turn has come, on the Vert.x context of the subscriber.
     *
     * <p>A subscriber who leaves before gives its place back; from then on the attempt runs to its end, whoever listens.
     *
     * @param caller who is waiting; callers take turns by their weights
     * @param effect what registers comes before what fetches and what reads, among the calls of one caller
     * @param patience longest time until its turn; the configured one if that is shorter
     * @return what the attempt brings; or a failure of the outcome {@code not_processed} if its turn does not come
     */
    public <T> Uni<T> run(String caller, Effect effect, Optional<Duration> patience, Function<Permit, Uni<T>> attempt) {
        return Uni.createFrom().emitter(emitter -> arrive(caller, effect, true, patience, attempt, emitter));
    }

    /** Like {@link #run}, for a further attempt of a call that has counted for its caller's own limit already. */
    public <T> Uni<T> runAgain(
            String caller, Effect effect, Optional<Duration> patience, Function<Permit, Uni<T>> attempt) {
        return Uni.createFrom().emitter(emitter -> arrive(caller, effect, false, patience, attempt, emitter));
    }

    /** Like {@link #run}, before everybody else and whatever is in flight: for what all others wait for. */
    public <T> Uni<T> runFirst(Function<Permit, Uni<T>> attempt) {
        return run(FairQueue.FIRST, Effect.READS, Optional.empty(), attempt);
    }

    /** The longest time that a call waits for its turn. */
    public Duration longestWait() {
        return settings.maxWait();
    }

    /** What a call would be told that does not wait; empty if it could go now. */
    public Optional<GatewayException> refusalWithoutWait(String caller, Effect effect) {
        synchronized (lock) {
            return refusal(caller, effect, true, 0).map(Refusal::failure);
        }
    }

    /** The budget as callers see it; empty without a plan. */
    public Optional<RateLimit> rateLimit() {
        return Optional.of(ledger.left()).filter(left -> !left.isEmpty()).map(RateLimit::of);
    }

    /** What is left of the plan, in the order of its windows; empty without a plan. */
    public List<BudgetWindow> budget() {
        return ledger.left().stream()
                .map(left -> new BudgetWindow(left.window(), left.calls(), Duration.ofNanos(left.nanosToMore())))
                .toList();
    }

    /** How long nothing goes, since the upstream turned us away; zero if it goes. */
    public Duration heldBack() {
        synchronized (lock) {
            return Duration.ofNanos(holdBack.delayNanos(time.nanos()));
        }
    }

    /** How the budget is shared with other replicas; empty if it is not. */
    public Optional<Sharing> sharing() {
        return ledger.sharing();
    }

    /** Tells everybody who waits, and whoever still comes, that the service is stopping. Calls that are out run to their end. */
    public void stop() {
        List<Call<?>> told;
        synchronized (lock) {
            stopping = true;
            told = queue.clear();
            completeIfIdle();
        }
        told.forEach(call -> refuse(call, Refusal.stopping()));
    }

    /** Completes when the gate was stopped and no call is out any more. */
    public CompletionStage<Void> idle() {
        return idle.copy();
    }

    /** Calls that are out now. */
    public int inFlight() {
        synchronized (lock) {
            return inFlight;
        }
    }

    /** Calls that wait for their turn now. */
    public int waiting() {
        synchronized (lock) {
            return queue.size();
        }
    }

    // ---- arriving ---------------------------------------------------------------------------------------------------

    private <T> void arrive(
            String caller,
            Effect effect,
            boolean counts,
            Optional<Duration> patience,
            Function<Permit, Uni<T>> attempt,
            UniEmitter<? super T> emitter) {
        Optional<Refusal> refusal = breaker.refusal().map(Refusal::breaker);
        if (refusal.isPresent()) {
            refuseAtOnce(emitter, refusal.get());
            return;
        }
        Optional<Call<?>> displaced = Optional.empty();
        Optional<Runnable> start = Optional.empty();
        Call<T> call;
        synchronized (lock) {
            long now = time.nanos();
            long wait = patience.filter(shorter -> shorter.compareTo(settings.maxWait()) < 0)
                    .orElse(settings.maxWait())
                    .toNanos();
            call = new Call<>(caller, effect, now, now + wait, arrivals++, attempt, emitter, here.get());
            refusal = refusal(caller, effect, counts, wait);
            if (refusal.isEmpty() && !isPlaceFor(caller)) {
                displaced = queue.lastOfALongerLine(caller);
                refusal = displaced.isEmpty() ? Optional.of(Refusal.waiting()) : refusal;
            }
            if (refusal.isEmpty()) {
                displaced.ifPresent(queue::remove);
                if (counts) {
                    limits.count(caller, now);
                }
                if (ledger.isUnlimited() && goesAtOnce(now)) {
                    start = Optional.of(start(call, now));
                } else {
                    if (queue.overtakes(caller, effect)) {
                        recountAt = Math.min(recountAt, now + RECOUNT.toNanos());
                    }
                    queue.add(call);
                }
            }
        }
        displaced.ifPresent(other -> refuse(other, Refusal.waiting()));
        if (refusal.isPresent()) {
            refuseAtOnce(emitter, refusal.get());
        } else if (start.isPresent()) {
            // On its own thread: whoever looks after the queue would have to hand it over to another.
            start.get().run();
        } else {
            emitter.onTermination(() -> leave(call));
            look();
        }
    }

    private void refuseAtOnce(UniEmitter<?> emitter, Refusal refusal) {
        meter.shed(refusal.why());
        emitter.fail(refusal.failure());
    }

    /** Why a call that comes now cannot go within that time; empty if it can. */
    private Optional<Refusal> refusal(String caller, Effect effect, boolean counts, long waitNanos) {
        if (stopping) {
            return Optional.of(Refusal.stopping());
        }
        long ownDelay = counts ? limits.delayNanos(caller, time.nanos()) : 0;
        if (ownDelay > 0) {
            return Optional.of(Refusal.callerLimit(ownDelay));
        }
        long delay = delayNanos(queue.ahead(caller, effect) + 1);
        return delay > waitNanos ? Optional.of(notInTime(delay)) : Optional.empty();
    }

    private long delayNanos(int nth) {
        return Math.max(holdBack.delayNanos(time.nanos()), ledger.delayNanos(nth));
    }

    private Refusal notInTime(long delayNanos) {
        return holdBack.because()
                .map(because -> Refusal.heldBack(because, delayNanos))
                .orElseGet(() -> Refusal.quota(delayNanos));
    }

    private boolean isPlaceFor(String caller) {
        return queue.size() < settings.maxWaiting()
                || caller.equals(FairQueue.FIRST)
                || goesAtOnce(time.nanos()) && ledger.delayNanos(1) == 0;
    }

    /** Whether a call need not wait, for all that is known here; the ledger has to be asked, too. */
    private boolean goesAtOnce(long now) {
        return queue.isEmpty()
                && inFlight < settings.maxInFlight()
                && !holdBack.isProbing()
                && holdBack.delayNanos(now) == 0;
    }

    private void leave(Call<?> call) {
        boolean waited;
        synchronized (lock) {
            waited = call.inQueue;
            call.gone = true;
            queue.remove(call);
        }
        if (waited) {
            meter.left(time.nanos() - call.since);
        }
    }

    // ---- going ------------------------------------------------------------------------------------------------------

    /** Lets out whoever can go. Not recursive: a call that goes and comes back at once finds somebody looking already. */
    private void look() {
        if (looks.getAndIncrement() > 0) {
            return;
        }
        int seen = 1;
        do {
            boolean more = true;
            while (more) {
                more = lookOnce();
            }
            seen = looks.addAndGet(-seen);
        } while (seen != 0);
    }

    /** @return whether there may be more to do at once */
    private boolean lookOnce() {
        Map<Call<?>, Refusal> late;
        boolean book;
        synchronized (lock) {
            long now = time.nanos();
            late = late(now);
            book = !booking
                    && !queue.isEmpty()
                    && !holdBack.isProbing()
                    && now >= notBefore
                    && holdBack.delayNanos(now) == 0
                    && (inFlight < settings.maxInFlight() || queue.isFirstWaiting());
            booking |= book;
            if (!book) {
                setAlarm(now);
            }
        }
        late.forEach(this::refuse);
        if (book) {
            ledger.book().subscribe().with(this::booked, this::notBooked);
        }
        return book;
    }

    /** Takes those out whose turn does not come in time. */
    private Map<Call<?>, Refusal> late(long now) {
        List<Call<?>> late = new ArrayList<>();
        if (now >= recountAt) {
            recountAt = Long.MAX_VALUE;
            late.addAll(queue.late(nth -> now + delayNanos(nth)));
            late.forEach(queue::remove);
        }
        for (var soonest = queue.soonestDeadline();
                soonest.isPresent() && now > soonest.get().deadline + LATENESS.toNanos();
                soonest = queue.soonestDeadline()) {
            late.add(soonest.get());
            queue.remove(soonest.get());
        }
        Map<Call<?>, Refusal> told = new LinkedHashMap<>();
        late.forEach(call -> told.put(call, lateRefusal(call)));
        return told;
    }

    private Refusal lateRefusal(Call<?> call) {
        return holdBack.because().isEmpty() && inFlight >= settings.maxInFlight()
                ? Refusal.inFlight()
                : notInTime(delayNanos(queue.ahead(call.caller, call.effect) + 1));
    }

    private void booked(Admission admission) {
        admission
                .<Runnable>fold(() -> this::admitted, delay -> () -> deferred(delay))
                .run();
    }

    private void admitted() {
        Optional<Runnable> start;
        synchronized (lock) {
            booking = false;
            long now = time.nanos();
            // Where booking takes its time, the upstream may have turned us away meanwhile.
            boolean heldBack = holdBack.isProbing() || holdBack.delayNanos(now) > 0;
            start = heldBack ? Optional.empty() : queue.next().map(call -> start(call, now));
        }
        start.orElse(ledger::unsent).run();
        look();
    }

    private Runnable start(Call<?> call, long now) {
        boolean counts = !call.caller.equals(FairQueue.FIRST);
        inFlight += counts ? 1 : 0;
        holdBack.released();
        meter.admitted(now - call.since);
        var ticket = new Ticket(holdBack.epoch(), holdBack.isProbing(), counts);
        return () -> call.go(ticket);
    }

    private void deferred(Duration delay) {
        synchronized (lock) {
            booking = false;
            notBefore = time.nanos() + delay.toNanos();
        }
        look();
    }

    /** The ledger cannot be reached: nothing may go unbooked, so everybody is told. */
    private void notBooked(Throwable failure) {
        List<Call<?>> told;
        synchronized (lock) {
            booking = false;
            told = queue.clear();
        }
        told.forEach(call -> refuse(call, Refusal.ledger()));
        look();
    }

    /** Wakes when the next thing can happen. */
    private void setAlarm(long now) {
        long at = Long.MAX_VALUE;
        if (!queue.isEmpty()) {
            at = Math.min(recountAt, queue.soonestDeadline().orElseThrow().deadline + LATENESS.toNanos() + 1);
            if (!holdBack.isProbing() && (inFlight < settings.maxInFlight() || queue.isFirstWaiting())) {
                at = Math.min(at, Math.max(notBefore, now + holdBack.delayNanos(now)));
            }
        }
        if (at == alarmAt) {
            return;
        }
        if (alarm != null) {
            alarm.cancel();
            alarm = null;
        }
        alarmAt = at;
        if (at != Long.MAX_VALUE) {
            long wanted = at;
            alarm = time.in(Math.max(0, at - now), () -> wake(wanted));
        }
    }

    private void wake(long at) {
        synchronized (lock) {
            if (alarmAt == at) {
                alarm = null;
                alarmAt = Long.MAX_VALUE;
            }
        }
        look();
    }

    // ---- ending -----------------------------------------------------------------------------------------------------

    private void turnAllAway(GatewayException failure) {
        List<Call<?>> told;
        synchronized (lock) {
            told = queue.clear();
        }
        told.forEach(call -> refuse(call, Refusal.breaker(failure)));
    }

    private void refuse(Call<?> call, Refusal refusal) {
        meter.shed(refusal.why());
        meter.refused(time.nanos() - call.since);
        call.refuse(refusal.failure());
    }

    private void completeIfIdle() {
        if (stopping && inFlight == 0) {
            idle.complete(null);
        }
    }

    private double holdBackSeconds() {
        return heldBack().toNanos() / 1e9;
    }

    /** A call that waits, with what it will do when it goes. */
    private final class Call<T> extends Waiting {
        private final Function<Permit, Uni<T>> attempt;
        private final UniEmitter<? super T> emitter;
        private final Executor home;
        /** Nobody listens any more. */
        private volatile boolean gone;

        private Call(
                String caller,
                Effect effect,
                long since,
                long deadline,
                long number,
                Function<Permit, Uni<T>> attempt,
                UniEmitter<? super T> emitter,
                Executor home) {
            super(caller, effect, since, deadline, number);
            this.attempt = attempt;
            this.emitter = emitter;
            this.home = home;
        }

        private void go(Ticket ticket) {
            home.execute(() -> {
                if (gone) {
                    ticket.over();
                    return;
                }
                breaker.guarded(() -> attempt.apply(ticket))
                        .onTermination()
                        .invoke(ticket::over)
                        .subscribe()
                        .with(emitter::complete, emitter::fail);
            });
        }

        private void refuse(GatewayException failure) {
            home.execute(() -> emitter.fail(failure));
        }
    }

    /** The permit of one attempt. */
    private final class Ticket implements Permit {
        private final int epoch;
        private final boolean probe;
        private final boolean counts;
        private final AtomicBoolean sent = new AtomicBoolean();
        private final AtomicBoolean cold = new AtomicBoolean();
        private boolean over;

        private Ticket(int epoch, boolean probe, boolean counts) {
            this.epoch = epoch;
            this.probe = probe;
            this.counts = counts;
        }

        @Override
        public void sent() {
            if (!sent.compareAndSet(false, true)) {
                return;
            }
            if (coldCalls.get() > 0 && coldCalls.getAndDecrement() > 0) {
                cold.set(true);
                time.in(COLD.toNanos(), this::warm);
            } else {
                ledger.sent();
            }
        }

        /** By now it must have gone out. */
        private void warm() {
            if (cold.compareAndSet(true, false)) {
                ledger.sent();
            }
        }

        @Override
        public void served() {
            if (!holding) {
                return;
            }
            synchronized (lock) {
                if (holdBack.served(epoch)) {
                    holding = false;
                    meter.released();
                }
            }
        }

        @Override
        public GatewayException turnedAway(GatewayException failure, Duration asked) {
            Duration left;
            synchronized (lock) {
                long now = time.nanos();
                if (holdBack.refused(epoch, failure.kind(), asked, now)) {
                    holding = true;
                    meter.heldBack(failure.kind(), Duration.ofNanos(holdBack.delayNanos(now)));
                    recountAt = now;
                }
                left = Duration.ofNanos(holdBack.delayNanos(now));
            }
            return failure.retryAfter(left.compareTo(asked) < 0 ? asked : left);
        }

        private void over() {
            boolean unsent;
            boolean awaited;
            synchronized (lock) {
                if (over) {
                    return;
                }
                over = true;
                // From now on it cannot be sent any more.
                unsent = sent.compareAndSet(false, true);
                // Its place is free again, and perhaps before anybody was told to ask.
                notBefore = unsent ? Long.MIN_VALUE : notBefore;
                inFlight -= counts ? 1 : 0;
                if (probe) {
                    holdBack.probed();
                }
                completeIfIdle();
                awaited = !queue.isEmpty();
            }
            if (unsent) {
                ledger.unsent();
            }
            warm();
            if (awaited) {
                look();
            }
        }
    }
}
