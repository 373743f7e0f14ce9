package io.itrgateway.problem;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;

/**
 * Completes the OpenAPI document: to each operation under {@value #OPERATIONS} every failure, with an example that is made by the code that
 * answers, and the headers of every answer; the pages about problems; and the methods that HTTP adds to each path. Runs while the
 * application is built.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class ProblemOpenApiFilter implements OASFilter {

    static final String OPERATIONS = "/v1/";
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    /** Says what effect an operation has: its problems speak of it. */
    public static final String EFFECT = "x-effect";

    /** Says of an operation what a caller does who lost its answer; the reference page shows it where the service may be gone. */
    private static final String LOST_ANSWER = "x-lost-answer";

    /** Says of an example which of the {@link Remedy remedies} its problem has. */
    private static final String REMEDY = "x-remedy";

    /** Only answers to a request with an Idempotency-Key. */
    private static final Set<ProblemKind> OF_KEYED_CALLS = Set.of(
            ProblemKind.IDEMPOTENCY_IN_PROGRESS, ProblemKind.IDEMPOTENCY_KEY_REUSED, ProblemKind.CALL_INTERRUPTED);

    @Override
    public void filterOpenAPI(OpenAPI document) {
        if (document.getComponents() == null) {
            document.setComponents(OASFactory.createComponents());
        }
        OpenApiSchemas.addTo(document.getComponents());
        OpenApiHeaders.addTo(document.getComponents());
        document.getPaths().getPathItems().forEach((path, item) -> {
            if (path.startsWith(OPERATIONS)) {
                item.getOperations().values().forEach(operation -> describe(operation, path, document.getComponents()));
            }
        });
        OpenApiPages.addTo(document);
        OpenApiHeadAndOptions.addTo(document);
    }

    private static void describe(Operation operation, String path, Components components) {
        boolean keyed = isKeyed(operation);
        Effect effect = Effect.valueOf(operation.getExtensions().get(EFFECT).toString());
        operation.addExtension(LOST_ANSWER, effect.nextStep());
        operation.getResponses().getAPIResponses().forEach((status, success) -> {
            OpenApiHeaders.addCommon(success);
            OpenApiHeaders.addBudget(success);
            if (keyed && status.equals("200")) {
                OpenApiHeaders.addReplayed(success);
            }
        });
        Map<Integer, List<ProblemKind>> byStatus = Arrays.stream(ProblemKind.values())
                .filter(kind -> keyed || !OF_KEYED_CALLS.contains(kind))
                .collect(Collectors.groupingBy(ProblemKind::status, TreeMap::new, Collectors.toList()));
        byStatus.forEach((status, kinds) -> operation
                .getResponses()
                .addAPIResponse(
                        Integer.toString(status),
                        OpenApiResponses.shared(
                                components, nameOf(effect) + status, response(kinds, effect, path, keyed))));
    }

    /** Operations of one effect have the same problems; the examples are those of the first of them. */
    private static String nameOf(Effect effect) {
        return effect.name().charAt(0) + effect.name().substring(1).toLowerCase(Locale.ROOT);
    }

    private static boolean isKeyed(Operation operation) {
        return operation.getParameters() != null
                && operation.getParameters().stream()
                        .anyMatch(parameter -> IDEMPOTENCY_KEY.equals(parameter.getName()));
    }

    private static APIResponse response(List<ProblemKind> kinds, Effect effect, String path, boolean keyed) {
        var media = OASFactory.createMediaType().schema(OpenApiSchemas.problemRef());
        for (ProblemKind kind : kinds) {
            media.addExample(
                    kind.code(),
                    OASFactory.createExample()
                            .summary(kind.title())
                            .value(example(kind, effect, path))
                            .extensions(Map.of(REMEDY, kind.remedy(effect).wireName())));
        }
        var response = OASFactory.createAPIResponse()
                .description(kinds.stream()
                        .map(kind -> "`%s` (outcome `%s`): %s"
                                .formatted(kind.code(), kind.outcome().wireName(), kind.advice(effect)))
                        .collect(Collectors.joining("\n\n")))
                .content(OASFactory.createContent().addMediaType(Problem.MEDIA_TYPE, media));
        OpenApiHeaders.addCommon(response);
        if (!kinds.contains(ProblemKind.UNAUTHENTICATED)) {
            OpenApiHeaders.addBudget(response);
        }
        if (keyed && kinds.stream().anyMatch(kind -> kind.outcome() != Outcome.NOT_PROCESSED)) {
            OpenApiHeaders.addReplayed(response);
        }
        OpenApiHeaders.addOwn(response, kinds);
        return response;
    }

    private static Object example(ProblemKind kind, Effect effect, String path) {
        try {
            return new ObjectMapper()
                    .readValue(ExampleProblem.of(kind, effect, path).toJson(), Map.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
