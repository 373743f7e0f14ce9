package io.itrgateway.api;

import io.itrgateway.operation.Member;
import io.itrgateway.operation.Operation;
import io.itrgateway.operation.Operations;
import io.itrgateway.operation.Shape;
import io.itrgateway.problem.Effect;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;

/**
 * The successes of the operations in the OpenAPI document: Deepvue's envelope, and what is known of its member {@code data}.
 *
 * <p>Every object is open and no member of {@code data} is required. A member has a type only where it is text or a list by its nature, and
 * then it may be null, too.
 */
final class OpenApiAnswers {

    private static final String ENVELOPE = "Envelope";

    private OpenApiAnswers() {}

    static void addTo(Components components) {
        components.addSchema(ENVELOPE, envelope());
        for (Operation operation : Operations.ALL) {
            add(operation.data(), components);
            components.addSchema(envelopeOf(operation.data()), envelope(operation));
        }
    }

    static APIResponses responsesOf(Operation operation) {
        return OASFactory.createAPIResponses()
                .addAPIResponse(
                        "200",
                        success(
                                operation,
                                "Done: Deepvue's envelope, with every field as it came.",
                                "success",
                                example(200, "SUCCESS", "Done", operation.data().example())))
                .addAPIResponse(
                        "202",
                        success(
                                operation,
                                "Deepvue is still processing the request: its envelope, with every field as it came. "
                                        + toDoWhilePending(operation.effect()),
                                "pending",
                                example(
                                        202,
                                        "PENDING",
                                        "The request is being processed",
                                        Map.of("status", "pending"))));
    }

    private static String toDoWhilePending(Effect effect) {
        return switch (effect) {
            case REGISTERS, UNDECLARED ->
                "Not stored for an Idempotency-Key: a repeat, with the same key too, is sent to Deepvue and may register twice. If `data` has a"
                        + " client id, continue with it; otherwise ask Deepvue with the `transaction_id` before you repeat the call.";
            case FETCHES -> "Not stored for an Idempotency-Key. Ask again after some seconds.";
            case READS -> "Ask again after some seconds.";
        };
    }

    private static APIResponse success(
            Operation operation, String description, String name, Map<String, Object> example) {
        return OASFactory.createAPIResponse()
                .description(description)
                .content(OASFactory.createContent()
                        .addMediaType(
                                MediaType.APPLICATION_JSON,
                                OASFactory.createMediaType()
                                        .schema(ref(envelopeOf(operation.data())))
                                        .addExample(
                                                name, OASFactory.createExample().value(example))));
    }

    private static Map<String, Object> example(int status, String subCode, String message, Map<String, Object> data) {
        Map<String, Object> envelope = new LinkedHashMap<>();
        envelope.put("code", status);
        envelope.put("timestamp", 1_772_928_000_000L);
        envelope.put("transaction_id", "txn_0123456789");
        envelope.put("sub_code", subCode);
        envelope.put("message", message);
        envelope.put("data", data);
        return envelope;
    }

    // ---- the envelope -----------------------------------------------------------------------------------------------

    /**
     * What is certain of a success is that it is an object with a member {@code data}; it is passed on as it came. So no member has a type: a
     * generated client must not fail to read what the service lets through.
     */
    private static Schema envelope() {
        return OASFactory.createSchema()
                .addType(SchemaType.OBJECT)
                .description(
                        "Deepvue's envelope, passed on as it came. Only the HTTP status indicates success. Members may be added, and none"
                                + " but `data` is certain to be there; the types that their descriptions name are the usual ones.")
                .required(List.of("data"))
                .additionalPropertiesSchema(any())
                .addProperty("code", described("Deepvue's own status; usually an integer, equal to the HTTP status"))
                .addProperty("timestamp", described("Usually an integer: milliseconds since 1970-01-01T00:00:00Z"))
                .addProperty(
                        "transaction_id",
                        described("Deepvue's id of the call, to quote when asking Deepvue about it; usually a string"))
                .addProperty("sub_code", described("Deepvue's detailed status, such as `SUCCESS`; usually a string"))
                .addProperty("message", described("One line for people; usually a string"))
                .addProperty(
                        "data",
                        described("The result, usually an object; it may be null or an array")
                                .additionalPropertiesSchema(any()));
    }

    /** The name of a shape ends in {@code Data}; that of the envelope with it in {@code Envelope}. */
    private static String envelopeOf(Shape data) {
        return data.name().replaceFirst("Data$", ENVELOPE);
    }

    private static Schema envelope(Operation operation) {
        return OASFactory.createSchema()
                .description("Deepvue's envelope with `" + operation.data().name() + "`.")
                .addAllOf(ref(ENVELOPE))
                .addAllOf(OASFactory.createSchema()
                        .addType(SchemaType.OBJECT)
                        .additionalPropertiesSchema(any())
                        .addProperty("data", data(operation)));
    }

    /**
     * A client that cannot read the answer to a registration would register again, so there {@code data} stays open whatever it is, and
     * generated clients leave it to their user to convert it. Of the other operations they read it themselves.
     */
    private static Schema data(Operation operation) {
        Schema known = ref(operation.data().name());
        if (operation.effect() != Effect.REGISTERS) {
            return known;
        }
        return described("Usually an object")
                .ifSchema(OASFactory.createSchema().addType(SchemaType.OBJECT))
                .thenSchema(known);
    }

    // ---- data -------------------------------------------------------------------------------------------------------

    private static void add(Shape shape, Components components) {
        Schema schema = described(shape.description()).additionalPropertiesSchema(any());
        for (Member member : shape.members()) {
            schema.addProperty(member.name(), schema(member));
            if (member.items() != null) {
                add(member.items(), components);
            }
        }
        components.addSchema(shape.name(), schema);
    }

    private static Schema schema(Member member) {
        Schema schema = described(member.description());
        if (member.example() != null) {
            schema.examples(List.of(member.example()));
        }
        return switch (member.kind()) {
            case TEXT -> schema.addType(SchemaType.STRING).addType(SchemaType.NULL);
            case LIST ->
                schema.addType(SchemaType.ARRAY)
                        .addType(SchemaType.NULL)
                        .items(ref(member.items().name()));
            case ANY -> schema;
        };
    }

    private static Schema any() {
        return OASFactory.createSchema().booleanSchema(true);
    }

    static Schema ref(String name) {
        return OASFactory.createSchema().ref("#/components/schemas/" + name);
    }

    private static Schema described(String description) {
        return OASFactory.createSchema().description(description);
    }
}
