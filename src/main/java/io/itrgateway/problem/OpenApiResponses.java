package io.itrgateway.problem;

import java.util.Map;
import java.util.Optional;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;

/** Responses that several operations have: the document describes each once, under {@code components}, and refers to it. */
final class OpenApiResponses {

    private static final String PLACE = "#/components/responses/";

    private OpenApiResponses() {}

    /** @return a reference to the response of that name, which is this one unless there is one already */
    static APIResponse shared(Components components, String name, APIResponse response) {
        Map<String, APIResponse> known = components.getResponses();
        if (known == null || !known.containsKey(name)) {
            components.addResponse(name, response);
        }
        return OASFactory.createAPIResponse().ref(name);
    }

    /** @return references to all of them; their names are the prefix and the status */
    static APIResponses shared(Components components, String prefix, APIResponses responses) {
        var references = OASFactory.createAPIResponses();
        responses
                .getAPIResponses()
                .forEach((status, response) ->
                        references.addAPIResponse(status, shared(components, prefix + status, response)));
        return references;
    }

    /** @return the name of the shared response to which this one refers; empty if it is a response of its own */
    static Optional<String> nameOf(APIResponse response) {
        return Optional.ofNullable(response.getRef()).map(ref -> ref.substring(PLACE.length()));
    }
}
