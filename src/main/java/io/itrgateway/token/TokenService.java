package io.itrgateway.token;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The one access token of the account, for any number of callers.
 *
 * <p>A number, the generation, says which token serves. The {@link TokenState} moves on to the next one when the token has expired, was
 * refused, or was renewed; the token of a generation is got by one {@link GenerationFetch} that all who need it join in the {@link TokenStore}.
 */
@ApplicationScoped
public class TokenService {

    private final TokenStore store;
    private final Authorizer authorizer;
    private final TokenTelemetry meter;
    private final Clock clock;
    private final Executor fetches;

    private final AtomicReference<TokenState> state = new AtomicReference<>(TokenState.FIRST);

    @Inject
    TokenService(TokenStore store, Authorizer authorizer, TokenTelemetry meter, Clock clock, Vertx vertx) {
        this(store, authorizer, meter, clock, new OwnContexts(vertx));
    }

    /** @param fetches runs an authorize, outside of the context of any request */
    TokenService(TokenStore store, Authorizer authorizer, TokenTelemetry meter, Clock clock, Executor fetches) {
        this.store = store;
        this.authorizer = authorizer;
        this.meter = meter;
        this.clock = clock;
        this.fetches = fetches;
    }

    // ---- what callers ask -------------------------------------------------------------------------------------------

    /**
     * The token to send now. At once when one is held; else it waits for the one fetch. Fails with a {@link GatewayException}
     * of the outcome {@code not_processed}. A subscriber may leave at any time; the fetch goes on.
     */
    public Uni<AccessToken> current() {
        return Uni.createFrom().deferred(this::heldOrFetched);
    }

    /** The token to send at once, if one is held; never waits, fetches nothing. */
    public Optional<AccessToken> held() {
        return store.held(state.get().generation()).filter(token -> token.isUsableAt(clock.instant()));
    }

    /** The failure of calls that need a new token now, with the time until one may succeed; empty if there is no backoff. */
    public Optional<GatewayException> standingFailure() {
        return state.get().failureAt(clock.instant());
    }

    /**
     * Whether Deepvue refused the account when a token was last asked for, or refused one new token after another. Unlike an outage that
     * does not pass by itself, so it holds beyond the end of the backoff, until a token comes.
     */
    public boolean isAccountRefused() {
        return state.get()
                .backoff()
                .because()
                .filter(failure -> failure.kind() == ProblemKind.UPSTREAM_CREDENTIALS_REFUSED)
                .isPresent();
    }

    // ---- what callers have seen -------------------------------------------------------------------------------------

    /** Records that the upstream took that token: a later refusal of it is its end, not a fault of the account. */
    public void markAccepted(AccessToken token) {
        if (state.get().proof().accepted() < token.generation()) {
            state.updateAndGet(current -> current.afterAcceptance(token.generation()));
        }
    }

    /**
     * Discards that token, which the upstream refused, and no newer one.
     *
     * <p>When tokens are refused that never worked, one after the other, a new one will not help: from the second on the next
     * authorize waits for the end of a backoff that grows from 1 s to 30 s.
     */
    public void discard(AccessToken refused) {
        long generation = refused.generation();
        Instant now = clock.instant();
        TokenState before = state.getAndUpdate(current -> current.afterRefusal(generation, now));
        if (before.generation() == generation) {
            store.drop(generation);
            meter.recordRefusal(
                    refused,
                    before.proof()
                            .afterRefusal(generation)
                            .backoff(now)
                            .map(AuthorizeBackoff::length)
                            .orElse(Duration.ZERO));
        }
    }

    /** The same where the refusal may be one of the operation: it says nothing of the next token, and no backoff follows. */
    public void discardWithoutBackoff(AccessToken refused) {
        if (skip(refused.generation())) {
            meter.recordRefusal(refused, Duration.ZERO);
        }
    }

    // ---- held, fetched, renewed -------------------------------------------------------------------------------------

    private Uni<AccessToken> heldOrFetched() {
        TokenState current = state.get();
        Instant now = clock.instant();
        Optional<AccessToken> held = store.held(current.generation());
        if (held.isEmpty()) {
            return current.failureAt(now)
                    .map(failure -> Uni.createFrom().<AccessToken>failure(failure))
                    .orElseGet(() -> fetch(current.generation()));
        }
        AccessToken token = held.get();
        if (!token.isUsableAt(now)) {
            skip(token.generation());
            return heldOrFetched();
        }
        if (token.isRenewalDueAt(now)) {
            renewInBackground(token.generation(), now);
        }
        return Uni.createFrom().item(token);
    }

    /** @return whether that token had served until now */
    private boolean skip(long ended) {
        TokenState before = state.getAndUpdate(current -> current.skip(ended));
        boolean hadServed = before.generation() == ended;
        if (hadServed) {
            store.drop(ended);
        }
        return hadServed;
    }

    private Uni<AccessToken> fetch(long generation) {
        return load(generation).onFailure(GenerationFetch.Superseded.class).recoverWithUni(this::heldOrFetched);
    }

    private void renewInBackground(long old, Instant now) {
        TokenState before = state.getAndUpdate(current -> current.startRenewal(old, now));
        if (before.startRenewal(old, now) != before) {
            load(old + 1)
                    .subscribe()
                    .with(renewed -> skip(old), failure -> state.updateAndGet(current -> current.stopRenewal(old)));
        }
    }

    private Uni<AccessToken> load(long generation) {
        return store.load(generation, new GenerationFetch(generation, state, authorizer, meter, clock, fetches));
    }
}
