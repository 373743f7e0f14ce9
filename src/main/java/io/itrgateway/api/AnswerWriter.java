package io.itrgateway.api;

import io.itrgateway.idempotency.KeptAnswer;
import io.itrgateway.transport.AnswerMemory;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.inject.Instance;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/**
 * Writes the body of an answer as it is. A long one is written as fast as the caller reads, so that it is not copied as a whole for each
 * caller.
 */
@Provider
public class AnswerWriter implements ServerMessageBodyWriter<KeptAnswer> {

    /** Short enough to be written at once, whether or not the caller reads. */
    private static final int MOST_BYTES_AT_ONCE = 64 * 1024;

    /** Looked up when it is needed: writers are made before the configuration is read. */
    private final Instance<AnswerMemory> memory;

    AnswerWriter(Instance<AnswerMemory> memory) {
        this.memory = memory;
    }

    @Override
    public boolean isWriteable(
            Class<?> type, Type genericType, ResteasyReactiveResourceInfo target, MediaType mediaType) {
        return type == KeptAnswer.class;
    }

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return type == KeptAnswer.class;
    }

    @Override
    public void writeResponse(KeptAnswer answer, Type genericType, ServerRequestContext context) {
        byte[] body = answer.body();
        if (body.length <= MOST_BYTES_AT_ONCE) {
            context.serverResponse().end(body);
            return;
        }
        var request = (ResteasyReactiveRequestContext) context;
        request.suspend();
        var writing = new Writing(body, request);
        memory.get().hold(body);
        writing.begin();
    }

    @Override
    public void writeTo(
            KeptAnswer answer,
            Class<?> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, Object> headers,
            OutputStream out)
            throws IOException {
        out.write(answer.body());
    }

    /** On the Vert.x context of the request. */
    private final class Writing {
        private final byte[] body;
        private final ResteasyReactiveRequestContext request;
        private final HttpServerResponse response;
        private final AtomicBoolean over = new AtomicBoolean();
        private int written;
        private boolean isWriting;

        private Writing(byte[] body, ResteasyReactiveRequestContext request) {
            this.body = body;
            this.request = request;
            this.response = request.unwrap(RoutingContext.class).response();
        }

        private void begin() {
            if (response.closed()) {
                end();
                return;
            }
            request.unwrap(RoutingContext.class).addEndHandler(ended -> end());
            response.putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length));
            response.drainHandler(drained -> writeOn());
            writeOn();
        }

        /** Called, too, in the middle of a write that finds that there is room again. */
        private void writeOn() {
            if (isWriting) {
                return;
            }
            isWriting = true;
            while (written < body.length && !response.writeQueueFull() && !over.get()) {
                int part = Math.min(MOST_BYTES_AT_ONCE, body.length - written);
                response.write(Buffer.buffer(part).appendBytes(body, written, part));
                written += part;
            }
            isWriting = false;
            if (written == body.length && !response.ended() && !over.get()) {
                response.end();
            }
        }

        private void end() {
            if (over.compareAndSet(false, true)) {
                memory.get().release(body);
                request.resume();
            }
        }
    }
}
