package io.itrgateway.ratelimit;

import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;

/**
 * Port: which calls count against the plan, and whether one more may be sent. Safe for any thread.
 *
 * <p>A reserved call counts from its reservation on, and leaves a window only when the window's length has passed since it was
 * <em>sent</em>. So a call that takes long to get its connection cannot slip into a window that had no room for it.
 */
public interface PermitStore {

    /** Whether every call is admitted, so that none need be reserved, unless calls are held back after an upstream 429 or 503. */
    default boolean isUnlimited() {
        return false;
    }

    /** Whether no call can be admitted, and it is unknown when one can. */
    default boolean admitsNothing() {
        return false;
    }

    /** Reserves one call in every window, or in none. Ends when the call may be sent, or with the time until another attempt makes sense. */
    Uni<Admission> reserve();

    /**
     * Nanoseconds until the n-th call from now could be sent, if all before it are sent as soon as possible; 0 for now. The next is the
     * first. Never waits: it answers from what is known here.
     */
    long delayNanos(int nth);

    /** What is left in each window, in the order of the plan's windows. */
    List<BudgetWindow> remaining();

    /** The back-off after an upstream 429 or 503, as far as it is known here. */
    UpstreamBackoff backoff();

    /** Puts that back-off in force, unless another one has replaced the one that it follows; returns whether it does. */
    boolean replaceBackoff(UpstreamBackoff previous, UpstreamBackoff next);

    /** How the plan is shared with other replicas; empty if it is not. */
    default Optional<BudgetSharing> sharing() {
        return Optional.empty();
    }

    /** Replicas that share the limits, plan or not, when that was last known, this one included; 1 if it never was. */
    default int replicas() {
        return 1;
    }

    /** Calls the listener, on any thread, when calls may be admitted earlier or later than was said. */
    default void onChange(Runnable listener) {}

    /** Nothing more will be reserved here. */
    default void shutDown() {}

    /** A reserved call: ended with exactly one of these. */
    interface Reservation {

        /** Of a call that need not be reserved. */
        Reservation NONE = new Reservation() {
            @Override
            public void markSent() {}

            @Override
            public void release() {}
        };

        /** The call has been sent just now, or earlier. */
        void markSent();

        /** The call will never be sent. */
        void release();
    }
}
