package io.itrgateway.reference;

import io.itrgateway.reference.ReferenceSettings.Shown;
import io.netty.buffer.Unpooled;
import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.TemplateInstance;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * Serves the reference page and its files, if it is on.
 *
 * <p>Routes and not a resource: they are there or not by a setting of the run, so that a page that is off is an unknown path like any
 * other, for every method.
 */
@Singleton
class ReferencePages {

    /** Nothing from anywhere else, nothing inline, no eval; requests go to the service itself. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String PAGE = "/reference";

    /** By name, in the directory {@code reference} of the class path. */
    private static final Map<String, String> CONTENT_TYPES = Map.of(
            "reference.js", "text/javascript;charset=UTF-8",
            "plain-links.js", "text/javascript;charset=UTF-8",
            "samples.js", "text/javascript;charset=UTF-8",
            "sandbox.js", "text/javascript;charset=UTF-8",
            "swagger-ui-bundle.js", "text/javascript;charset=UTF-8",
            "reference.css", "text/css;charset=UTF-8",
            "icon.svg", "image/svg+xml");

    @CheckedTemplate
    static class Templates {
        static native TemplateInstance reference(boolean sandbox);

        private Templates() {}
    }

    private final Shown shown;

    ReferencePages(ReferenceSettings settings) {
        this.shown = settings.shown();
    }

    void open(@Observes Router router) {
        if (shown == Shown.OFF) {
            return;
        }
        get(
                router,
                "/",
                context -> guarded(context)
                        .setStatusCode(302)
                        .putHeader(HttpHeaders.LOCATION, "reference")
                        .end());
        get(router, PAGE, this::page);
        CONTENT_TYPES.forEach((name, type) -> {
            byte[] gzipped = gzipped(name);
            get(router, PAGE + "/" + name, context -> file(context, type, gzipped));
        });
    }

    private static void get(Router router, String path, io.vertx.core.Handler<RoutingContext> handler) {
        router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD).handler(handler);
    }

    private void page(RoutingContext context) {
        Templates.reference(shown == Shown.SANDBOX)
                .createUni()
                .subscribe()
                .with(
                        html -> guarded(context)
                                .putHeader(HttpHeaders.CONTENT_TYPE, "text/html;charset=UTF-8")
                                .end(html),
                        context::fail);
    }

    /** Always compressed, since every browser accepts gzip. */
    private static void file(RoutingContext context, String contentType, byte[] gzipped) {
        guarded(context)
                .putHeader(HttpHeaders.CONTENT_TYPE, contentType)
                .putHeader(HttpHeaders.CONTENT_ENCODING, "gzip")
                .end(body(gzipped));
    }

    /** Without a copy: all answers share the bytes. */
    @SuppressWarnings("deprecation")
    static Buffer body(byte[] gzipped) {
        return Buffer.buffer(Unpooled.wrappedBuffer(gzipped));
    }

    private static HttpServerResponse guarded(RoutingContext context) {
        return context.response()
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Opener-Policy", "same-origin")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin");
    }

    private static byte[] gzipped(String name) {
        var bytes = new ByteArrayOutputStream();
        try (var file = ReferencePages.class.getResourceAsStream(PAGE + "/" + name);
                var gzip = new GZIPOutputStream(bytes)) {
            if (file == null) {
                throw new IllegalStateException("the build has left out reference/" + name);
            }
            file.transferTo(gzip);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
