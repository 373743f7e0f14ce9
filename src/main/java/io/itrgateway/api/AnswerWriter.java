package io.itrgateway.api;

import io.itrgateway.idempotency.KeptAnswer;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

/**
 * Writes the body of an answer as it is. A long one is written as fast as the caller reads, so that it is not copied as a whole for each
 * caller.
 */
@Provider
@Produces(MediaType.APPLICATION_JSON)
public class AnswerWriter implements ServerMessageBodyWriter<KeptAnswer> {

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
        if (BackpressuredBodyWriter.isShort(body)) {
            context.serverResponse().end(body);
            return;
        }
        var request = (ResteasyReactiveRequestContext) context;
        request.suspend();
        BackpressuredBodyWriter.write(body, request.unwrap(RoutingContext.class), request::resume);
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
}
