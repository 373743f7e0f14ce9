package io.itrgateway.problem;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;

/**
 * The schemas of a problem and of the list of problems in the OpenAPI document.
 *
 * <p>{@code code} is a string and no {@code enum}: the list of codes grows, and a generated client with an enum would fail to read a code
 * that it does not know. Every object allows further members for the same reason.
 */
final class OpenApiSchemas {

    private static final String PROBLEM = "Problem";
    private static final String FAULT = "FieldFault";
    private static final String LIST = "ProblemList";
    private static final String ENTRY = "ProblemDescription";

    private OpenApiSchemas() {}

    static void addTo(Components components) {
        components.addSchema(PROBLEM, problem());
        components.addSchema(FAULT, fault());
        components.addSchema(LIST, list());
        components.addSchema(ENTRY, entry());
    }

    static Schema problemRef() {
        return ref(PROBLEM);
    }

    static Schema listRef() {
        return ref(LIST);
    }

    private static Schema problem() {
        return object("RFC 9457 problem details, with what became of the call.")
                .required(List.of(
                        "type", "title", "status", "detail", "instance", "code", "outcome", "retryable", "request_id"))
                .addProperty("type", type())
                .addProperty("title", title())
                .addProperty("status", status())
                .addProperty("detail", text("What is special about this occurrence"))
                .addProperty("instance", text("The path that was called").format("uri-reference"))
                .addProperty("code", code())
                .addProperty("outcome", outcome())
                .addProperty("retryable", retryable())
                .addProperty("request_id", text("The X-Request-Id of the answer"))
                .addProperty("transaction_id", text("The upstream's id of the call, where it gave one"))
                .addProperty("errors", array("Faults of single fields").items(ref(FAULT)))
                .extensions(Map.of("x-remedies", remedies()));
    }

    /** What callers do about problems; the examples name one each. In one order, so that two builds give the same document. */
    private static List<Map<String, String>> remedies() {
        return Arrays.stream(Remedy.values())
                .map(remedy -> {
                    Map<String, String> words = new LinkedHashMap<>();
                    words.put("name", remedy.wireName());
                    words.put("title", remedy.title());
                    words.put("meaning", remedy.meaning());
                    return words;
                })
                .toList();
    }

    private static Schema fault() {
        return object("A fault of one field of the request.")
                .required(List.of("pointer", "detail"))
                .addProperty("pointer", text("JSON Pointer in a URI fragment, such as #/password"))
                .addProperty("detail", text("What is wrong"));
    }

    private static Schema list() {
        return object("What `GET /problems` answers: every problem, or those with one code.")
                .required(List.of("problems"))
                .addProperty("problems", array("The problems").items(ref(ENTRY)));
    }

    private static Schema entry() {
        return object("One problem, explained.")
                .required(List.of(
                        "type",
                        "code",
                        "status",
                        "title",
                        "advice",
                        "outcome",
                        "outcome_meaning",
                        "next_step",
                        "retryable"))
                .addProperty("type", type())
                .addProperty("code", code())
                .addProperty("status", status())
                .addProperty("title", title())
                .addProperty("advice", text("What it means and what to do about it"))
                .addProperty("outcome", outcome())
                .addProperty("outcome_meaning", text("What the outcome means, in words"))
                .addProperty("next_step", text("What a caller does next, after a call that registers"))
                .addProperty("retryable", retryable())
                .addProperty(
                        "effects", object("The next step, and whether to repeat, by the `x-effect` of the operation"));
    }

    private static Schema type() {
        return text("URI reference of the page that explains the code").format("uri-reference");
    }

    private static Schema title() {
        return text("One line for people, the same for every occurrence");
    }

    private static Schema status() {
        return OASFactory.createSchema().addType(SchemaType.INTEGER).description("The HTTP status");
    }

    private static Schema code() {
        return text("The name to branch on. An open list: accept values that are not known yet, and then rely on `outcome` and"
                        + " `retryable`. Today: "
                        + codes().map("`%s`"::formatted).collect(Collectors.joining(", ")) + ".")
                .examples(List.of(ProblemKind.UPSTREAM_TIMEOUT.code()));
    }

    private static Stream<String> codes() {
        return Arrays.stream(ProblemKind.values()).map(ProblemKind::code).distinct();
    }

    private static Schema outcome() {
        return text("What became of the call: "
                        + Arrays.stream(Outcome.values())
                                .map(outcome -> "`%s`: %s".formatted(outcome.wireName(), outcome.meaning()))
                                .collect(Collectors.joining(" ")))
                .enumeration(Arrays.stream(Outcome.values())
                        .map(outcome -> (Object) outcome.wireName())
                        .toList());
    }

    private static Schema retryable() {
        return OASFactory.createSchema()
                .addType(SchemaType.BOOLEAN)
                .description("Whether the same request, unchanged, may succeed later and cannot register twice");
    }

    private static Schema object(String description) {
        return OASFactory.createSchema()
                .addType(SchemaType.OBJECT)
                .description(description)
                .additionalPropertiesSchema(OASFactory.createSchema().booleanSchema(true));
    }

    private static Schema array(String description) {
        return OASFactory.createSchema().addType(SchemaType.ARRAY).description(description);
    }

    private static Schema text(String description) {
        return OASFactory.createSchema().addType(SchemaType.STRING).description(description);
    }

    private static Schema ref(String name) {
        return OASFactory.createSchema().ref("#/components/schemas/" + name);
    }
}
