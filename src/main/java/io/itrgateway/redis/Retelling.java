package io.itrgateway.redis;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Tells Redis what it did not hear or has lost, a few at a time, so that those who call meanwhile do not wait behind thousands. It begins
 * anew whenever Redis is back, and once a second for as long as anything is unheard.
 */
final class Retelling {

    private static final int MOST_AT_ONCE = 32;

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final BooleanSupplier isUp;
    private final OwnPromises promises;
    private final Function<Promise, Uni<Void>> tell;

    // All of these only under the lock of this object.
    private Deque<Promise> queue = new ArrayDeque<>();
    private int underway;
    private boolean isSet;

    /** @param tell fails if it was not heard */
    Retelling(Vertx vertx, BooleanSupplier isUp, OwnPromises promises, Function<Promise, Uni<Void>> tell) {
        this.vertx = vertx;
        this.isUp = isUp;
        this.promises = promises;
        this.tell = tell;
    }

    /** @param forgot whether Redis has lost what it had heard */
    void back(boolean forgot) {
        if (forgot) {
            promises.lost();
        }
        begin();
    }

    /** Something was not heard, and will be told after a pause if not before. */
    synchronized void missed() {
        if (!isSet) {
            isSet = true;
            vertx.setTimer(PAUSE.toMillis(), over -> pauseIsOver());
        }
    }

    private void pauseIsOver() {
        synchronized (this) {
            isSet = false;
        }
        if (isUp.getAsBoolean()) {
            begin();
        } else if (!promises.unheard().isEmpty()) {
            missed();
        }
    }

    private void begin() {
        var all = new ArrayDeque<>(promises.unheard());
        synchronized (this) {
            queue = all;
        }
        goOn();
    }

    private void goOn() {
        for (Promise next = next(); next != null; next = next()) {
            tell.apply(next).subscribe().with(heard -> ended(), unheard -> {
                stop();
                ended();
            });
        }
    }

    /** @return null for none now */
    private synchronized Promise next() {
        if (underway == MOST_AT_ONCE) {
            return null;
        }
        Promise next = queue.poll();
        while (next != null && promises.left(next).isEmpty()) {
            next = queue.poll();
        }
        if (next != null) {
            underway++;
        }
        return next;
    }

    private void ended() {
        synchronized (this) {
            underway--;
        }
        goOn();
    }

    private synchronized void stop() {
        queue.clear();
        missed();
    }
}
