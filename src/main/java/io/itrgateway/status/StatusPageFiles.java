package io.itrgateway.status;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.resteasy.reactive.RestResponse;

/** The files that the page is made of, with what a browser may do with them. Read once, at the start. */
@Singleton
class StatusPageFiles {

    /** Put together by the build. Not under {@code META-INF/resources}, which Quarkus serves by itself, whatever is set. */
    private static final String OWN = "status/";

    private static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /** The page itself. */
    static final String PAGE = "";

    private record File(byte[] bytes, String type) {}

    private final Map<String, File> parts = new LinkedHashMap<>();

    /** Where the status page is on; at the start, since an event loop must not read files. */
    void load(@Observes StartupEvent event, StatusSettings settings) {
        if (settings.operatorKey().isEmpty()) {
            return;
        }
        String script = "text/javascript;charset=UTF-8";
        String style = "text/css;charset=UTF-8";
        parts.put(PAGE, new File(read(OWN + "status.html"), "text/html;charset=UTF-8"));
        parts.put("status.js", new File(read(OWN + "status.js"), script));
        parts.put("status.css", new File(read(OWN + "status.css"), style));
        parts.put("uplot.js", new File(read(OWN + "uPlot.iife.min.js"), script));
        parts.put("uplot.css", new File(read(OWN + "uPlot.min.css"), style));
    }

    private static byte[] read(String resource) {
        try (InputStream file = StatusPageFiles.class.getClassLoader().getResourceAsStream(resource)) {
            if (file == null) {
                throw new IllegalStateException("missing from the build: " + resource);
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<RestResponse<byte[]>> part(String name) {
        return Optional.ofNullable(parts.get(name)).map(StatusPageFiles::answer);
    }

    private static RestResponse<byte[]> answer(File file) {
        return RestResponse.ResponseBuilder.ok(file.bytes)
                .type(MediaType.valueOf(file.type))
                .header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .build();
    }
}
