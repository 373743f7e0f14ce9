package io.itrgateway.token;

import io.itrgateway.secret.Secret;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiFunction;

/** A token store that other replicas write to as well: tokens and failures. */
final class OfferingTokenStore implements TokenStore {

    private final TokenStore store;
    private BiFunction<Long, TokenFetch, Uni<AccessToken>> others = OfferingTokenStore::nothing;
    private TokenFetch last;

    OfferingTokenStore(TokenStore store) {
        this.store = store;
    }

    private static Uni<AccessToken> nothing(long generation, TokenFetch flight) {
        return flight.fetch();
    }

    /** Another replica has fetched a token with that life. */
    void offers(String value, Instant issuedAt, Instant expiresAt) {
        others = (generation, flight) -> {
            var found = new AccessToken(Secret.of(value), generation, issuedAt, expiresAt);
            return flight.tryAdopt(found) ? Uni.createFrom().item(found) : flight.fetch();
        };
    }

    /** Another replica has failed. */
    void warns(AuthorizeFailure setback) {
        others = (generation, flight) -> Uni.createFrom().failure(flight.adoptFailure(setback));
    }

    /** The other replicas offer nothing. */
    void offersNothing() {
        others = OfferingTokenStore::nothing;
    }

    /** The failure that the last fetch shares with others. */
    Optional<AuthorizeFailure> setback() {
        return last.failure();
    }

    @Override
    public Optional<AccessToken> held(long generation) {
        return store.held(generation);
    }

    @Override
    public Uni<AccessToken> load(long generation, TokenFetch flight) {
        last = flight;
        return store.load(generation, () -> others.apply(generation, flight));
    }

    @Override
    public void drop(long generation) {
        store.drop(generation);
    }
}
