package io.itrgateway.fairness;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An action that runs at most once, however often it is called. What is taken for a request is given back when the request ends, and its end may be
 * reported twice: Mutiny runs an action of {@code onTermination} again if what has ended is cancelled, and Vert.x has several ends for a
 * response that fails.
 */
public final class Once implements Runnable {

    private final Runnable action;
    private final AtomicBoolean hasRun = new AtomicBoolean();

    public Once(Runnable action) {
        this.action = action;
    }

    @Override
    public void run() {
        if (hasRun.compareAndSet(false, true)) {
            action.run();
        }
    }
}
