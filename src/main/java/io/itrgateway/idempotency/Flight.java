package io.itrgateway.idempotency;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A call that runs, and those who wait for its end. Whoever takes a waiter off it ends his waiting; so it ends once. */
final class Flight {

    private final Set<Waiter> waiting = new LinkedHashSet<>();
    private Ending ending;
    private boolean deserted;

    /** @return the ending, for one who comes after it; empty for one who now waits, unless the flight {@link #isDeserted} */
    synchronized Optional<Ending> join(Waiter waiter) {
        if (ending == null && !deserted) {
            waiting.add(waiter);
        }
        return Optional.ofNullable(ending);
    }

    /** Whether nobody can join it. */
    synchronized boolean isDeserted() {
        return deserted;
    }

    /** @return whether it waited until now */
    synchronized boolean leave(Waiter waiter) {
        return waiting.remove(waiter);
    }

    /**
     * Does it if the waiter waits, and so that he cannot leave meanwhile.
     *
     * @return whether he waits
     */
    synchronized boolean whileWaiting(Waiter waiter, Runnable task) {
        boolean waits = waiting.contains(waiter);
        if (waits) {
            task.run();
        }
        return waits;
    }

    /** Before it has landed. @return whether nobody waits; then nobody joins it any more */
    synchronized boolean desert() {
        deserted = waiting.isEmpty();
        return deserted;
    }

    void land(Ending with) {
        landed(with).forEach(waiter -> waiter.end(with));
    }

    private synchronized List<Waiter> landed(Ending with) {
        ending = with;
        List<Waiter> all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }
}
