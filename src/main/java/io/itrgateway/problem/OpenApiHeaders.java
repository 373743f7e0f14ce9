package io.itrgateway.problem;

import java.math.BigDecimal;
import java.util.List;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/** The response headers in the OpenAPI document. A header is required where no such answer goes without it. */
final class OpenApiHeaders {

    static final String EXAMPLE_ID = "01JD8Z5E4T9Q3N6V2X7W1K0ABC";

    private OpenApiHeaders() {}

    /** What every answer carries. */
    static void addCommon(APIResponse response) {
        response.addHeader(
                "X-Request-Id",
                required(header(
                        "The id of the request: the caller's own if it was acceptable, otherwise a new one.",
                        EXAMPLE_ID,
                        text().minLength(1).maxLength(128))));
        response.addHeader(
                "Cache-Control",
                required(header("Always `no-store`.", "no-store", text().enumeration(List.of("no-store")))));
    }

    /** What answers to known callers carry where there is a plan. */
    static void addBudget(APIResponse response) {
        response.addHeader(
                "RateLimit-Policy",
                header(
                        "With a plan set, to known callers: the windows of the plan.",
                        "\"second\";q=17;w=1, \"minute\";q=1000;w=60, \"day\";q=50000;w=86400",
                        text()));
        response.addHeader(
                "RateLimit",
                header(
                        "With a plan set, to known callers: the window that binds, the calls left in it, and the seconds until"
                                + " there are more.",
                        "\"minute\";r=412;t=31",
                        text()));
    }

    static void addReplayed(APIResponse response) {
        response.addHeader(
                "Idempotency-Replayed",
                header(
                        "`true` if this is the stored answer of an earlier call with the same Idempotency-Key.",
                        "true",
                        text().enumeration(List.of("true"))));
    }

    /** What the kinds of one status carry beside that. */
    static void addOwn(APIResponse response, List<ProblemKind> kinds) {
        if (kinds.stream().allMatch(ProblemKind::hasRetryAfter)) {
            response.addHeader(
                    "Retry-After",
                    required(header(
                            "Whole seconds until a retry makes sense.",
                            7,
                            schema(SchemaType.INTEGER).minimum(BigDecimal.ONE))));
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
