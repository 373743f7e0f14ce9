package io.itrgateway.api;

import io.quarkus.arc.Unremovable;
import io.quarkus.smallrye.openapi.runtime.OpenApiConstants;
import io.quarkus.smallrye.openapi.runtime.OpenApiDocumentService;
import io.smallrye.openapi.runtime.io.Format;
import jakarta.annotation.Priority;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Serves the OpenAPI document that the build has stored. By default, Quarkus parses and serializes it again at each start so that runtime filters
 * can change it; this service has none.
 */
@Alternative
@Priority(1)
@Singleton
@Unremovable
public class StoredOpenApiDocument extends OpenApiDocumentService {

    /** Finds nothing. */
    private static final class NoResources extends ClassLoader {
        private NoResources() {
            super(null);
        }

        @Override
        public URL getResource(String name) {
            return null;
        }

        @Override
        public InputStream getResourceAsStream(String name) {
            return null;
        }
    }

    private static final Pattern UNQUOTED_DATE = Pattern.compile("(?m)(?<=(: |- ))\\d{4}-\\d{2}-\\d{2}$");

    private final Map<Format, byte[]> documents = new ConcurrentHashMap<>();

    StoredOpenApiDocument() {
        // The method that prepares the document is not visible here, and so cannot be overridden; where it finds none
        // it has nothing to do.
        OpenApiConstants.classLoader = new NoResources();
    }

    /** Examples that look like dates are written without quotation marks; in YAML 1.1, which many readers take, they are dates then and not strings. */
    private static byte[] withDatesInQuotes(byte[] yaml) {
        return UNQUOTED_DATE
                .matcher(new String(yaml, StandardCharsets.UTF_8))
                .replaceAll("\"$0\"")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] getDocument(String name, Format format) {
        return documents.computeIfAbsent(format, StoredOpenApiDocument::stored);
    }

    private static byte[] stored(Format format) {
        String name = OpenApiConstants.BASE_NAME + "." + format;
        try (var document = StoredOpenApiDocument.class.getClassLoader().getResourceAsStream(name)) {
            if (document == null) {
                throw new IllegalStateException("the build has stored no " + name);
            }
            byte[] bytes = document.readAllBytes();
            return format == Format.YAML ? withDatesInQuotes(bytes) : bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
