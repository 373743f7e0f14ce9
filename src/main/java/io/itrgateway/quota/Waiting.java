package io.itrgateway.quota;

/** A call in the queue. Small, since there may be ten thousand: no thread, no timer, no stack of its own. */
abstract class Waiting {

    final String caller;
    /** {@link Timekeeper#nanos()} of its arrival, and of the end of its patience. */
    final long since;

    final long deadline;
    /** Order of arrival. */
    final long number;

    boolean inQueue;

    Waiting(String caller, long since, long deadline, long number) {
        this.caller = caller;
        this.since = since;
        this.deadline = deadline;
        this.number = number;
    }
}
