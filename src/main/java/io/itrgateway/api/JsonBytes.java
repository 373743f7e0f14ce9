package io.itrgateway.api;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.NotSupportedException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.Provider;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;

/**
 * Tells the build that JSON can be read: the methods of the resources read it as bytes. Without a reader and a writer for JSON (the writer is
 * {@link AnswerWriter}), and without an extension that brings them, Quarkus warns of every such method. It reads this type only, which no method has.
 */
@Provider
@Consumes(MediaType.APPLICATION_JSON)
public final class JsonBytes implements MessageBodyReader<JsonBytes> {

    @Override
    public boolean isReadable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return false;
    }

    @Override
    public JsonBytes readFrom(
            Class<JsonBytes> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, String> headers,
            InputStream body) {
        throw new NotSupportedException();
    }
}
