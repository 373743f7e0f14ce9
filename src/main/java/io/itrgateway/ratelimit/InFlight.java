package io.itrgateway.ratelimit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Counts the calls in flight, and says when the last of them has ended after a stop. Not thread-safe. */
final class InFlight {

    private final int most;
    private final CompletableFuture<Void> idle = new CompletableFuture<>();
    private int calls;
    private boolean stopping;

    InFlight(int most) {
        this.most = most;
    }

    int calls() {
        return calls;
    }

    /** Whether there is room for one more, beside so many that are about to start. */
    boolean hasRoom(int starting) {
        return calls + starting < most;
    }

    void begin() {
        calls++;
    }

    void end() {
        calls--;
        completeIfIdle();
    }

    boolean isStopping() {
        return stopping;
    }

    /** No further call is to begin. */
    void stop() {
        stopping = true;
        completeIfIdle();
    }

    private void completeIfIdle() {
        if (stopping && calls == 0) {
            idle.complete(null);
        }
    }

    /** Completes when it was stopped and no call is in flight. */
    CompletionStage<Void> idle() {
        return idle.copy();
    }
}
