package io.itrgateway.idempotency;

import io.itrgateway.fairness.CallerShares;
import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.KeyRing;
import io.itrgateway.secret.KeyedDigest;
import io.itrgateway.secret.Secret;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Makes a call with a key once, and answers all that send it.
 *
 * <p>The first caller in this process starts an {@link InFlightCall}; later ones with the same key and payload wait for it. Whether the call
 * is made here is decided by the {@link ClaimStore}. A call that is made here is withdrawn when its last waiter leaves before it was sent, which
 * releases its key; one that was sent runs to its end, even without waiters. A call that another process makes is polled only while a caller
 * waits. Callers that still wait for a withdrawn call, in any process, each start a new one; the claim lets one of them make it.
 */
@ApplicationScoped
@Startup
public class IdempotencyService {

    private static final GatewayException NOT_BEGUN = GatewayException.of(
            ProblemKind.OVERLOADED,
            "The service is stopping; the call was not begun. Repeat with the same key after Retry-After.");

    /** Payloads have in-flight calls of their own: only the claim decides which of two payloads has the key. */
    private record CallId(String caller, ClaimName name, Fingerprint fingerprint, Effect effect) {

        /** Binds a sealed result to its call: moved to another name or payload it does not open. */
        String sealContext() {
            return name.text() + '.' + fingerprint.text();
        }
    }

    private final ClaimStore store;
    private final KeyedDigest names;
    private final KeyedDigest fingerprints;
    private final SealedResults results;
    private final IdempotencyTelemetry meter;
    private final Contexts contexts;
    private final CallerShares waitingPlaces;

    private final ConcurrentMap<CallId, InFlightCall> inFlight = new ConcurrentHashMap<>();

    @Inject
    IdempotencyService(
            ClaimStore store, KeyRing keys, IdempotencySettings settings, IdempotencyTelemetry meter, Vertx vertx) {
        this(store, keys, settings.maxWaiting(), meter, Contexts.of(vertx));
    }

    /** @param maxWaiting requests of one caller that may wait at once for calls that others began */
    IdempotencyService(ClaimStore store, KeyRing keys, int maxWaiting, IdempotencyTelemetry meter, Contexts contexts) {
        this.store = store;
        this.names = keys.digest("idempotency name");
        this.fingerprints = keys.digest("idempotency payload");
        this.results = new SealedResults(
                keys.seal("idempotency answer"),
                contexts,
                SealedResults.mostOpeningBytes(Runtime.getRuntime().maxMemory()));
        this.meter = meter;
        this.contexts = contexts;
        this.waitingPlaces = CallerShares.ofPlaces(maxWaiting);
        meter.registerGauges(inFlight::size, () -> (int) waitingPlaces.taken());
    }

    /**
     * Answers the call: with the kept result, with the result of the same call in progress, or by making it.
     *
     * <p>The result is kept for {@link ClaimStore#KEPT_FOR}; what was not processed, a success that is not complete, such as 202, and an
     * unknown outcome where a repeat does no harm release the key instead. A success that is not complete, too large for callers in other processes,
     * and not to be made again is kept as an unknown outcome. Besides the work's own failures it fails with {@link GatewayException} of
     * {@link ProblemKind#IDEMPOTENCY_KEY_REUSED}, {@link ProblemKind#IDEMPOTENCY_IN_PROGRESS} or {@link ProblemKind#OVERLOADED}, when
     * nothing was done, and of {@link ProblemKind#CALL_INTERRUPTED}, when the process that made the call has gone without a result.
     *
     * @param patience how much longer to wait for a call that another caller began; empty: to its end. The work has to bound itself
     * @param onReplay called on the caller's own context before a kept result is delivered
     * @param work subscribed once at the most, on the first caller's context, and never cancelled, but withdrawn if all callers leave
     */
    public Uni<KeptAnswer> run(KeyedCall call, Supplier<Optional<Duration>> patience, Runnable onReplay, Work work) {
        return Uni.createFrom().deferred(() -> {
            Executor caller = contexts.current();
            return startOrJoin(identify(call), patience, caller, work)
                    .emitOn(task -> answer(caller, task))
                    .invoke(result -> {
                        if (result.served() == Served.REPLAYED) {
                            onReplay.run();
                        }
                    })
                    .chain(CallResult::asUni);
        });
    }

    /** If the caller's context is closed, as on stopping, the answer is given on the current thread. */
    private static void answer(Executor caller, Runnable task) {
        try {
            caller.execute(task);
        } catch (RejectedExecutionException e) {
            task.run();
        }
    }

    private CallId identify(KeyedCall call) {
        var name = names.of(List.of(
                Secret.of(call.caller()),
                Secret.of(call.operation()),
                call.key().text()));
        // With the name in it, the same payload under two keys does not look the same.
        List<Secret> payload = new ArrayList<>();
        payload.add(Secret.of(name));
        payload.addAll(call.payload());
        return new CallId(
                call.caller(),
                new ClaimName(call.caller(), name),
                new Fingerprint(fingerprints.of(payload)),
                call.effect());
    }

    private Uni<CallResult> startOrJoin(CallId id, Supplier<Optional<Duration>> patience, Executor caller, Work work) {
        var mine = new InFlightCall(work::withdraw);
        var earlier = inFlight.putIfAbsent(id, mine);
        Uni<CallResult> result;
        if (earlier == null) {
            start(id, mine, caller, work);
            result = firstOf(mine.resultForFirst(), mine.onRemote().chain(() -> join(id, mine, 0, patience)));
        } else {
            result = join(id, earlier, earlier.looks(), patience);
        }
        return result.chain(end -> end == CallResult.ABANDONED
                ? startOrJoin(id, patience, caller, work)
                : Uni.createFrom().item(end));
    }

    // ---- waiting for a call that another caller, or another process, began ------------------------------------------

    /** @param looksBefore how many looks at the claim had begun when the caller came */
    private Uni<CallResult> join(CallId id, InFlightCall call, int looksBefore, Supplier<Optional<Duration>> patience) {
        if (!waitingPlaces.take(id.caller(), 1)) {
            return recordServed(Refusals.TOO_MANY_WAIT);
        }
        var isOver = new AtomicBoolean(); // a wait that has ended may be cancelled as well
        Uni<CallResult> end =
                call.result().map(result -> isOfEarlierCall(result, call, looksBefore) ? CallResult.ABANDONED : result);
        return patience.get()
                .map(time -> firstOf(end, expiry(time)))
                .orElse(end)
                .onTermination()
                .invoke((result, failure, hasLeft) -> {
                    if (isOver.compareAndSet(false, true)) {
                        waitingPlaces.giveBack(id.caller(), 1);
                        // otherwise the caller starts a new call, which is counted instead
                        if (result != CallResult.ABANDONED && !call.isAbandoned()) {
                            meter.recordServed(
                                    hasLeft || result.served() == Served.NEW ? Served.JOINED : result.served());
                        }
                    }
                });
    }

    /**
     * Whether the claim may have been released before the caller came: then the result is that of an earlier call, and a further one may have been made
     * since. That matters where nothing was done; after 202, another call could register twice.
     */
    private static boolean isOfEarlierCall(CallResult result, InFlightCall call, int looksBefore) {
        return call.wasInProgress() && result.isNotProcessed() && !call.wasInProgressAfter(looksBefore);
    }

    private Uni<CallResult> expiry(Duration time) {
        return time.isZero()
                ? Uni.createFrom().item(Refusals.EXPIRED)
                : Uni.createFrom()
                        .emitter(emitter ->
                                emitter.onTermination(contexts.after(time, () -> emitter.complete(Refusals.EXPIRED))));
    }

    private static Uni<CallResult> firstOf(Uni<CallResult> one, Uni<CallResult> other) {
        return Uni.join().first(one, other).toTerminate();
    }

    // ---- the call ---------------------------------------------------------------------------------------------------

    private void start(CallId id, InFlightCall call, Executor caller, Work work) {
        var owner = Owner.next();
        Uni.createFrom()
                .deferred(() -> store.claim(id.name(), id.fingerprint(), owner))
                .map(state -> state.fold(new Decision(id, call, owner, caller, work)))
                .onFailure()
                .recoverWithItem(this::onClaimFailure)
                .chain(course -> course)
                .onFailure()
                .recoverWithItem(CallResult::ofFailure)
                .subscribe()
                .with(result -> {
                    inFlight.remove(id, call);
                    call.complete(result);
                    answer(caller, work::finish);
                });
    }

    private final class Decision implements ClaimState.Cases<Uni<CallResult>> {
        private final CallId id;
        private final InFlightCall call;
        private final Owner owner;
        private final Executor caller;
        private final Work work;

        private Decision(CallId id, InFlightCall call, Owner owner, Executor caller, Work work) {
            this.id = id;
            this.call = call;
            this.owner = owner;
            this.caller = caller;
            this.work = work;
        }

        @Override
        public Uni<CallResult> acquired() {
            meter.recordClaimed();
            return makeCall(id, call, owner, caller, work);
        }

        @Override
        public Uni<CallResult> inProgress(Owner other) {
            call.markRemote();
            return new RemoteResultPoller(() -> look(other), call::isAwaited, contexts)
                    .pollUntilEnd()
                    .chain(last -> last.map(state -> state.fold(new RemoteEnd(id)))
                            .orElseGet(() -> Uni.createFrom().item(CallResult.ABANDONED)));
        }

        private Uni<ClaimState> look(Owner other) {
            int look = call.beginLook();
            return store.find(id.name(), id.fingerprint(), other).invoke(state -> {
                if (state instanceof ClaimState.InProgress) {
                    call.markInProgress(look);
                }
            });
        }

        /** The call was made, so it is not made again where its result cannot be opened. */
        @Override
        public Uni<CallResult> completed(byte[] sealed) {
            meter.recordServed(Served.REPLAYED);
            return unseal(id, sealed).map(CallResult::asReplayed);
        }

        @Override
        public Uni<CallResult> released() {
            return recordServed(Refusals.NOT_CLAIMED);
        }

        @Override
        public Uni<CallResult> interrupted() {
            return id.effect().isRepeatable()
                    ? makeCall(id, call, owner, caller, work)
                    : recordServed(Refusals.INTERRUPTED.asReplayed());
        }

        @Override
        public Uni<CallResult> conflict() {
            return recordServed(Refusals.CONFLICT);
        }
    }

    /** What callers that wait here for a call of another process get. If that call was released without a result, they start a new one. */
    private final class RemoteEnd implements ClaimState.Cases<Uni<CallResult>> {
        private final CallId id;

        private RemoteEnd(CallId id) {
            this.id = id;
        }

        @Override
        public Uni<CallResult> acquired() {
            return Uni.createFrom().item(Refusals.EXPIRED);
        }

        @Override
        public Uni<CallResult> inProgress(Owner owner) {
            return Uni.createFrom().item(Refusals.EXPIRED);
        }

        @Override
        public Uni<CallResult> completed(byte[] sealed) {
            return unseal(id, sealed);
        }

        @Override
        public Uni<CallResult> released() {
            return Uni.createFrom().item(CallResult.ABANDONED);
        }

        @Override
        public Uni<CallResult> interrupted() {
            return Uni.createFrom().item(id.effect().isRepeatable() ? CallResult.ABANDONED : Refusals.INTERRUPTED);
        }

        @Override
        public Uni<CallResult> conflict() {
            return Uni.createFrom().item(Refusals.CONFLICT);
        }
    }

    private Uni<CallResult> makeCall(CallId id, InFlightCall call, Owner owner, Executor caller, Work work) {
        meter.recordServed(Served.NEW);
        var isBegun = new AtomicBoolean();
        return Uni.createFrom()
                .deferred(() -> {
                    isBegun.set(true);
                    return work.begin();
                })
                .runSubscriptionOn(caller)
                .onFailure(failure -> !isBegun.get())
                .transform(contextIsClosed -> NOT_BEGUN)
                .map(CallResult::ofAnswer)
                .onFailure()
                .recoverWithItem(CallResult::ofFailure)
                .map(result -> call.isWithdrawn() && result.isNotProcessed() ? CallResult.ABANDONED : result)
                .invoke(call::markEnding)
                .chain(result -> settle(id, owner, result).replaceWith(result));
    }

    /** Stores the result before the answer, so that a repeat finds it. If storing fails, the caller is answered anyway. */
    private Uni<Void> settle(CallId id, Owner owner, CallResult result) {
        return Uni.createFrom()
                .deferred(() -> result == CallResult.ABANDONED
                        ? store.release(id.name(), owner, Optional.empty())
                        : results.seal(result, id.sealContext())
                                .onItemOrFailure()
                                .transformToUni((bytes, failure) -> failure == null
                                        ? store(id, owner, result, bytes)
                                        : storeUnsealed(id, owner, result, failure)))
                .onFailure()
                .invoke(meter::recordUnsettled)
                .onFailure()
                .recoverWithNull();
    }

    private Uni<Void> store(CallId id, Owner owner, CallResult result, byte[] sealed) {
        if (result.isKept(id.effect())) {
            return store.complete(id.name(), id.fingerprint(), owner, id.effect(), sealed);
        }
        // Callers in other processes make the call again if its claim is released without a result.
        return sealed.length <= ClaimStore.LARGEST_RELEASED_BYTES || mayBeMadeAgain(id, result)
                ? store.release(id.name(), owner, Optional.of(sealed))
                : keepWithoutResult(id, owner);
    }

    /** If no end were stored, the call would count as in progress for as long as this process runs. */
    private Uni<Void> storeUnsealed(CallId id, Owner owner, CallResult result, Throwable failure) {
        meter.recordUnsettled(failure);
        return mayBeMadeAgain(id, result)
                ? store.release(id.name(), owner, Optional.empty())
                : keepWithoutResult(id, owner);
    }

    private static boolean mayBeMadeAgain(CallId id, CallResult result) {
        return result.isNotProcessed() || id.effect().isRepeatable();
    }

    private Uni<Void> keepWithoutResult(CallId id, Owner owner) {
        return store.complete(id.name(), id.fingerprint(), owner, id.effect(), new byte[0]);
    }

    /** A call whose result is kept was made. */
    private Uni<CallResult> onClaimFailure(Throwable failure) {
        if (failure instanceof GatewayException unread) {
            meter.recordServed(Served.REPLAYED);
            return Uni.createFrom().failure(unread);
        }
        meter.recordClaimFailure(failure);
        return recordServed(Refusals.NOT_CLAIMED);
    }

    /** An empty one was too large to be kept, or has been dropped. */
    private Uni<CallResult> unseal(CallId id, byte[] sealed) {
        return sealed.length == 0
                ? Uni.createFrom().item(Refusals.INTERRUPTED)
                : results.open(id.caller(), sealed, id.sealContext());
    }

    private Uni<CallResult> recordServed(CallResult result) {
        meter.recordServed(result.served());
        return Uni.createFrom().item(result);
    }
}
