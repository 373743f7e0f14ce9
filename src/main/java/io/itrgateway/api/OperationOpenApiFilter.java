package io.itrgateway.api;

import io.itrgateway.idempotency.KeptAnswer;
import io.itrgateway.operation.Field;
import io.itrgateway.operation.Field.Syntax;
import io.itrgateway.operation.Operation;
import io.itrgateway.operation.Operation.Method;
import io.itrgateway.operation.Operations;
import io.itrgateway.problem.ProblemOpenApiFilter;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import jakarta.ws.rs.core.MediaType;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.parameters.Parameter.In;
import org.eclipse.microprofile.openapi.models.parameters.RequestBody;

/** Writes the operations of the catalogue into the OpenAPI document. Runs while the application is built, before the failures are added. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD, priority = 10)
public class OperationOpenApiFilter implements OASFilter {

    /** The place of the operation in the catalogue, for those who show them in that order. */
    private static final String ORDER = "x-order";

    @Override
    public void filterOpenAPI(OpenAPI document) {
        if (document.getComponents() == null) {
            document.setComponents(OASFactory.createComponents());
        }
        OpenApiAnswers.addTo(document.getComponents());
        // What the methods return is written as it is, and is no part of what callers see.
        document.getComponents().removeSchema(KeptAnswer.class.getSimpleName());
        for (Operation operation : Operations.ALL) {
            if (operation.method() == Method.POST) {
                document.getComponents().addSchema(requestName(operation), requestSchema(operation));
            }
            var item = document.getPaths().getPathItem(operation.path());
            describe(operation, operation.method() == Method.POST ? item.getPOST() : item.getGET());
        }
    }

    private static void describe(Operation operation, org.eclipse.microprofile.openapi.models.Operation shown) {
        shown.setOperationId(camelCase(operation.name()));
        shown.setSummary(operation.summary());
        shown.setDescription(operation.description()
                + " The request and the body of a success are Deepvue's own; every failure is a problem document whose `outcome` says"
                + " what became of the call.");
        shown.addExtension(ProblemOpenApiFilter.EFFECT, operation.effect().name());
        shown.addExtension(ORDER, Operations.ALL.indexOf(operation));
        shown.setSecurity(List.of(
                OASFactory.createSecurityRequirement().addScheme("apiKey"),
                OASFactory.createSecurityRequirement().addScheme("bearer")));
        shown.setParameters(null);
        shown.addParameter(requestId());
        shown.addParameter(prefer());
        if (operation.method() == Method.POST) {
            shown.addParameter(idempotencyKey(operation));
            shown.setRequestBody(body(operation));
        } else {
            operation.fields().forEach(field -> shown.addParameter(query(field)));
        }
        shown.setResponses(OpenApiAnswers.responsesOf(operation));
    }

    /** create-client becomes createClient, 26as-download become fetch26asDownload: names of methods do not begin with a digit. */
    private static String camelCase(String name) {
        String[] words = name.split("-");
        String first = Character.isDigit(words[0].charAt(0)) ? "fetch" + words[0] : words[0];
        return first
                + Arrays.stream(words)
                        .skip(1)
                        .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
                        .collect(Collectors.joining());
    }

    // ---- requests ---------------------------------------------------------------------------------------------------

    private static Parameter requestId() {
        return header(
                "X-Request-Id",
                "The caller's own id of the request, 1 to 128 visible ASCII characters.",
                text(1, 128).addExample("order-4711-try-1"));
    }

    private static Parameter prefer() {
        return header(
                CallPipeline.PREFER,
                "`wait=N`: how many seconds the caller will wait in total (RFC 7240).",
                OASFactory.createSchema().addType(SchemaType.STRING).addExample("wait=10"));
    }

    private static Parameter idempotencyKey(Operation operation) {
        String released = operation.effect().isRepeatable()
                ? "An outcome of `not_processed` or `unknown` releases the key, and so does an answer that is still pending; any other 200"
                        + " and `rejected` are kept."
                : "Only an outcome of `not_processed` and an answer that is still pending release the key; any other 200, `rejected` and"
                        + " `unknown` are kept, so that the same key never registers twice. Without Redis a restart of the service"
                        + " loses the keys.";
        return header(
                CallPipeline.IDEMPOTENCY_KEY,
                "Makes the call safe to repeat: 1 to 255 characters of your own, such as a UUID, bare or between quotation marks, which do not count."
                        + " The same key and payload"
                        + " get the same answer for 24 hours; another payload gets 422 `idempotency-key-reused`. "
                        + released,
                text(1, 257) // with the quotes
                        .addExample("9c0d1c9e-3f5c-4a6e-9a51-8d1f6f0a7b42"));
    }

    private static Parameter header(String name, String description, Schema schema) {
        return OASFactory.createParameter()
                .in(In.HEADER)
                .name(name)
                .description(description)
                .schema(schema);
    }

    private static Parameter query(Field field) {
        return OASFactory.createParameter()
                .in(In.QUERY)
                .name(field.name())
                .required(true)
                .description(field.description())
                .schema(schema(field));
    }

    private static RequestBody body(Operation operation) {
        return OASFactory.createRequestBody()
                .required(true)
                .description("All fields are required, and no others are accepted.")
                .content(OASFactory.createContent()
                        .addMediaType(
                                MediaType.APPLICATION_JSON,
                                OASFactory.createMediaType().schema(OpenApiAnswers.ref(requestName(operation)))));
    }

    private static String requestName(Operation operation) {
        String name = camelCase(operation.name());
        return Character.toUpperCase(name.charAt(0)) + name.substring(1) + "Request";
    }

    private static Schema requestSchema(Operation operation) {
        Schema schema = OASFactory.createSchema()
                .addType(SchemaType.OBJECT)
                .required(operation.fields().stream().map(Field::name).toList())
                .additionalPropertiesSchema(OASFactory.createSchema().booleanSchema(false));
        operation
                .fields()
                .forEach(field -> schema.addProperty(field.name(), schema(field).description(field.description())));
        return schema;
    }

    private static Schema schema(Field field) {
        Schema schema = text(field.leastChars(), field.mostChars())
                .pattern(field.syntax() == Syntax.VISIBLE ? "^\\S+$" : "\\S")
                .addExample(field.example());
        return field.syntax() == Syntax.PASSWORD ? schema.format("password") : schema;
    }

    private static Schema text(int leastChars, int mostChars) {
        return OASFactory.createSchema()
                .addType(SchemaType.STRING)
                .minLength(leastChars)
                .maxLength(mostChars);
    }
}
