package io.itrgateway.api;

import io.itrgateway.problem.ProblemMapper;
import io.itrgateway.transport.AnswerMemory;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The body of one answer while it is written, as fast as its caller reads. A caller that reads too slowly is cut off
 * ({@link #longestTime}), since the body takes memory that other calls need. On the Vert.x context of the request.
 */
final class BackpressuredBodyWriter {

    private static final int MOST_BYTES_AT_ONCE = 64 * 1024;

    /** Written even where the caller takes nothing: the head goes out, and what waits here shows the edge that the caller does not read. */
    private static final int FIRST_BYTES = 1024;

    private static final Duration LONGEST_TIME_OF_ANY = Duration.ofSeconds(30);
    private static final int LEAST_BYTES_PER_SECOND = 128 * 1024;

    private static final long NO_TIMER = -1;

    private final byte[] body;
    private final RoutingContext context;
    private final HttpServerResponse response;
    private final AnswerMemory memory;
    private final Runnable whenOver;
    private final AtomicBoolean over = new AtomicBoolean();
    private int written;
    private boolean isWriting;
    private volatile long timer = NO_TIMER;

    private BackpressuredBodyWriter(byte[] body, RoutingContext context, AnswerMemory memory, Runnable whenOver) {
        this.body = body;
        this.context = context;
        this.response = context.response();
        this.memory = memory;
        this.whenOver = whenOver;
    }

    /** Whether it can be written at once, whether or not the caller reads. */
    static boolean isShort(byte[] body) {
        return body.length <= MOST_BYTES_AT_ONCE;
    }

    /** How long writing a body of that length may take. */
    static Duration longestTime(int bytes) {
        return LONGEST_TIME_OF_ANY.plusSeconds(bytes / LEAST_BYTES_PER_SECOND);
    }

    /** @param whenOver runs when the last of it has been written, the caller has gone, or the answer has been cut off */
    static void write(byte[] body, RoutingContext context, AnswerMemory memory, Runnable whenOver) {
        write(body, context, memory, longestTime(body.length), whenOver);
    }

    static void write(byte[] body, RoutingContext context, AnswerMemory memory, Duration longest, Runnable whenOver) {
        var answer = new BackpressuredBodyWriter(body, context, memory, whenOver);
        memory.hold(body);
        answer.begin(longest);
    }

    private void begin(Duration longest) {
        if (response.closed()) {
            end();
            return;
        }
        context.addEndHandler(ended -> end());
        response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length));
        response.drainHandler(drained -> writeOn());
        isWriting = true;
        write(FIRST_BYTES);
        isWriting = false;
        writeOn();
        if (written < body.length && !over.get()) {
            timer = context.vertx().setTimer(longest.toMillis(), late -> ProblemMapper.cutOff(context.request()));
        }
    }

    /** Called, too, in the middle of a write that finds that there is room again. */
    private void writeOn() {
        if (isWriting) {
            return;
        }
        isWriting = true;
        while (written < body.length && !response.writeQueueFull() && !over.get()) {
            write(MOST_BYTES_AT_ONCE);
        }
        isWriting = false;
        if (written == body.length && !response.ended() && !over.get()) {
            response.end();
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
            memory.release(body);
            whenOver.run();
        }
    }
}
