package io.itrgateway.token;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import java.time.Instant;

/**
 * Which token serves, and what stands against asking for another. One value, changed by compare-and-set as a whole: a reader that
 * sees that a token was passed over also sees the pause that came with it.
 *
 * @param generation the token that serves, or is to be fetched
 * @param proven the newest generation that the upstream has taken
 * @param refusedUnproven tokens in a row that were refused and had never been taken
 */
record TokenState(long generation, long proven, int refusedUnproven, AuthorizeBackoff pause) {

    static final TokenState FIRST = new TokenState(1, 0, 0, AuthorizeBackoff.NONE);

    /** The next generation serves, if that one does now. */
    TokenState passedOver(long passed) {
        return generation == passed ? new TokenState(generation + 1, proven, refusedUnproven, pause) : this;
    }

    /**
     * The same after the upstream has refused it. A token that had worked is replaced at once, and so is the first that never did;
     * from the second on there is a pause, since a new one will not help.
     */
    TokenState refused(long refused, Instant now) {
        if (generation != refused) {
            return this;
        }
        int inARow = proven >= refused ? 0 : refusedUnproven + 1;
        var next = inARow > 1
                ? AuthorizeBackoff.of(inARow - 1, GatewayException.of(ProblemKind.UPSTREAM_CREDENTIALS_REFUSED), now)
                : pause;
        return new TokenState(generation + 1, proven, inARow, next);
    }

    TokenState accepted(long taken) {
        return proven >= taken ? this : new TokenState(generation, taken, 0, pause);
    }

    TokenState with(AuthorizeBackoff next) {
        return new TokenState(generation, proven, refusedUnproven, next);
    }
}
