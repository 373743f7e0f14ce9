package io.itrgateway.api;

import io.netty.buffer.Unpooled;
import io.smallrye.openapi.runtime.io.Format;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import org.eclipse.microprofile.config.Config;

/**
 * Answers {@code /q/openapi} before Quarkus' own route does, with what that would answer. It copies the document for each request, on as many
 * threads as there are, faster than the event loops can send it: some thousand requests at once filled the heap.
 */
@Singleton
class OpenApiRoute {

    private static final String PATH = "/q/openapi";

    /** Behind the edge, whose last filter has judged the method, and before Quarkus' route. */
    private static final int ORDER = -40;

    private final StoredOpenApiDocument document;
    private final Config config;

    OpenApiRoute(StoredOpenApiDocument document, Config config) {
        this.document = document;
        this.config = config;
    }

    /** Not where an operator has switched the document off: Quarkus answers then, with 404. */
    void open(@Observes Router router) {
        if (!isOffered()) {
            return;
        }
        List.of("", ".json", ".yaml", ".yml")
                .forEach(ending -> router.route(PATH + ending).order(ORDER).handler(this::answer));
    }

    private boolean isOffered() {
        return config.getOptionalValue(
                        "quarkus.smallrye-openapi.enable", Boolean.class) // deprecated, and preferred by Quarkus
                .or(() -> config.getOptionalValue("quarkus.smallrye-openapi.enabled", Boolean.class))
                .orElse(true);
    }

    private void answer(RoutingContext context) {
        Format format = format(context);
        context.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, format.getMimeType() + ";charset=UTF-8")
                .end(body(format));
    }

    /** Without a copy: all answers share the bytes. */
    @SuppressWarnings("deprecation")
    private Buffer body(Format format) {
        return Buffer.buffer(Unpooled.wrappedBuffer(document.getDocument("", format)));
    }

    /** As Quarkus chooses. */
    private static Format format(RoutingContext context) {
        String path = context.normalizedPath();
        if (path.endsWith(".json")) {
            return Format.JSON;
        }
        if (!path.equals(PATH)) {
            return Format.YAML;
        }
        String accept = context.request().getHeader(HttpHeaders.ACCEPT);
        List<String> asked = context.queryParam("format");
        boolean isJson = accept != null && accept.contains(Format.JSON.getMimeType())
                || !asked.isEmpty() && asked.get(0).equalsIgnoreCase("JSON");
        return isJson ? Format.JSON : Format.YAML;
    }
}
