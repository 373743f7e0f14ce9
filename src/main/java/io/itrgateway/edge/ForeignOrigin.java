package io.itrgateway.edge;

import io.quarkus.vertx.http.runtime.cors.CORSConfig;
import io.quarkus.vertx.http.runtime.cors.CORSFilter;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Knows which requests Quarkus' CORS filter refuses, by the settings of that filter ({@code quarkus.http.cors.*}): it answers them with an
 * empty 403, which can neither be seen nor be filled once it is there.
 */
final class ForeignOrigin {

    private final boolean enabled;
    private final List<String> origins;
    private final List<Pattern> patterns;
    private final boolean anyOrigin;
    private final Optional<List<String>> methods;

    ForeignOrigin(CORSConfig config) {
        this.enabled = config.enabled();
        this.origins = config.origins().orElse(List.of());
        this.anyOrigin = origins.equals(List.of("*")) || origins.equals(List.of("/.*/"));
        this.patterns = CORSFilter.parseAllowedOriginsRegex(config.origins());
        this.methods = CORSFilter.isConfiguredWithWildcard(config.methods()) ? Optional.empty() : config.methods();
    }

    boolean isRefused(HttpServerRequest request) {
        String origin = enabled ? request.getHeader(HttpHeaders.ORIGIN) : null;
        if (origin == null) {
            return false;
        }
        boolean granted = anyOrigin || origins.contains(origin) || CORSFilter.isOriginAllowedByRegex(patterns, origin);
        if (!granted) {
            return !isSame(request, origin);
        }
        boolean methodIsFine =
                methods.isEmpty() || methods.get().contains(request.method().name());
        return !methodIsFine && !isPreflight(request);
    }

    private static boolean isPreflight(HttpServerRequest request) {
        return request.method() == HttpMethod.OPTIONS
                && (request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD)
                        || request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS));
    }

    private static boolean isSame(HttpServerRequest request, String origin) {
        try {
            URI own = URI.create(request.scheme() + "://" + request.authority());
            URI its = URI.create(origin);
            return own.getScheme().equals(its.getScheme())
                    && own.getHost() != null
                    && own.getHost().equals(its.getHost())
                    && port(own) == port(its)
                    && its.getPath().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equals("https") ? 443 : 80;
    }
}
