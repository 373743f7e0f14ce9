package io.itrgateway.edge;

import io.quarkus.arc.Unremovable;
import io.quarkus.jsonp.JsonProviderHolder;
import io.quarkus.oidc.common.OidcEndpoint;
import io.quarkus.oidc.common.OidcResponseFilter;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.buffer.Buffer;
import jakarta.inject.Singleton;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.StringReader;
import java.util.List;

/**
 * Removes what is no text from those members of an introspection that Quarkus takes for texts: it would refuse a token for their types, although
 * the next claim may name the caller, and no scope is needed to call.
 */
@Singleton
@Unremovable
@OidcEndpoint(OidcEndpoint.Type.INTROSPECTION)
class IntrospectionTypes implements OidcResponseFilter {

    private static final List<String> TEXTS = List.of("username", "sub", "scope");

    @Override
    public Uni<Void> filter(OidcResponseFilterContext answer) {
        if (answer.responseBody() != null) {
            answer.responseBody(
                    Buffer.buffer(withTextsOnly(answer.responseBody().toString())));
        }
        return Uni.createFrom().voidItem();
    }

    /** The same text if nothing is to be removed, or if it is no JSON object, which Quarkus notices itself. */
    static String withTextsOnly(String introspection) {
        try (var reader = JsonProviderHolder.jsonProvider().createReader(new StringReader(introspection))) {
            JsonObject answer = reader.readObject();
            List<String> others = TEXTS.stream()
                    .filter(name -> answer.containsKey(name) && !(answer.get(name) instanceof JsonString))
                    .toList();
            if (others.isEmpty()) {
                return introspection;
            }
            var texts = JsonProviderHolder.jsonProvider().createObjectBuilder(answer);
            others.forEach(texts::remove);
            return texts.build().toString();
        } catch (JsonException e) {
            return introspection;
        }
    }
}
