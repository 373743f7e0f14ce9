package io.itrgateway.upstream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.itrgateway.call.RequestValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes the fields of a request as a JSON object: the one place where a portal password leaves its type. */
final class RequestBodyWriter {

    private static final JsonFactory JSON = new JsonFactory();

    private RequestBodyWriter() {}

    /** The JSON body of a POST, in UTF-8. */
    static byte[] write(RequestValues values) {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            for (var field : values.byName().entrySet()) {
                json.writeStringField(field.getKey(), field.getValue().reveal());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // into memory: it does not happen
        }
        return bytes.toByteArray();
    }
}
