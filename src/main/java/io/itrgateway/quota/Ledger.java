package io.itrgateway.quota;

import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Optional;

/**
 * Port: the book of the calls that the plan has paid for. Safe for any thread.
 *
 * <p>A booked call counts from its booking on, and leaves a window only when the window's length has passed since it was
 * <em>sent</em>. So a call that takes long to get its connection cannot slip into a window that had no place for it.
 */
interface Ledger {

    /** Whether there is nothing to book: every call may go, and none need be booked. */
    default boolean isUnlimited() {
        return false;
    }

    /** Books one call now, in every window or in none. */
    Uni<Admission> book();

    /** A booked call is being written to its connection now. */
    void sent();

    /** A booked call will never be sent; its place is free again. */
    void unsent();

    /**
     * Nanoseconds until the n-th call from now could go, if all before it go as soon as they may; 0 for at once. The next is the
     * first. Never waits: it answers from what is known here.
     */
    long delayNanos(int nth);

    /** What is left in each window, in the order of the plan's windows. */
    List<Left> left();

    /** How the book is shared with others; empty if it is not. */
    default Optional<Sharing> sharing() {
        return Optional.empty();
    }

    /** Nothing more will be booked here. */
    default void leave() {}

    /**
     * What is left in a window.
     *
     * @param calls that may still go, at least 0
     * @param nanosToMore until the oldest call leaves the window; its whole length if none is in it
     */
    record Left(Window window, int calls, long nanosToMore) {}
}
