package io.itrgateway.problem;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * One occurrence of a failure as the caller reads it: RFC 9457 with the members {@code code}, {@code outcome},
 * {@code retryable}, {@code request_id}, and {@code errors} and {@code transaction_id} where there are any.
 *
 * <p>Written by hand in a fixed order, so that it costs no reflection and no member appears by accident.
 */
record Problem(GatewayException failure, Optional<Effect> effect, String instance, String requestId) {

    static final String MEDIA_TYPE = "application/problem+json";

    private static final JsonFactory JSON = new JsonFactory();

    byte[] toJson() {
        var bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    void write(JsonGenerator json) throws IOException {
        var kind = failure.kind();
        json.writeStartObject();
        json.writeStringField("type", kind.type());
        json.writeStringField("title", kind.title());
        json.writeNumberField("status", kind.status());
        json.writeStringField(
                "detail",
                effect.map(known -> kind.withConsequence(failure.detail(), known))
                        .orElseGet(failure::detail));
        json.writeStringField("instance", instance);
        json.writeStringField("code", kind.code());
        json.writeStringField("outcome", kind.outcome().wireName());
        json.writeBooleanField("retryable", kind.isRetryable(effect.orElse(Effect.REGISTERS)));
        json.writeStringField("request_id", requestId);
        if (failure.transactionId().isPresent()) {
            json.writeStringField("transaction_id", failure.transactionId().get());
        }
        if (!failure.errors().isEmpty()) {
            json.writeArrayFieldStart("errors");
            for (FieldFault fault : failure.errors()) {
                json.writeStartObject();
                json.writeStringField("pointer", fault.pointer());
                json.writeStringField("detail", fault.detail());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }
}
