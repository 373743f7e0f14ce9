package io.itrgateway.problem;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.PathItem.HttpMethod;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.parameters.Parameter.In;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.eclipse.microprofile.openapi.models.security.SecurityRequirement;

/** What HTTP adds to every path, in the OpenAPI document: HEAD to GET, and OPTIONS. */
final class OpenApiHeadAndOptions {

    private static final String TAG = "HTTP";
    private static final String UNAUTHENTICATED = Integer.toString(ProblemKind.UNAUTHENTICATED.status());
    private static final String NOT_ALLOWED = Integer.toString(ProblemKind.METHOD_NOT_ALLOWED.status());

    /** 401 and 403 where the operator restricts the path, or its CORS refuses the origin; 503 while the service stops. */
    private static final Set<ProblemKind> FAILURES_OF_OPTIONS = EnumSet.of(
            ProblemKind.MALFORMED_REQUEST,
            ProblemKind.UNAUTHENTICATED,
            ProblemKind.FORBIDDEN,
            ProblemKind.REQUEST_TIMEOUT,
            ProblemKind.OVERLOADED,
            ProblemKind.INTERNAL_ERROR);

    /** Stated explicitly, to distinguish operations without security from those whose security was forgotten. */
    static final List<SecurityRequirement> NO_KEY = List.of();

    private OpenApiHeadAndOptions() {}

    static void addTo(OpenAPI document) {
        document.addTag(OASFactory.createTag().name(TAG).description("What HTTP adds to every path: HEAD and OPTIONS"));
        document.getPaths().getPathItems().forEach((path, item) -> {
            String id = item.getOperations().values().iterator().next().getOperationId();
            if (item.getGET() != null) {
                item.setHEAD(head(item.getGET(), document.getComponents()));
            }
            boolean isOperation = path.startsWith(ProblemOpenApiFilter.OPERATIONS);
            item.setOPTIONS(options(id, item, isOperation, document.getComponents()));
        });
    }

    private static Operation head(Operation get, Components components) {
        var responses = OASFactory.createAPIResponses();
        get.getResponses().getAPIResponses().forEach((status, response) -> {
            if (status.equals(NOT_ALLOWED)) {
                return;
            }
            Optional<String> shared = OpenApiResponses.nameOf(response);
            APIResponse head =
                    withoutBody(shared.map(components.getResponses()::get).orElse(response));
            responses.addAPIResponse(
                    status,
                    shared.map(name -> OpenApiResponses.shared(components, "Head" + name, head))
                            .orElse(head));
        });
        return OASFactory.createOperation()
                .operationId(get.getOperationId() + "Head")
                .summary("The head of what GET answers")
                .description("As GET, without the body.")
                .addTag(TAG)
                .parameters(get.getParameters())
                .security(get.getSecurity())
                .responses(responses);
    }

    private static APIResponse withoutBody(APIResponse response) {
        return OASFactory.createAPIResponse()
                .description(response.getDescription())
                .headers(response.getHeaders());
    }

    private static Operation options(String id, PathItem item, boolean isOperation, Components components) {
        Set<String> methods = AllowedMethods.completed(item.getOperations().keySet().stream()
                .map(HttpMethod::name)
                .collect(Collectors.toCollection(TreeSet::new)));
        APIResponse success = OASFactory.createAPIResponse()
                .description(
                        "The methods of the path, in `Allow`; to a CORS preflight, the `Access-Control-*` headers instead.")
                .addHeader("Allow", OpenApiHeaders.allow(String.join(", ", methods)));
        OpenApiHeaders.addCommon(success);
        List<Parameter> inPath = item.getOperations().values().stream()
                .filter(operation -> operation.getParameters() != null)
                .flatMap(operation -> operation.getParameters().stream())
                .filter(parameter -> parameter.getIn() == In.PATH)
                .distinct()
                .toList();
        Set<ProblemKind> kinds = EnumSet.copyOf(FAILURES_OF_OPTIONS);
        if (!inPath.isEmpty()) {
            kinds.add(ProblemKind.NOT_FOUND); // no path has a segment with a percent sign
        }
        APIResponses failures = OpenApiPages.failures(kinds);
        if (isOperation) {
            OpenApiHeaders.addBudget(success);
            failures.getAPIResponses().forEach((status, failure) -> {
                if (!status.equals(UNAUTHENTICATED)) {
                    OpenApiHeaders.addBudget(failure);
                }
            });
        }
        APIResponses responses = OpenApiResponses.shared(
                        components, isOperation ? "OptionsOfOperation" : "OptionsOfPage", failures)
                .addAPIResponse("200", success);
        return OASFactory.createOperation()
                .operationId(id + "Options")
                .summary("List the methods of the path")
                .description("Asks which methods the path has. Needs no key.")
                .addTag(TAG)
                .parameters(inPath)
                .security(NO_KEY)
                .responses(responses);
    }
}
