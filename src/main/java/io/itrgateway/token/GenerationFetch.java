package io.itrgateway.token;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

/** How the token of one generation comes, from Deepvue or from another process, and what that means for the {@link TokenState}. */
final class GenerationFetch implements TokenFetch {

    /** A fetch that was no longer needed when it was about to ask. */
    static final class Superseded extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Superseded() {
            super(null, null, false, false);
        }
    }

    private final long generation;
    private final AtomicReference<TokenState> state;
    private final Authorizer authorizer;
    private final TokenTelemetry meter;
    private final Clock clock;
    private final Executor fetches;

    private volatile AuthorizeBackoff met = AuthorizeBackoff.NONE;

    GenerationFetch(
            long generation,
            AtomicReference<TokenState> state,
            Authorizer authorizer,
            TokenTelemetry meter,
            Clock clock,
            Executor fetches) {
        this.generation = generation;
        this.state = state;
        this.authorizer = authorizer;
        this.meter = meter;
        this.clock = clock;
        this.fetches = fetches;
    }

    @Override
    public boolean isWanted() {
        return state.get().generation() <= generation;
    }

    // ---- from Deepvue -----------------------------------------------------------------------------------------------

    @Override
    public Uni<AccessToken> fetch() {
        return Uni.createFrom()
                .<AccessToken>emitter(emitter -> fetches.execute(() ->
                        Uni.createFrom().deferred(this::authorize).subscribe().with(emitter::complete, emitter::fail)))
                .onFailure(failure -> !(failure instanceof GatewayException || failure instanceof Superseded))
                .transform(this::reportBug);
    }

    private Uni<AccessToken> authorize() {
        // Looks again: this fetch may have been started in a state that another one has ended since.
        TokenState current = state.get();
        if (current.generation() > generation) {
            return Uni.createFrom().failure(new Superseded());
        }
        Optional<GatewayException> standing = current.failureAt(clock.instant());
        if (standing.isPresent()) {
            return Uni.createFrom().failure(standing.get());
        }
        return Uni.createFrom()
                .deferred(() -> authorizer.authorize(generation))
                .invoke(this::succeed)
                .onFailure()
                .transform(this::fail);
    }

    private void succeed(AccessToken token) {
        state.updateAndGet(TokenState::afterSuccess);
        meter.recordRenewal(token);
    }

    private GatewayException fail(Throwable failure) {
        GatewayException known = failure instanceof GatewayException gateway ? gateway : reportBug(failure);
        Instant now = clock.instant();
        met = state.updateAndGet(
                        current -> current.afterFailure(current.backoff().after(known, now)))
                .backoff();
        meter.recordFailure(known, met.length());
        return met.failureAt(now).orElse(known);
    }

    private GatewayException reportBug(Throwable bug) {
        meter.recordBug(bug);
        return GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE);
    }

    // ---- from another process ---------------------------------------------------------------------------------------

    @Override
    public boolean tryAdopt(AccessToken found) {
        Instant now = clock.instant();
        long serving = state.get().generation();
        // A token that is due for renewal is good enough where there is none, but is no renewal.
        boolean isRenewal = serving < generation;
        boolean isFit = serving <= generation && found.isUsableAt(now) && !(isRenewal && found.isRenewalDueAt(now));
        if (isFit) {
            state.updateAndGet(TokenState::afterSuccess);
            meter.recordAdoption(found);
        }
        return isFit;
    }

    @Override
    public Optional<AuthorizeFailure> failure() {
        // That this process is stopping, or full, says nothing of Deepvue.
        return met.failure(clock.instant()).filter(failure -> failure.kind() != ProblemKind.OVERLOADED);
    }

    @Override
    public GatewayException adoptFailure(AuthorizeFailure theirs) {
        AuthorizeBackoff shared = AuthorizeBackoff.of(theirs, clock.instant());
        state.updateAndGet(current -> current.afterFailure(shared));
        return TokenFetch.super.adoptFailure(theirs);
    }
}
