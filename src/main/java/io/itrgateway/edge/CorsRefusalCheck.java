package io.itrgateway.edge;

import io.quarkus.vertx.http.runtime.cors.CORSConfig;
import io.quarkus.vertx.http.runtime.cors.CORSFilter;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Decides which requests Quarkus' CORS filter refuses, by the settings of that filter ({@code quarkus.http.cors.*}): it answers them with an
 * empty 403, which can neither be seen nor be filled once it is there.
 */
final class CorsRefusalCheck {

    /** A list of tokens (RFC 9110, 5.6.1 and 5.6.2). */
    private static final Pattern NAMES =
            Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+([ \\t]*,[ \\t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+)*+");

    private final boolean enabled;
    private final List<String> origins;
    private final List<Pattern> patterns;
    private final boolean anyOrigin;
    private final Optional<List<String>> methods;

    CorsRefusalCheck(CORSConfig config) {
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
        if (request.headers().getAll(HttpHeaders.ORIGIN).size() > 1) {
            return true;
        }
        boolean granted = anyOrigin || origins.contains(origin) || CORSFilter.isOriginAllowedByRegex(patterns, origin);
        if (!granted) {
            return !isSame(request, origin);
        }
        boolean methodIsFine =
                methods.isEmpty() || methods.get().contains(request.method().name());
        return !methodIsFine && !isPreflight(request);
    }

    /** Whether it asks for a method that the path does not have, or for what are no names of headers: both would be granted word for word. */
    boolean isRefusedPreflight(RoutingContext context, AllowedMethodFilter methodsOfPaths) {
        HttpServerRequest request = context.request();
        if (!enabled || !request.headers().contains(HttpHeaders.ORIGIN) || !isPreflight(request)) {
            return false;
        }
        List<String> wanted = request.headers().getAll(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
        boolean methodIsFine =
                wanted.isEmpty() || wanted.size() == 1 && methodsOfPaths.has(context.normalizedPath(), wanted.get(0));
        return !methodIsFine
                || !request.headers().getAll(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS).stream()
                        .allMatch(line -> NAMES.matcher(line).matches());
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
