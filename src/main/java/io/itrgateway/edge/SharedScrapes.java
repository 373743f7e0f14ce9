package io.itrgateway.edge;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;

/**
 * Renders the metrics for all requests that wait for them at once: a rendering takes milliseconds, and no key is needed to ask for one.
 *
 * <p>One rendering runs at a time, and after it none begins for {@value #PAUSE_FACTOR} times as long as it took (a second at the most):
 * a quarter of one thread, however many ask. No answer is older than its request: one that comes during a rendering waits for the next.
 */
final class SharedScrapes {

    private static final int PAUSE_FACTOR = 3;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    private final Vertx vertx;
    private final Callable<byte[]> renderer;
    private Promise<byte[]> next;
    private boolean busy;

    SharedScrapes(Vertx vertx, Callable<byte[]> renderer) {
        this.vertx = vertx;
        this.renderer = renderer;
    }

    /** The result of a rendering that begins after this call; completes on any thread. */
    synchronized Future<byte[]> scrape() {
        if (next == null) {
            next = Promise.promise();
        }
        Future<byte[]> result = next.future();
        if (!busy) {
            busy = true;
            render();
        }
        return result;
    }

    private void render() {
        Promise<byte[]> result = next;
        next = null;
        long startNanos = System.nanoTime();
        vertx.executeBlocking(renderer, false).onComplete(rendered -> {
            long tookMillis = (System.nanoTime() - startNanos) / 1_000_000;
            long pauseMillis = Math.max(1, Math.min(PAUSE_FACTOR * tookMillis, LONGEST_PAUSE_MILLIS));
            vertx.setTimer(pauseMillis, over -> renderNext());
            result.handle(rendered);
        });
    }

    private synchronized void renderNext() {
        busy = next != null;
        if (busy) {
            render();
        }
    }
}
