package io.itrgateway.fairness;

/** What may run on an event loop, where the calls of all callers wait meanwhile. */
public final class EventLoopWork {

    /**
     * Longest body that an event loop parses, encrypts, digests or writes at once; a longer one goes to a worker thread, or is written in parts. It
     * takes well below a millisecond, about as long as two changes of thread, so that a worker would not answer sooner.
     */
    public static final int LONGEST_BYTES = 64 * 1024;

    private EventLoopWork() {}
}
