package io.itrgateway.api;

import io.itrgateway.transport.AnswerMemory;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.atomic.AtomicBoolean;

/** The body of one answer while it is written, as fast as its caller reads. On the Vert.x context of the request. */
final class BackpressuredBodyWriter {

    private static final int MOST_BYTES_AT_ONCE = 64 * 1024;

    /** Written even where the caller takes nothing: the head goes out, and what waits here shows the edge that the caller does not read. */
    private static final int FIRST_BYTES = 1024;

    private final byte[] body;
    private final HttpServerResponse response;
    private final AnswerMemory memory;
    private final Runnable whenOver;
    private final AtomicBoolean over = new AtomicBoolean();
    private int written;
    private boolean isWriting;

    private BackpressuredBodyWriter(byte[] body, HttpServerResponse response, AnswerMemory memory, Runnable whenOver) {
        this.body = body;
        this.response = response;
        this.memory = memory;
        this.whenOver = whenOver;
    }

    /** Whether it can be written at once, whether or not the caller reads. */
    static boolean isShort(byte[] body) {
        return body.length <= MOST_BYTES_AT_ONCE;
    }

    /** @param whenOver runs when the last of it has been written, or the caller has gone */
    static void write(byte[] body, RoutingContext context, AnswerMemory memory, Runnable whenOver) {
        var answer = new BackpressuredBodyWriter(body, context.response(), memory, whenOver);
        memory.hold(body);
        answer.begin(context);
    }

    private void begin(RoutingContext context) {
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
            memory.release(body);
            whenOver.run();
        }
    }
}
