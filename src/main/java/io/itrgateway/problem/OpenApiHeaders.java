package io.itrgateway.problem;

import java.math.BigDecimal;
import java.util.List;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/**
 * The response headers in the OpenAPI document. A header is required where no such answer goes without it. Those of many responses are
 * described once, under {@code components}.
 */
final class OpenApiHeaders {

    static final String EXAMPLE_ID = "3f0c5a2e-8d1b-4c67-9a40-1b7e6d92f5c8";

    private static final String REQUEST_ID = "X-Request-Id";
    private static final String CACHE_CONTROL = "Cache-Control";
    private static final String POLICY = "RateLimit-Policy";
    private static final String BUDGET = "RateLimit";
    private static final String REPLAYED = "Idempotency-Replayed";
    private static final String RETRY_AFTER = "Retry-After";

    private OpenApiHeaders() {}

    static void addTo(Components components) {
        components.addHeader(
                REQUEST_ID,
                required(header(
                        "The id of the request: the caller's own if it was acceptable, otherwise a new one.",
                        EXAMPLE_ID,
                        text().minLength(1).maxLength(128))));
        components.addHeader(
                CACHE_CONTROL,
                required(header("Always `no-store`.", "no-store", text().enumeration(List.of("no-store")))));
        components.addHeader(
                POLICY,
                header(
                        "With a plan set, to known callers: the windows of the plan.",
                        "\"second\";q=17;w=1, \"minute\";q=1000;w=60, \"day\";q=50000;w=86400",
                        text()));
        components.addHeader(
                BUDGET,
                header(
                        "With a plan set, to known callers: the window that binds, the calls left in it, and the seconds until"
                                + " there are more.",
                        "\"minute\";r=412;t=31",
                        text()));
        components.addHeader(
                REPLAYED,
                header(
                        "`true` if this is the stored answer of an earlier call with the same Idempotency-Key.",
                        "true",
                        text().enumeration(List.of("true"))));
        components.addHeader(
                RETRY_AFTER,
                required(header(
                        "Whole seconds until a retry makes sense.",
                        7,
                        schema(SchemaType.INTEGER).minimum(BigDecimal.ONE))));
    }

    /** What every answer carries. */
    static void addCommon(APIResponse response) {
        addShared(response, REQUEST_ID);
        addShared(response, CACHE_CONTROL);
    }

    /** What answers to known callers carry where there is a plan. */
    static void addBudget(APIResponse response) {
        addShared(response, POLICY);
        addShared(response, BUDGET);
    }

    static void addReplayed(APIResponse response) {
        addShared(response, REPLAYED);
    }

    /** What the kinds of one status carry beside that. */
    static void addOwn(APIResponse response, List<ProblemKind> kinds) {
        if (kinds.stream().allMatch(ProblemKind::hasRetryAfter)) {
            addShared(response, RETRY_AFTER);
        }
        if (kinds.contains(ProblemKind.UNAUTHENTICATED)) {
            response.addHeader(
                    "WWW-Authenticate",
                    required(header("How to authenticate.", ProblemMapper.CALLERS_CHALLENGE, text())));
        }
        if (kinds.contains(ProblemKind.METHOD_NOT_ALLOWED)) {
            response.addHeader("Allow", required(allow("OPTIONS, POST")));
        }
        if (kinds.contains(ProblemKind.UNSUPPORTED_MEDIA_TYPE)) {
            response.addHeader(
                    "Accept-Encoding",
                    header("If the body was compressed: the codings that are accepted.", "identity", text()));
        }
    }

    private static void addShared(APIResponse response, String name) {
        response.addHeader(name, OASFactory.createHeader().ref(name));
    }

    /** @param example the methods, as the header lists them */
    static Header allow(String example) {
        return header("The methods of the path.", example, text());
    }

    private static Header required(Header header) {
        return header.required(true);
    }

    private static Header header(String description, Object example, Schema schema) {
        return OASFactory.createHeader().description(description).schema(schema).example(example);
    }

    private static Schema text() {
        return schema(SchemaType.STRING);
    }

    private static Schema schema(SchemaType type) {
        return OASFactory.createSchema().addType(type);
    }
}
