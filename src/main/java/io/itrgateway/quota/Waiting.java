package io.itrgateway.quota;

import io.itrgateway.problem.Effect;

/** A call in the queue. Small, since there may be ten thousand: no thread, no timer, no stack of its own. */
abstract class Waiting {

    final String caller;
    final Effect effect;
    /** {@link Timekeeper#nanos()} of its arrival, and of the end of its patience. */
    final long since;

    final long deadline;
    /** Order of arrival. */
    final long number;

    boolean inQueue;

    Waiting(String caller, Effect effect, long since, long deadline, long number) {
        this.caller = caller;
        this.effect = effect;
        this.since = since;
        this.deadline = deadline;
        this.number = number;
    }
}
