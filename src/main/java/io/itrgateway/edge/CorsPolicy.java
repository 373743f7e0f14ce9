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
 * What Quarkus' CORS filter does not do, by the settings of that filter ({@code quarkus.http.cors.*}). It answers a request that it refuses
 * with an empty 403, which can neither be seen nor be filled once it is there: those requests are recognised before. And what is answered
 * before it is reached lacks its headers.
 */
final class CorsPolicy {

    /** A list of tokens (RFC 9110, 5.6.1 and 5.6.2). */
    private static final Pattern NAMES =
            Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+([ \\t]*,[ \\t]*[!#$%&'*+.^_`|~0-9A-Za-z-]+)*+");

    private final boolean enabled;
    private final List<String> origins;
    private final List<Pattern> patterns;
    private final boolean anyOrigin;
    private final Optional<List<String>> methods;
    private final Optional<Boolean> allowCredentials;
    private final Optional<String> exposedHeaders;

    CorsPolicy(CORSConfig config) {
        this.enabled = config.enabled();
        this.origins = config.origins().orElse(List.of());
        this.anyOrigin = origins.equals(List.of("*")) || origins.equals(List.of("/.*/"));
        this.patterns = CORSFilter.parseAllowedOriginsRegex(config.origins());
        this.methods = CORSFilter.isConfiguredWithWildcard(config.methods()) ? Optional.empty() : config.methods();
        this.allowCredentials = config.accessControlAllowCredentials();
        this.exposedHeaders = CORSFilter.isConfiguredWithWildcard(config.exposedHeaders())
                ? Optional.empty()
                : config.exposedHeaders().map(names -> String.join(",", names));
    }

    /** Makes an answer that the filter has not seen, such as the refusal of a head, readable for the script that asked, if its Origin is allowed. */
    void completeAnswer(RoutingContext context) {
        if (enabled && context.request().headers().contains(HttpHeaders.ORIGIN)) {
            context.addHeadersEndHandler(head -> addHeaders(context));
        }
    }

    private void addHeaders(RoutingContext context) {
        var headers = context.response().headers();
        String origin = context.request().getHeader(HttpHeaders.ORIGIN);
        if (headers.contains(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN)
                || !isSingleOrigin(context.request())
                || !isGranted(origin) && !isSame(context.request(), origin)) {
            return;
        }
        headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        boolean isCredentialed = allowCredentials.orElse(!anyOrigin && isGranted(origin));
        headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_CREDENTIALS, String.valueOf(isCredentialed));
        exposedHeaders.ifPresent(names -> headers.set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, names));
    }

    private static boolean isSingleOrigin(HttpServerRequest request) {
        return request.headers().getAll(HttpHeaders.ORIGIN).size() == 1;
    }

    private boolean isGranted(String origin) {
        return anyOrigin || origins.contains(origin) || CORSFilter.isOriginAllowedByRegex(patterns, origin);
    }

    /** Whether it only asks what a script may send, which takes no call. */
    boolean isCorsPreflight(HttpServerRequest request) {
        return enabled && request.headers().contains(HttpHeaders.ORIGIN) && isPreflight(request);
    }

    boolean isRefused(HttpServerRequest request) {
        String origin = enabled ? request.getHeader(HttpHeaders.ORIGIN) : null;
        if (origin == null) {
            return false;
        }
        if (!isSingleOrigin(request)) {
            return true;
        }
        if (!isGranted(origin)) {
            return !isSame(request, origin);
        }
        boolean methodIsFine =
                methods.isEmpty() || methods.get().contains(request.method().name());
        return !methodIsFine && !isPreflight(request);
    }

    /** Whether it asks for a method that the path does not have, or for what are no names of headers: both would be granted word for word. */
    boolean isRefusedPreflight(RoutingContext context, AllowedMethodFilter methodsOfPaths) {
        HttpServerRequest request = context.request();
        if (!isCorsPreflight(request)) {
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
            return own.getScheme() != null // a proxy may pass on what is no scheme
                    && own.getScheme().equals(its.getScheme())
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
