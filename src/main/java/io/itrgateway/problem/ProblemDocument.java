package io.itrgateway.problem;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/**
 * Writes the failures into the OpenAPI document: every kind, with an example that is made by the code that answers. Runs while the
 * application is built.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ProblemDocument implements OASFilter {

    private static final String OPERATIONS = "/v1/";
    private static final String SCHEMA = "Problem";
    private static final String EXAMPLE_ID = "01JD8Z5E4T9Q3N6V2X7W1K0ABC";

    @Override
    public void filterOpenAPI(OpenAPI document) {
        if (document.getComponents() == null) {
            document.setComponents(OASFactory.createComponents());
        }
        document.getComponents().addSchema(SCHEMA, schema());
        document.getPaths().getPathItems().forEach((path, item) -> {
            if (path.startsWith(OPERATIONS)) {
                item.getOperations().values().forEach(operation -> describe(operation, path));
            }
        });
    }

    private static void describe(Operation operation, String path) {
        operation.getResponses().getAPIResponses().values().forEach(success -> {
            addCommonHeaders(success);
            addReplayedHeader(success);
        });
        Map<Integer, List<ProblemKind>> byStatus = Arrays.stream(ProblemKind.values())
                .collect(Collectors.groupingBy(ProblemKind::status, TreeMap::new, Collectors.toList()));
        byStatus.forEach((status, kinds) ->
                operation.getResponses().addAPIResponse(Integer.toString(status), response(kinds, path)));
    }

    private static APIResponse response(List<ProblemKind> kinds, String path) {
        var media =
                OASFactory.createMediaType().schema(OASFactory.createSchema().ref("#/components/schemas/" + SCHEMA));
        for (ProblemKind kind : kinds) {
            media.addExample(
                    kind.code(),
                    OASFactory.createExample().summary(kind.title()).value(example(kind, path)));
        }
        Content content = OASFactory.createContent().addMediaType(Problem.MEDIA_TYPE, media);
        var response = OASFactory.createAPIResponse()
                .description(kinds.stream()
                        .map(kind -> "`%s` (outcome `%s`): %s"
                                .formatted(kind.code(), kind.outcome().wireName(), kind.advice()))
                        .collect(Collectors.joining("\n\n")))
                .content(content);
        addCommonHeaders(response);
        if (kinds.stream().anyMatch(kind -> kind.outcome() == Outcome.REJECTED)) {
            addReplayedHeader(response);
        }
        addOwnHeaders(response, kinds.get(0));
        return response;
    }

    private static void addCommonHeaders(APIResponse response) {
        response.addHeader("X-Request-Id", header("The caller's own id if it was fit, else a new one.", EXAMPLE_ID));
        response.addHeader("Cache-Control", header("Always no-store.", "no-store"));
        response.addHeader(
                "RateLimit-Policy",
                header(
                        "With a plan set, to known callers: the plan's windows.",
                        "\"second\";q=17;w=1, \"minute\";q=1000;w=60, \"day\";q=50000;w=86400"));
        response.addHeader(
                "RateLimit",
                header(
                        "With a plan set, to known callers: the window that binds, the calls left in it, and the seconds until"
                                + " there are more.",
                        "\"minute\";r=412;t=31"));
    }

    private static void addReplayedHeader(APIResponse response) {
        response.addHeader(
                "Idempotency-Replayed",
                header("`true` if this is the answer that an earlier call with the Idempotency-Key got.", "true"));
    }

    private static void addOwnHeaders(APIResponse response, ProblemKind kind) {
        if (kind.hasRetryAfter()) {
            response.addHeader("Retry-After", header("Whole seconds until a retry makes sense.", 7));
        }
        if (kind == ProblemKind.UNAUTHENTICATED) {
            response.addHeader(
                    "WWW-Authenticate", header("How to prove who is calling.", ProblemMapper.CALLERS_CHALLENGE));
        }
        if (kind == ProblemKind.METHOD_NOT_ALLOWED) {
            response.addHeader("Allow", header("The methods that the path has.", "OPTIONS, POST"));
        }
    }

    private static Header header(String description, Object example) {
        var type = example instanceof Integer ? SchemaType.INTEGER : SchemaType.STRING;
        return OASFactory.createHeader()
                .description(description)
                .schema(OASFactory.createSchema().addType(type))
                .example(example);
    }

    private static Object example(ProblemKind kind, String path) {
        var failure = GatewayException.of(kind);
        if (kind == ProblemKind.INVALID_REQUEST || kind == ProblemKind.UPSTREAM_REJECTED_FIELDS) {
            failure = failure.withErrors(List.of(FieldFault.of("password", "must be at least 8 characters long")));
        }
        if (kind == ProblemKind.UPSTREAM_ERROR) {
            failure = failure.withTransactionId(Optional.of("req_1234567890"));
        }
        try {
            return new ObjectMapper().readValue(new Problem(failure, path, EXAMPLE_ID).toJson(), Map.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Schema schema() {
        return OASFactory.createSchema()
                .addType(SchemaType.OBJECT)
                .description("RFC 9457 problem details, with what became of the registration.")
                .required(List.of(
                        "type", "title", "status", "detail", "instance", "code", "outcome", "retryable", "request_id"))
                .addProperty(
                        "type",
                        text("URI reference of the page that explains the code").format("uri-reference"))
                .addProperty("title", text("One line for people, the same for every occurrence"))
                .addProperty(
                        "status",
                        OASFactory.createSchema().addType(SchemaType.INTEGER).description("The HTTP status"))
                .addProperty("detail", text("What is special about this occurrence"))
                .addProperty("instance", text("The path that was called").format("uri-reference"))
                .addProperty("code", text("The name to branch on").enumeration(codes()))
                .addProperty(
                        "outcome",
                        text("What became of the registration: "
                                        + Arrays.stream(Outcome.values())
                                                .map(outcome ->
                                                        "`%s`: %s".formatted(outcome.wireName(), outcome.meaning()))
                                                .collect(Collectors.joining(" ")))
                                .enumeration(Arrays.stream(Outcome.values())
                                        .map(outcome -> (Object) outcome.wireName())
                                        .toList()))
                .addProperty(
                        "retryable",
                        OASFactory.createSchema()
                                .addType(SchemaType.BOOLEAN)
                                .description(
                                        "Whether the same request, unchanged, may succeed later and cannot register twice"))
                .addProperty("request_id", text("The X-Request-Id of the answer"))
                .addProperty("transaction_id", text("The upstream's id of the call, where it gave one"))
                .addProperty(
                        "errors",
                        OASFactory.createSchema()
                                .addType(SchemaType.ARRAY)
                                .description("Faults of single fields")
                                .items(OASFactory.createSchema()
                                        .addType(SchemaType.OBJECT)
                                        .required(List.of("pointer", "detail"))
                                        .addProperty(
                                                "pointer", text("JSON Pointer in a URI fragment, such as #/password"))
                                        .addProperty("detail", text("What is wrong"))));
    }

    private static List<Object> codes() {
        return Arrays.stream(ProblemKind.values())
                .map(ProblemKind::code)
                .distinct()
                .map(Object.class::cast)
                .toList();
    }

    private static Schema text(String description) {
        return OASFactory.createSchema().addType(SchemaType.STRING).description(description);
    }
}
