package io.itrgateway.token;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import java.time.Instant;
import java.util.Optional;

/**
 * Which token serves, and whether another may be asked for. Immutable, and replaced as a whole by compare-and-set ({@link TokenService}): a
 * reader that sees that a token was refused also sees the backoff that came with it.
 */
sealed interface TokenState {

    TokenState FIRST = new Serving(1, Proof.NONE);

    /** No authorize has failed since the last one that succeeded. A token that is not held is fetched by the first call that needs it. */
    record Serving(long generation, Proof proof) implements TokenState {

        @Override
        public AuthorizeBackoff backoff() {
            return AuthorizeBackoff.NONE;
        }

        @Override
        public Serving with(Proof next) {
            return new Serving(generation, next);
        }
    }

    /** The token serves while its successor is fetched in the background, once. */
    record Renewing(long generation, Proof proof, AuthorizeBackoff backoff) implements TokenState {

        @Override
        public Renewing with(Proof next) {
            return new Renewing(generation, next, backoff);
        }

        @Override
        public Renewing startRenewal(long old, Instant now) {
            return this;
        }

        @Override
        public TokenState stopRenewal(long old) {
            return generation == old ? TokenState.settled(old, proof, backoff) : this;
        }

        /** Until the renewed token can be had from the store. */
        @Override
        public Renewing afterSuccess() {
            return new Renewing(generation, proof, AuthorizeBackoff.NONE);
        }
    }

    /** The last authorize failed: a token that is held serves on, and the next authorize waits for the end of the backoff. */
    record BackingOff(long generation, Proof proof, AuthorizeBackoff backoff) implements TokenState {

        @Override
        public BackingOff with(Proof next) {
            return new BackingOff(generation, next, backoff);
        }

        @Override
        public Optional<GatewayException> failureAt(Instant now) {
            return backoff.failureAt(now);
        }
    }

    /**
     * What the upstream has made of tokens.
     *
     * @param accepted the newest generation that it has taken
     * @param refusals tokens in a row that it has refused and had never taken
     */
    record Proof(long accepted, int refusals) {

        static final Proof NONE = new Proof(0, 0);

        Proof afterRefusal(long refused) {
            return new Proof(accepted, accepted >= refused ? 0 : refusals + 1);
        }

        /** A new token will not help where the second one in a row was refused. */
        Optional<AuthorizeBackoff> backoff(Instant now) {
            return Optional.of(refusals - 1)
                    .filter(failures -> failures > 0)
                    .map(failures -> AuthorizeBackoff.of(
                            failures, GatewayException.of(ProblemKind.UPSTREAM_CREDENTIALS_REFUSED), now));
        }
    }

    /** The token that serves, or is to be fetched. */
    long generation();

    Proof proof();

    /** Of the last authorize; it may be over, and then counts the failures in a row. */
    AuthorizeBackoff backoff();

    /** The same state with another proof. */
    TokenState with(Proof next);

    /** Why no authorize may be made now; empty if one may. */
    default Optional<GatewayException> failureAt(Instant now) {
        return Optional.empty();
    }

    // ---- what follows -----------------------------------------------------------------------------------------------

    /** The next generation serves, if that one does now. */
    default TokenState skip(long expired) {
        return generation() == expired ? settled(expired + 1, proof(), backoff()) : this;
    }

    /**
     * The same after the upstream has refused the token. One that had worked is replaced at once, and so is the first that never did;
     * from the second on there is a backoff.
     */
    default TokenState afterRefusal(long refused, Instant now) {
        if (generation() != refused) {
            return this;
        }
        Proof next = proof().afterRefusal(refused);
        return settled(refused + 1, next, next.backoff(now).orElse(backoff()));
    }

    default TokenState afterAcceptance(long accepted) {
        return proof().accepted() >= accepted ? this : with(new Proof(accepted, 0));
    }

    /** The same state where that token is not to be renewed now: it no longer serves, or the last authorize has just failed. */
    default TokenState startRenewal(long old, Instant now) {
        return generation() == old && failureAt(now).isEmpty() ? new Renewing(old, proof(), backoff()) : this;
    }

    /** The renewal of that token has ended without another. */
    default TokenState stopRenewal(long old) {
        return this;
    }

    /** A token has come. */
    default TokenState afterSuccess() {
        return new Serving(generation(), proof());
    }

    default TokenState afterFailure(AuthorizeBackoff next) {
        return new BackingOff(generation(), proof(), next);
    }

    private static TokenState settled(long generation, Proof proof, AuthorizeBackoff backoff) {
        return backoff == AuthorizeBackoff.NONE
                ? new Serving(generation, proof)
                : new BackingOff(generation, proof, backoff);
    }
}
