package io.itrgateway.api;

import io.itrgateway.edge.RequestEnd;
import io.itrgateway.fairness.EventLoopWork;
import io.itrgateway.problem.ProblemMapper;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The body of one answer while it is written, as fast as its caller reads. A caller that reads too slowly is cut off
 * ({@link #isTooSlow}), since the body takes memory that other calls need. On the Vert.x context of the request.
 */
final class BackpressuredBodyWriter {

    /** Written even where the caller takes nothing: the head goes out, and what waits here shows the edge that the caller does not read. */
    private static final int FIRST_BYTES = 1024;

    private static final Duration PERIOD = Duration.ofSeconds(30);
    private static final int LEAST_BYTES_A_PERIOD = 1024 * 1024;

    private static final long NO_TIMER = -1;

    private final byte[] body;
    private final RoutingContext context;
    private final HttpServerResponse response;
    private final Runnable whenOver;
    private final AtomicBoolean over = new AtomicBoolean();
    private int written;
    private int writtenBefore;
    private boolean isWriting;
    private volatile long timer = NO_TIMER;

    private BackpressuredBodyWriter(byte[] body, RoutingContext context, Runnable whenOver) {
        this.body = body;
        this.context = context;
        this.response = context.response();
        this.whenOver = whenOver;
    }

    /** Whether it can be written at once, whether or not the caller reads. */
    static boolean isShort(byte[] body) {
        return body.length <= EventLoopWork.LONGEST_BYTES;
    }

    /**
     * Whether a caller has taken less in one period than it should have: a MiB, or what was left.
     *
     * @param before how much of the body had been written when the period began
     * @param now and when it ended
     */
    static boolean isTooSlow(int before, int now, int length) {
        return now - before < Math.min(LEAST_BYTES_A_PERIOD, length - before);
    }

    /** @param whenOver runs when the last of it has been written, the caller has gone, or the answer has been cut off */
    static void write(byte[] body, RoutingContext context, Runnable whenOver) {
        write(body, context, PERIOD, whenOver);
    }

    static void write(byte[] body, RoutingContext context, Duration period, Runnable whenOver) {
        new BackpressuredBodyWriter(body, context, whenOver).begin(period);
    }

    private void begin(Duration period) {
        RequestEnd.then(context, this::end);
        if (over.get()) {
            return;
        }
        response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length));
        response.drainHandler(drained -> writeOn());
        isWriting = true;
        write(FIRST_BYTES);
        isWriting = false;
        writeOn();
        if (written < body.length && !over.get()) {
            writtenBefore = written;
            timer = context.vertx().setPeriodic(period.toMillis(), over -> checkPace());
        }
    }

    private void checkPace() {
        if (isTooSlow(writtenBefore, written, body.length)) {
            ProblemMapper.cutOff(context.request());
        }
        writtenBefore = written;
    }

    /** Called, too, while a part is being written, or the next one is due. */
    private void writeOn() {
        if (!isWriting) {
            isWriting = true;
            writeParts();
        }
    }

    /** One in each task of the event loop: with TLS, a part that leaves no room for another says so in a task of its own. */
    private void writeParts() {
        if (over.get()) {
            return;
        }
        if (written == body.length) {
            response.end();
        } else if (response.writeQueueFull()) {
            isWriting = false;
        } else {
            write(EventLoopWork.LONGEST_BYTES);
            context.vertx().runOnContext(next -> writeParts());
        }
    }

    private void write(int mostBytes) {
        int part = Math.min(mostBytes, body.length - written);
        response.write(Buffer.buffer(part).appendBytes(body, written, part));
        written += part;
    }

    private void end() {
        if (over.compareAndSet(false, true)) {
            if (timer != NO_TIMER) {
                context.vertx().cancelTimer(timer);
            }
            whenOver.run();
        }
    }
}
