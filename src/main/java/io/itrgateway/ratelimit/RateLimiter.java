package io.itrgateway.ratelimit;

import io.itrgateway.config.GivenSettings;
import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.transport.CircuitBreaker;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Reception;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** The only way to the upstream: runs each attempt when the plan allows it, in turns that are fair between callers. */
@ApplicationScoped
public class RateLimiter {

    private final RateLimitSettings settings;
    private final PermitStore store;
    private final CallerLimits limits;
    private final Dispatcher dispatcher;
    private final CircuitBreaker breaker;
    private final Scheduler time;
    private final RateLimitTelemetry meter;
    private final Supplier<Executor> here;

    @Inject
    RateLimiter(
            RateLimitSettings settings,
            CircuitBreaker breaker,
            Optional<SharedRateLimits> shared,
            Scheduler time,
            RateLimitTelemetry meter) {
        this(
                settings,
                shared,
                breaker,
                time,
                meter,
                () -> ThreadLocalRandom.current().nextDouble(),
                RateLimiter::currentContext);
    }

    /**
     * @param random from 0 to 1
     * @param here what runs on the context of the caller, now or later
     */
    RateLimiter(
            RateLimitSettings settings,
            Optional<SharedRateLimits> shared,
            CircuitBreaker breaker,
            Scheduler time,
            RateLimitTelemetry meter,
            DoubleSupplier random,
            Supplier<Executor> here) {
        this.settings = settings;
        this.store = shared.map(stores -> stores.permits(settings.plan(), settings.replicas()))
                .orElseGet(() -> new MemoryPermitStore(settings.plan(), time));
        this.limits = new CallerLimits(settings.callerLimits(), shared, store, time);
        this.breaker = breaker;
        this.time = time;
        this.meter = meter;
        this.here = here;
        this.dispatcher = new Dispatcher(settings, store, time, meter, random);
        breaker.onOpen(failure -> dispatcher.failAll(Refusal.breaker(failure)));
        meter.registerGauges(store, dispatcher::waiting, () -> backoffLeft().toNanos() / 1e9);
        dispatcher.idle().thenRun(store::shutDown);
    }

    /** Creates it, which joins the budget of all replicas. A process that only checks the configuration joins with its first call. */
    static void start(@Observes StartupEvent start, RateLimiter limiter) {
        if (!GivenSettings.checksOnly()) {
            limiter.waiting();
        }
    }

    /** Where the application ends without having been stopped, as in dev mode, or {@code doctor}. Before the link to Redis is closed. */
    void leave(@Observes(notifyObserver = Reception.IF_EXISTS) @Priority(1) ShutdownEvent end) {
        store.shutDown();
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
     * <p>A subscriber that leaves before gives its place back; from then on the attempt runs to its end.
     *
     * @param caller for whom the attempt is made; callers take turns by their weights
     * @param effect what registers comes before what fetches and what reads, among the calls of one caller
     * @param countsForCaller whether it counts for the caller's own limit; false for a further attempt of a call that has counted
     * @param patience longest time until its turn; the configured one if that is shorter
     * @return the result of the attempt; or a failure with the outcome {@code not_processed} if its turn does not come
     */
    public <T> Uni<T> run(
            String caller,
            Effect effect,
            boolean countsForCaller,
            Optional<Duration> patience,
            Function<Permit, Uni<T>> attempt) {
        return Uni.createFrom().emitter(emitter -> arrive(caller, effect, countsForCaller, patience, attempt, emitter));
    }

    /** Like {@link #run}, before all waiting calls and however many are in flight: for authorize, which they need. */
    public <T> Uni<T> runFirst(Function<Permit, Uni<T>> attempt) {
        return run(FairQueue.FIRST, Effect.READS, false, Optional.empty(), attempt);
    }

    private <T> void arrive(
            String caller,
            Effect effect,
            boolean countsForCaller,
            Optional<Duration> patience,
            Function<Permit, Uni<T>> attempt,
            UniEmitter<? super T> emitter) {
        long now = time.nanos();
        long wait = patience.filter(shorter -> shorter.compareTo(settings.maxWait()) < 0)
                .orElse(settings.maxWait())
                .toNanos();
        Function<Permit, Uni<T>> guarded = permit -> breaker.guard(caller, () -> attempt.apply(permit), permit::isSent);
        var call = new QueuedCall<T>(caller, effect, now, now + wait, guarded, emitter, here.get());
        emitter.onTermination(() -> dispatcher.withdraw(call));
        Optional<Refusal> open = breaker.refusal().map(Refusal::breaker);
        if (open.isPresent()) {
            refuse(call, open.get());
        } else if (!countsForCaller || !limits.isLimited(caller)) {
            add(call);
        } else {
            knownRefusal(caller, effect, wait)
                    .ifPresentOrElse(refusal -> refuse(call, refusal), () -> countFirst(call));
        }
    }

    private void add(QueuedCall<?> call) {
        dispatcher.add(call).ifPresent(refusal -> refuse(call, refusal));
    }

    /** A call counts for its caller when it can be admitted to the queue. */
    private void countFirst(QueuedCall<?> call) {
        limits.count(call.caller).subscribe().with(delay -> {
            if (delay.isZero()) {
                add(call);
            } else {
                refuse(call, Refusal.callerLimit(delay));
            }
        });
    }

    private void refuse(QueuedCall<?> call, Refusal refusal) {
        meter.recordShed(refusal.reason());
        call.failNow(refusal.failure());
    }

    /** What is known here without asking another process. */
    private Optional<Refusal> knownRefusal(String caller, Effect effect, long waitNanos) {
        return limits.delay(caller).map(Refusal::callerLimit).or(() -> dispatcher.refusal(caller, effect, waitNanos));
    }

    /** Refuses a call that cannot be sent in that time, as far as is known; empty if it can. */
    public Optional<GatewayException> refuseWithin(Duration wait, String caller, Effect effect) {
        var refusal = knownRefusal(caller, effect, wait.toNanos());
        refusal.ifPresent(known -> meter.recordShed(known.reason()));
        return refusal.map(Refusal::failure);
    }

    /** Why a call that waits for its turn cannot have it now, as far as is known; its caller's own limit has let it pass. */
    public Optional<GatewayException> reasonForWait(String caller, Effect effect) {
        var reason = dispatcher
                .refusal(caller, effect, 0)
                .or(() -> dispatcher.inFlight() < settings.maxInFlight()
                        ? Optional.empty()
                        : Optional.of(Refusal.inFlight()));
        reason.ifPresent(known -> meter.recordShed(known.reason()));
        return reason.map(Refusal::failure);
    }

    /** The plan's use as callers see it, by the names of the headers that say it; empty without a plan. */
    public Map<String, String> headers() {
        List<BudgetWindow> left = store.remaining();
        return left.isEmpty() ? Map.of() : RateLimitHeaders.of(left);
    }

    /** What is left of the plan, in the order of its windows; empty without a plan. */
    public List<BudgetWindow> budget() {
        return store.remaining();
    }

    /** How long no call is sent after an upstream 429 or 503; zero if calls are sent. */
    public Duration backoffLeft() {
        return Duration.ofNanos(store.backoff().delayNanos(time.nanos()));
    }

    /** How the plan is shared with other replicas; empty if it is not. */
    public Optional<BudgetSharing> sharing() {
        return store.sharing();
    }

    /** Fails all calls that wait, and all that arrive from now on, since the service is stopping. Calls in flight run to their end. */
    public void stop() {
        dispatcher.stop();
    }

    /** Completes when it was stopped and no call is in flight. */
    public CompletionStage<Void> idle() {
        return dispatcher.idle();
    }

    /** Calls in flight. */
    public int inFlight() {
        return dispatcher.inFlight();
    }

    /** Calls waiting for their turn. */
    public int waiting() {
        return dispatcher.waiting();
    }
}
