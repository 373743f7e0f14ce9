package io.itrgateway.token;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The one access token of the account, for any number of callers.
 *
 * <p>A number, the generation, says which token serves. It moves on by compare-and-set when its token has expired, was refused,
 * or was renewed ({@link TokenState}); the token of a generation is fetched by one flight that all who need it join. Where processes share
 * the token the store may return one that another has fetched; whether it is used is decided here ({@link TokenFetch}).
 */
@ApplicationScoped
public class TokenService {

    private final TokenStore store;
    private final Authorizer authorizer;
    private final TokenTelemetry meter;
    private final Clock clock;
    private final Executor flights;

    private final AtomicReference<TokenState> serving = new AtomicReference<>(TokenState.FIRST);
    private final AtomicLong renewing = new AtomicLong();

    @Inject
    TokenService(TokenStore store, Authorizer authorizer, TokenTelemetry meter, Clock clock, Vertx vertx) {
        this(store, authorizer, meter, clock, task -> ownContext(vertx, task));
    }

    /** @param flights runs an authorize, outside of the context of any request */
    TokenService(TokenStore store, Authorizer authorizer, TokenTelemetry meter, Clock clock, Executor flights) {
        this.store = store;
        this.authorizer = authorizer;
        this.meter = meter;
        this.clock = clock;
        this.flights = flights;
    }

    /** A context of its own, so that a flight inherits no caller's request scope, trace or end. */
    private static void ownContext(Vertx vertx, Runnable task) {
        VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext()).runOnContext(start -> task.run());
    }

    /**
     * The token to send now. At once when one is held; else it waits for the one flight. Fails with a {@link GatewayException}
     * of the outcome {@code not_processed}. A subscriber may leave at any time; the flight goes on.
     */
    public Uni<AccessToken> current() {
        return Uni.createFrom().deferred(this::heldOrFetched);
    }

    /** The token to send at once, if one is held; never waits, fetches nothing. */
    public Optional<AccessToken> held() {
        return store.held(serving.get().generation()).filter(token -> token.isUsableAt(clock.instant()));
    }

    /** The failure of calls that need a new token now, with the time until the next authorize; empty if there is no pause. */
    public Optional<GatewayException> standingFailure() {
        return serving.get().pause().failureAt(clock.instant());
    }

    /** Says that the upstream took that token: a later refusal of it is its end, not a fault of the account. */
    public void accepted(AccessToken token) {
        if (serving.get().proven() < token.generation()) {
            serving.updateAndGet(now -> now.accepted(token.generation()));
        }
    }

    /**
     * Discards that token, which the upstream refused, and no newer one.
     *
     * <p>When tokens are refused that never worked, one after the other, a new one will not help: from the second on the next
     * authorize waits for the end of a pause that grows from 1 s to 30 s.
     */
    public void discard(AccessToken refused) {
        Instant now = clock.instant();
        TokenState before = serving.getAndUpdate(current -> current.refused(refused.generation(), now));
        if (before.generation() == refused.generation()) {
            store.drop(refused.generation());
            AuthorizeBackoff after = before.refused(refused.generation(), now).pause();
            meter.refused(refused, after == before.pause() ? Duration.ZERO : AuthorizeBackoff.length(after.failures()));
        }
    }

    private Uni<AccessToken> heldOrFetched() {
        TokenState current = serving.get();
        long wanted = current.generation();
        Instant now = clock.instant();
        Optional<AccessToken> held = store.held(wanted);
        if (held.isEmpty()) {
            return current.pause()
                    .failureAt(now)
                    .map(failure -> Uni.createFrom().<AccessToken>failure(failure))
                    .orElseGet(() -> fetched(wanted));
        }
        if (!held.get().isUsableAt(now)) {
            passOver(wanted);
            return heldOrFetched();
        }
        if (held.get().isRenewalDueAt(now)) {
            renewInBackground(wanted, now);
        }
        return Uni.createFrom().item(held.get());
    }

    private void passOver(long passed) {
        TokenState before = serving.getAndUpdate(current -> current.passedOver(passed));
        if (before.generation() == passed) {
            store.drop(passed);
        }
    }

    private Uni<AccessToken> fetched(long wanted) {
        return store.load(wanted, new Fetching(wanted))
                .onFailure(Superseded.class)
                .recoverWithUni(this::heldOrFetched);
    }

    private void renewInBackground(long old, Instant now) {
        long next = old + 1;
        long before = renewing.get();
        if (before >= next
                || serving.get().pause().failureAt(now).isPresent()
                || !renewing.compareAndSet(before, next)) {
            return;
        }
        store.load(next, new Fetching(next))
                .subscribe()
                .with(renewed -> passOver(old), failure -> renewing.compareAndSet(next, before));
    }

    /** How the token of one generation comes, from Deepvue or from another process, and what that means for the next ones. */
    private final class Fetching implements TokenFetch {

        private final long wanted;
        private volatile AuthorizeBackoff met = AuthorizeBackoff.NONE;

        private Fetching(long wanted) {
            this.wanted = wanted;
        }

        @Override
        public boolean isWanted() {
            return serving.get().generation() <= wanted;
        }

        @Override
        public Uni<AccessToken> fetch() {
            return Uni.createFrom()
                    .<AccessToken>emitter(emitter -> flights.execute(() -> Uni.createFrom()
                            .deferred(this::authorize)
                            .subscribe()
                            .with(emitter::complete, emitter::fail)))
                    .onFailure(failure -> !(failure instanceof GatewayException || failure instanceof Superseded))
                    .transform(TokenService.this::broken);
        }

        private Uni<AccessToken> authorize() {
            // Looks again: this flight may have been started in a state that another flight has ended since.
            TokenState current = serving.get();
            if (current.generation() > wanted) {
                return Uni.createFrom().failure(new Superseded());
            }
            var standing = current.pause().failureAt(clock.instant());
            if (standing.isPresent()) {
                return Uni.createFrom().failure(standing.get());
            }
            return Uni.createFrom()
                    .deferred(() -> authorizer.authorize(wanted))
                    .invoke(this::fetchedWell)
                    .onFailure()
                    .transform(this::fetchedBadly);
        }

        private void fetchedWell(AccessToken token) {
            serving.updateAndGet(current -> current.with(AuthorizeBackoff.NONE));
            meter.renewed(token);
        }

        private GatewayException fetchedBadly(Throwable failure) {
            GatewayException known = failure instanceof GatewayException gateway ? gateway : broken(failure);
            Instant now = clock.instant();
            met = serving.updateAndGet(current -> current.with(current.pause().after(known, now)))
                    .pause();
            meter.failed(known, AuthorizeBackoff.length(met.failures()));
            return known.retryAfter(AuthorizeBackoff.length(met.failures()));
        }

        @Override
        public boolean adopts(AccessToken found) {
            Instant now = clock.instant();
            TokenState current = serving.get();
            // A token that is due for renewal is good enough where there is none, but is no renewal.
            boolean isRenewal = current.generation() < wanted;
            boolean fit = current.generation() <= wanted
                    && found.isUsableAt(now)
                    && !(isRenewal && found.isRenewalDueAt(now));
            if (fit) {
                serving.updateAndGet(then -> then.with(AuthorizeBackoff.NONE));
                meter.adopted(found);
            }
            return fit;
        }

        @Override
        public Optional<AuthorizeFailure> setback() {
            // That this process is stopping, or full, says nothing of Deepvue.
            return met.setback(clock.instant()).filter(setback -> setback.kind() != ProblemKind.OVERLOADED);
        }

        @Override
        public GatewayException shares(AuthorizeFailure theirs) {
            Instant now = clock.instant();
            AuthorizeBackoff shared = AuthorizeBackoff.of(theirs, now);
            serving.updateAndGet(current -> current.with(shared));
            return TokenFetch.super.shares(theirs);
        }
    }

    private GatewayException broken(Throwable bug) {
        meter.broke(bug);
        return GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE);
    }

    /** A flight that was no longer wanted when it was about to take off. */
    private static final class Superseded extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Superseded() {
            super(null, null, false, false);
        }
    }
}
