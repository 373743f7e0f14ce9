package io.itrgateway.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Measures how long the request that is being read has been arriving. Time in which the service itself does not read is not counted.
 *
 * <p>There is a timer only while a request is incomplete at the end of what has come: most requests come at once and cost none.
 */
final class RequestReadTimeout {

    private final ChannelHandlerContext context;
    private final long longestNanos;
    private final Runnable over;

    private Future<?> timer;
    /** Number of the request that the deadline is for; requests are counted from 1, and 0 is the wait for the first byte. */
    private int request = -1;

    private long deadlineNanos;
    private boolean paused;
    private long pausedSinceNanos;

    /** @param over what to do when the time is over; the clock does not run then */
    RequestReadTimeout(ChannelHandlerContext context, Duration longest, Runnable over) {
        this.context = context;
        this.longestNanos = longest.toNanos();
        this.over = over;
    }

    /** Called whenever a request is incomplete after something of it came, or is expected. */
    void startFor(int number) {
        if (number == request) {
            return;
        }
        stop();
        request = number;
        deadlineNanos = System.nanoTime() + longestNanos;
        start(longestNanos);
    }

    /** Called when the request that came is complete, and when no further request is read. */
    void stop() {
        request = -1;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    /** Called when everything that was there has been read. */
    void readComplete() {
        if (!paused && request > 0 && !context.channel().config().isAutoRead()) {
            paused = true;
            pausedSinceNanos = System.nanoTime();
        }
    }

    /** Called when the service wants to read. */
    void resume() {
        if (!paused) {
            return;
        }
        paused = false;
        if (request > 0) {
            long now = System.nanoTime();
            deadlineNanos += now - pausedSinceNanos;
            if (timer == null) {
                start(deadlineNanos - now);
            }
        }
    }

    private void start(long nanos) {
        timer = context.executor().schedule(this::checkNow, Math.max(nanos, 0), TimeUnit.NANOSECONDS);
    }

    private void checkNow() {
        timer = null;
        if (paused || request < 0) {
            return; // goes on with resume()
        }
        long left = deadlineNanos - System.nanoTime();
        if (left > 0) {
            start(left);
        } else {
            request = -1;
            over.run();
        }
    }
}
