package io.itrgateway.problem;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.MediaType;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter.In;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;

/** {@link ProblemPages} in the OpenAPI document. Two methods of it serve each path, one for each form; the document has one operation. */
final class OpenApiPages {

    private static final String TAG = "Problems";

    /** What a page can answer besides itself; 401 and 403 where the operator restricts who may read it. */
    private static final Set<ProblemKind> FAILURES = EnumSet.of(
            ProblemKind.MALFORMED_REQUEST,
            ProblemKind.UNAUTHENTICATED,
            ProblemKind.FORBIDDEN,
            ProblemKind.METHOD_NOT_ALLOWED,
            ProblemKind.REQUEST_TIMEOUT,
            ProblemKind.OVERLOADED,
            ProblemKind.INTERNAL_ERROR);

    private OpenApiPages() {}

    static void addTo(OpenAPI document) {
        document.addTag(
                OASFactory.createTag().name(TAG).description("What each problem means and what to do about it"));
        document.getPaths()
                .addPathItem(
                        "/problems",
                        OASFactory.createPathItem()
                                .GET(page(document, "listProblems", "List every problem", FAILURES)
                                        .description("Every problem that this service can answer with.")));
        document.getPaths()
                .addPathItem("/problems/{code}", OASFactory.createPathItem().GET(one(document)));
    }

    private static Operation one(OpenAPI document) {
        var missing = failure(List.of(ProblemKind.NOT_FOUND));
        missing.getContent().addMediaType("text/html", html());
        var explain = page(document, "explainProblem", "Explain one problem", FAILURES);
        explain.getResponses().addAPIResponse("404", missing);
        return explain.description("The problems with one code; the `type` of a problem leads here.")
                .addParameter(OASFactory.createParameter()
                        .name("code")
                        .in(In.PATH)
                        .required(true)
                        .description("The `code` of a problem.")
                        .schema(OASFactory.createSchema()
                                .addType(SchemaType.STRING)
                                .examples(List.of(ProblemKind.UPSTREAM_TIMEOUT.code()))));
    }

    private static Operation page(OpenAPI document, String id, String summary, Set<ProblemKind> failures) {
        var success = OASFactory.createAPIResponse()
                .description("As JSON for programs, as HTML for people: `Accept` decides.")
                .content(content());
        OpenApiHeaders.addCommon(success);
        return OASFactory.createOperation()
                .operationId(id)
                .summary(summary)
                .addTag(TAG)
                .security(OpenApiHeadAndOptions.NO_KEY)
                .responses(OpenApiResponses.shared(document.getComponents(), "Page", failures(failures))
                        .addAPIResponse("200", success));
    }

    private static Content content() {
        return OASFactory.createContent()
                .addMediaType("application/json", OASFactory.createMediaType().schema(OpenApiSchemas.listRef()))
                .addMediaType(Problem.MEDIA_TYPE, OASFactory.createMediaType().schema(OpenApiSchemas.listRef()))
                .addMediaType("text/html", html());
    }

    private static MediaType html() {
        return OASFactory.createMediaType().schema(OASFactory.createSchema().addType(SchemaType.STRING));
    }

    /** Responses with a problem for each status of those kinds, by status. */
    static APIResponses failures(Set<ProblemKind> kinds) {
        Map<Integer, List<ProblemKind>> byStatus = Arrays.stream(ProblemKind.values())
                .filter(kinds::contains)
                .collect(Collectors.groupingBy(ProblemKind::status, TreeMap::new, Collectors.toList()));
        var responses = OASFactory.createAPIResponses();
        byStatus.forEach((status, its) -> responses.addAPIResponse(Integer.toString(status), failure(its)));
        return responses;
    }

    private static APIResponse failure(List<ProblemKind> kinds) {
        var response = OASFactory.createAPIResponse()
                .description(kinds.stream()
                        .map(kind -> "`%s`: %s".formatted(kind.code(), kind.title()))
                        .collect(Collectors.joining("\n\n")))
                .content(OASFactory.createContent()
                        .addMediaType(
                                Problem.MEDIA_TYPE, OASFactory.createMediaType().schema(OpenApiSchemas.problemRef())));
        OpenApiHeaders.addCommon(response);
        OpenApiHeaders.addOwn(response, kinds);
        return response;
    }
}
