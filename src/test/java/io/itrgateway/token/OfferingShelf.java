package io.itrgateway.token;

import io.itrgateway.secret.Secret;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiFunction;

/** A shelf that others put things on, too: what they have fetched, and what they have met. */
final class OfferingShelf implements TokenStore {

    private final TokenStore shelf;
    private BiFunction<Long, TokenFetch, Uni<AccessToken>> others = OfferingShelf::nothing;
    private TokenFetch last;

    OfferingShelf(TokenStore shelf) {
        this.shelf = shelf;
    }

    private static Uni<AccessToken> nothing(long generation, TokenFetch flight) {
        return flight.fetch();
    }

    /** Another has fetched a token with that life. */
    void offers(String value, Instant issuedAt, Instant expiresAt) {
        others = (generation, flight) -> {
            var found = new AccessToken(Secret.of(value), generation, issuedAt, expiresAt);
            return flight.adopts(found) ? Uni.createFrom().item(found) : flight.fetch();
        };
    }

    /** Another has been failed. */
    void warns(AuthorizeFailure setback) {
        others = (generation, flight) -> Uni.createFrom().failure(flight.shares(setback));
    }

    /** The others have nothing more to say. */
    void isAlone() {
        others = OfferingShelf::nothing;
    }

    /** What the last flight has to say to others. */
    Optional<AuthorizeFailure> setback() {
        return last.setback();
    }

    @Override
    public Optional<AccessToken> held(long generation) {
        return shelf.held(generation);
    }

    @Override
    public Uni<AccessToken> load(long generation, TokenFetch flight) {
        last = flight;
        return shelf.load(generation, () -> others.apply(generation, flight));
    }

    @Override
    public void drop(long generation) {
        shelf.drop(generation);
    }
}
