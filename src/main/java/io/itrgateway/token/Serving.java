package io.itrgateway.token;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import java.time.Instant;

/**
 * Which token serves, and what stands against asking for another. One value, changed by compare-and-set as a whole: whoever sees
 * that a token was passed over sees the pause that came with it.
 *
 * @param generation the token that serves, or is to be fetched
 * @param proven the newest generation that the upstream has taken
 * @param refusedUnproven tokens in a row that were refused and had never been taken
 */
record Serving(long generation, long proven, int refusedUnproven, Pause pause) {

    static final Serving FIRST = new Serving(1, 0, 0, Pause.NONE);

    /** The next generation serves, if that one does now. */
    Serving passedOver(long passed) {
        return generation == passed ? new Serving(generation + 1, proven, refusedUnproven, pause) : this;
    }

    /**
     * The same after the upstream has refused it. A token that had worked is replaced at once, and so is the first that never did;
     * from the second on there is a pause, since a new one will not help.
     */
    Serving refused(long refused, Instant now) {
        if (generation != refused) {
            return this;
        }
        int inARow = proven >= refused ? 0 : refusedUnproven + 1;
        var next = inARow > 1
                ? Pause.of(inARow - 1, GatewayException.of(ProblemKind.UPSTREAM_CREDENTIALS_REFUSED), now)
                : pause;
        return new Serving(generation + 1, proven, inARow, next);
    }

    Serving accepted(long taken) {
        return proven >= taken ? this : new Serving(generation, taken, 0, pause);
    }

    Serving with(Pause next) {
        return new Serving(generation, proven, refusedUnproven, next);
    }
}
