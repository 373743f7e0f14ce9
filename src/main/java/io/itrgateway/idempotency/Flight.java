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

    /** @return the ending, for one who comes after it; empty for one who now waits */
    synchronized Optional<Ending> join(Waiter waiter) {
        if (ending == null) {
            waiting.add(waiter);
        }
        return Optional.ofNullable(ending);
    }

    /** @return whether it waited until now */
    synchronized boolean leave(Waiter waiter) {
        return waiting.remove(waiter);
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
