package io.itrgateway.token.redis;

import java.time.Duration;

/**
 * How long a replica that needs the token waits for the one that fetches it.
 *
 * @param life of the lease, which is renewed while the fetch runs: how much a replica that dies while it fetches delays the others
 * @param longestFetch after which a fetch by another replica is no longer waited for, although its lease is still renewed
 */
record LeaseTimes(Duration life, Duration longestFetch) {

    private static final Duration LONGEST_LIFE = Duration.ofSeconds(3);
    private static final Duration SPARE = Duration.ofSeconds(1);

    /**
     * @param answerTimeout of an authorize
     * @param longestTurn how long an authorize may wait for its turn in the plan before
     */
    static LeaseTimes of(Duration answerTimeout, Duration longestTurn) {
        return new LeaseTimes(
                answerTimeout.compareTo(LONGEST_LIFE) < 0 ? answerTimeout : LONGEST_LIFE,
                answerTimeout.plus(longestTurn).plus(SPARE));
    }

    /** Two renewals may be lost before the lease is. */
    Duration betweenRenewals() {
        return life.dividedBy(3);
    }
}
