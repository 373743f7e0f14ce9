package io.itrgateway.idempotency;

import io.itrgateway.problem.ConfigurationFaults;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.KeyRing;
import io.itrgateway.secret.KeyedDigest;
import io.itrgateway.secret.Seal;
import io.itrgateway.secret.Secret;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
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
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Carries out a call with a key once, and answers all who send it.
 *
 * <p>The first one here takes a flight off; the others of the same key and payload join it. Whether the flight may carry the call
 * out is the decision of {@link Claims}, which also tells payloads apart. A flight goes on to its end, whoever leaves it; but if
 * another process carries the call out, it only waits for the news of it, for as long as somebody here does.
 */
@ApplicationScoped
@Startup
public class OnceOnly {

    private static final GatewayException REUSED = GatewayException.of(ProblemKind.IDEMPOTENCY_KEY_REUSED);
    private static final GatewayException INTERRUPTED = GatewayException.of(ProblemKind.CALL_INTERRUPTED);
    private static final GatewayException RELEASED = GatewayException.of(
            ProblemKind.IDEMPOTENCY_IN_PROGRESS,
            "A call with this Idempotency-Key ran in another process of this service and ended there without having been processed."
                    + " Repeat with the same key after a moment.");
    private static final GatewayException NOT_BEGUN = GatewayException.of(
            ProblemKind.OVERLOADED,
            "The service is stopping; the call was not begun. Repeat with the same key after Retry-After.");
    private static final GatewayException STILL_RUNNING = GatewayException.of(
            ProblemKind.IDEMPOTENCY_IN_PROGRESS,
            "The call with this Idempotency-Key was still running when the wait was over. Repeat with the same key after a"
                    + " moment.");
    private static final GatewayException TOO_MANY_WAIT = GatewayException.of(
            ProblemKind.OVERLOADED,
            "Too many callers wait here for the end of a call with their Idempotency-Key. Repeat with the same key after"
                    + " Retry-After.");
    private static final GatewayException NOT_CLAIMED = GatewayException.of(
            ProblemKind.OVERLOADED,
            "It cannot be told now whether a call with this Idempotency-Key was made before, so none was made. Repeat with the"
                    + " same key after Retry-After.");

    /** Payloads have flights of their own: only the claim says which of two payloads has the key. */
    private record FlightNumber(ClaimName name, Fingerprint fingerprint) {

        /** Binds a sealed answer to its place: moved to another name or payload it does not open. */
        String place() {
            return name.text() + '.' + fingerprint.text();
        }
    }

    private final Claims claims;
    private final KeyedDigest names;
    private final KeyedDigest fingerprints;
    private final Seal seal;
    private final IdempotencyMeter meter;
    private final Contexts contexts;
    private final Semaphore places;

    private final ConcurrentMap<FlightNumber, Flight> flights = new ConcurrentHashMap<>();

    @Inject
    OnceOnly(
            Claims claims,
            @ConfigProperty(name = "deepvue.client-secret") Optional<String> clientSecret,
            IdempotencyConfig config,
            IdempotencyMeter meter,
            Vertx vertx) {
        // Without a client secret the start is refused before anybody can call.
        this(
                claims,
                new KeyRing(Secret.of(clientSecret.map(String::strip).orElse(""))),
                IdempotencyConfig.maxWaiting(config, new ConfigurationFaults()),
                meter,
                Contexts.of(vertx));
    }

    /** @param mostWaiting most callers that wait for calls that others began */
    OnceOnly(Claims claims, KeyRing keys, int mostWaiting, IdempotencyMeter meter, Contexts contexts) {
        this.claims = claims;
        this.names = keys.digest("idempotency name");
        this.fingerprints = keys.digest("idempotency payload");
        this.seal = keys.seal("idempotency answer");
        this.meter = meter;
        this.contexts = contexts;
        this.places = new Semaphore(mostWaiting);
        meter.watch(flights::size, () -> mostWaiting - places.availablePermits());
    }

    /**
     * Answers the call: with what is kept, with the ending of the same call that runs, or by carrying it out.
     *
     * <p>How the work ended is kept for {@link Claims#KEPT_FOR}, except for what was not processed and for a success that is not
     * complete, such as 202; these release the key. Besides the work's own failures it fails with {@link GatewayException} of
     * {@link ProblemKind#IDEMPOTENCY_KEY_REUSED}, {@link ProblemKind#IDEMPOTENCY_IN_PROGRESS} or {@link ProblemKind#OVERLOADED},
     * when nothing was done, and of {@link ProblemKind#CALL_INTERRUPTED}, when the process that carried the call out has gone
     * without saying how it ended.
     *
     * @param patience how long to wait for a call that another one began; the work has to bound itself. Empty: to its end
     * @param onReplay called on the caller's own context before the answer or the failure, if it is one that was kept
     * @param work subscribed once at the most, where the first caller is, and never cancelled
     */
    public Uni<KeptAnswer> run(
            KeyedCall call, Optional<Duration> patience, Runnable onReplay, Supplier<Uni<KeptAnswer>> work) {
        return Uni.createFrom().emitter(emitter -> begin(call, patience, onReplay, work, emitter));
    }

    private void begin(
            KeyedCall call,
            Optional<Duration> patience,
            Runnable onReplay,
            Supplier<Uni<KeptAnswer>> work,
            UniEmitter<? super KeptAnswer> emitter) {
        var number = number(call);
        var here = contexts.current();
        var mine = new Flight();
        var first = new Waiter(here, emitter, onReplay, ignored -> {});
        mine.join(first);
        Flight theirs = flights.putIfAbsent(number, mine);
        if (theirs == null) {
            emitter.onTermination(() -> leave(mine, first));
            takeOff(number, mine, () -> waitsToo(mine, first, patience), here, work);
        } else if (!places.tryAcquire()) {
            meter.served(Result.OVERLOADED);
            emitter.fail(TOO_MANY_WAIT);
        } else if (!join(theirs, patience, new Waiter(here, emitter, onReplay, this::waited), emitter)) {
            places.release();
            flights.remove(number, theirs);
            begin(call, patience, onReplay, work, emitter);
        }
    }

    private FlightNumber number(KeyedCall call) {
        var name = names.of(List.of(
                Secret.of(call.caller()),
                Secret.of(call.operation()),
                call.key().text()));
        // With the name in it, the same payload under two keys does not look the same.
        List<Secret> payload = new ArrayList<>();
        payload.add(Secret.of(name));
        payload.addAll(call.payload());
        return new FlightNumber(new ClaimName(name), new Fingerprint(fingerprints.of(payload)));
    }

    // ---- those who wait ---------------------------------------------------------------------------------------------

    /** @return whether there was a flight to join; it may have been deserted the moment before */
    private boolean join(
            Flight flight, Optional<Duration> patience, Waiter waiter, UniEmitter<? super KeptAnswer> emitter) {
        var landed = flight.join(waiter);
        if (flight.isDeserted()) {
            return false;
        }
        landed.ifPresentOrElse(waiter::end, () -> {
            emitter.onTermination(() -> leave(flight, waiter));
            limit(flight, patience, waiter);
        });
        return true;
    }

    private static void leave(Flight flight, Waiter waiter) {
        if (flight.leave(waiter)) {
            waiter.leave();
        }
    }

    private void limit(Flight flight, Optional<Duration> patience, Waiter waiter) {
        Runnable giveUp = () -> {
            if (flight.leave(waiter)) {
                waiter.end(Ending.refused(Result.IN_PROGRESS, STILL_RUNNING));
            }
        };
        patience.ifPresent(time -> {
            if (time.isZero()) {
                giveUp.run();
            } else {
                waiter.wakesBy(contexts.after(time, giveUp));
            }
        });
    }

    /** The first one here came second after all. */
    private void waitsToo(Flight flight, Waiter first, Optional<Duration> patience) {
        if (!places.tryAcquire()) {
            meter.served(Result.OVERLOADED);
            if (flight.leave(first)) {
                first.end(Ending.refused(Result.OVERLOADED, TOO_MANY_WAIT));
            }
        } else if (flight.whileWaiting(first, () -> first.tells(this::waited))) {
            limit(flight, patience, first);
        } else {
            waited(Result.JOINED);
        }
    }

    private void waited(Result result) {
        places.release();
        meter.served(result);
    }

    // ---- the flight -------------------------------------------------------------------------------------------------

    private void takeOff(
            FlightNumber number, Flight flight, Runnable waitsToo, Executor here, Supplier<Uni<KeptAnswer>> work) {
        course(number, flight, waitsToo, here, work)
                .subscribe()
                .with(ending -> land(number, flight, ending), failure -> {
                    land(number, flight, Ending.failed(failure));
                });
    }

    private void land(FlightNumber number, Flight flight, Ending ending) {
        flights.remove(number, flight);
        flight.land(ending);
    }

    /** @param waitsToo told if another process carries the call out */
    private Uni<Ending> course(
            FlightNumber number, Flight flight, Runnable waitsToo, Executor here, Supplier<Uni<KeptAnswer>> work) {
        var owner = Owner.next();
        return Uni.createFrom()
                .deferred(() -> claims.claim(number.name(), number.fingerprint(), owner))
                .invoke(meter::claimed)
                .map(claim -> claim.<Uni<Ending>>fold(
                        () -> carriedOut(number, owner, here, work),
                        other -> {
                            waitsToo.run();
                            return awaitedElsewhere(number, flight, other);
                        },
                        closed -> replayed(number, closed),
                        this::interrupted,
                        () -> refused(Result.REUSED, REUSED)))
                .onFailure()
                .recoverWithItem(failure -> unclaimed(number, owner, failure))
                .chain(course -> course);
    }

    private Uni<Ending> carriedOut(FlightNumber number, Owner owner, Executor here, Supplier<Uni<KeptAnswer>> work) {
        meter.served(Result.NEW);
        var begun = new AtomicBoolean();
        return Uni.createFrom()
                .deferred(() -> {
                    begun.set(true);
                    return work.get();
                })
                .runSubscriptionOn(here)
                .onFailure(failure -> !begun.get())
                .transform(placeIsClosed -> NOT_BEGUN)
                .map(Ending::answered)
                .onFailure()
                .recoverWithItem(Ending::failed)
                .chain(ending -> settled(number, owner, ending).replaceWith(ending));
    }

    /** Whoever has the answer must find it kept; so it is kept first. If it cannot be, the answer is still the truth. */
    private Uni<Void> settled(FlightNumber number, Owner owner, Ending ending) {
        return Uni.createFrom()
                .deferred(() -> {
                    byte[] closed = seal.close(EndingForm.write(ending), number.place());
                    return ending.isKept()
                            ? claims.keep(number.name(), number.fingerprint(), owner, closed)
                            : claims.free(number.name(), owner, Optional.of(closed));
                })
                .onFailure()
                .invoke(meter::unsettled)
                .onFailure()
                .recoverWithNull();
    }

    /** As it is told to those who wait in the process that carries it out. */
    private Uni<Ending> awaitedElsewhere(FlightNumber number, Flight flight, Owner other) {
        return new Lookout(() -> claims.news(number.name(), other), flight::desert, contexts)
                .last()
                .map(news -> news.fold(
                        () -> Ending.refused(Result.IN_PROGRESS, STILL_RUNNING),
                        closed -> opened(number, closed).orElseGet(() -> Ending.failed(new UnreadableAnswer())),
                        () -> Ending.refused(Result.IN_PROGRESS, RELEASED),
                        () -> Ending.failed(INTERRUPTED)));
    }

    /**
     * An answer that does not open was changed by somebody or written by a version that this one does not know. Its call was made
     * all the same, so it is not made again: that would be the very thing that a key is there to prevent.
     */
    private Uni<Ending> replayed(FlightNumber number, byte[] closed) {
        meter.served(Result.REPLAYED);
        return Uni.createFrom()
                .item(opened(number, closed)
                        .filter(Ending::isKept)
                        .map(Ending::replayed)
                        .orElseGet(() -> Ending.failed(new UnreadableAnswer())));
    }

    private Uni<Ending> interrupted() {
        meter.served(Result.REPLAYED);
        return Uni.createFrom().item(Ending.failed(INTERRUPTED).replayed());
    }

    private Optional<Ending> opened(FlightNumber number, byte[] closed) {
        return seal.open(closed, number.place()).flatMap(EndingForm::read);
    }

    private Uni<Ending> refused(Result why, GatewayException failure) {
        meter.served(why);
        return Uni.createFrom().item(Ending.refused(why, failure));
    }

    /** The claim may have been granted and only its answer lost: then nobody would free it. */
    private Uni<Ending> unclaimed(FlightNumber number, Owner owner, Throwable failure) {
        meter.unclaimed(failure);
        Uni.createFrom()
                .deferred(() -> claims.free(number.name(), owner, Optional.empty()))
                .subscribe()
                .with(freed -> {}, meter::unsettled);
        return refused(Result.OVERLOADED, NOT_CLAIMED);
    }

    /** Not a {@link GatewayException}: somebody must get up, and the one exit for failures sees to that. */
    private static final class UnreadableAnswer extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
