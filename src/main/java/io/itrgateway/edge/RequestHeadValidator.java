package io.itrgateway.edge;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.quarkus.runtime.LaunchMode;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.jboss.resteasy.reactive.common.util.MediaTypeHelper;

/** Refuses requests whose head is at fault, for every path and in both protocols, before anything else reads them. */
final class RequestHeadValidator {

    private static final String ANYTHING = "*/*";
    private static final String JSON = "application/json";

    private RequestHeadValidator() {}

    /** What is wrong with the head of the request; empty if nothing is. */
    static Optional<GatewayException> fault(HttpServerRequest request) {
        var target = isOfDevMode(request.uri()) ? Optional.<ProblemKind>empty() : faultOfTarget(request);
        if (target.isPresent()) {
            return target.get() == ProblemKind.MALFORMED_REQUEST
                    ? malformed("The target of the request is neither a path nor a URI of the host that Host names.")
                    : target.map(GatewayException::of);
        }
        if (expectsTheUnknown(request)) {
            return malformed("The header Expect has a value other than 100-continue.");
        }
        if (!isMediaType(request.headers().getAll(HttpHeaders.CONTENT_TYPE))) {
            return malformed("The header Content-Type is not one media type.");
        }
        List<String> accepted = request.headers().getAll(HttpHeaders.ACCEPT);
        if (MediaTypeNormalizer.areTooManyRanges(accepted)) {
            return malformed(
                    "The header Accept has more than %d media types.".formatted(MediaTypeNormalizer.MOST_RANGES));
        }
        if (!areMediaRanges(accepted)) {
            return malformed("The header Accept is not a list of media types.");
        }
        return Optional.empty();
    }

    /** Also of the path, which is what routes and policies see: a proxy's prefix is a part of the URI only, and may have a {@code ?}. */
    private static Optional<ProblemKind> faultOfTarget(HttpServerRequest request) {
        String host = request.getHeader(HttpHeaders.HOST);
        return RequestTargetValidator.fault(request.uri(), host)
                .or(() -> request.path().isEmpty()
                        ? Optional.empty()
                        : RequestTargetValidator.fault(request.path(), host));
    }

    /** Whether it asks about the service as a whole (RFC 9110, 9.3.7), for which no router has a route; it is answered then. */
    static boolean tryAnswerServerOptions(RoutingContext context) {
        if (context.request().method() != HttpMethod.OPTIONS
                || !"*".equals(context.request().uri())) {
            return false;
        }
        context.response()
                .setStatusCode(204)
                .putHeader(HttpHeaders.ALLOW, "GET, HEAD, OPTIONS, POST")
                .end();
        return true;
    }

    /** What is wrong with a target for which no router has a route, since its path does not begin with a slash; empty for others. */
    static Optional<GatewayException> faultOfUnroutable(HttpServerRequest request) {
        return request.path() != null && request.path().startsWith("/") ? Optional.empty() : fault(request);
    }

    private static Optional<GatewayException> malformed(String detail) {
        return Optional.of(GatewayException.of(ProblemKind.MALFORMED_REQUEST, detail));
    }

    /** The tools that Quarkus offers in dev mode write their paths as they like. */
    private static boolean isOfDevMode(String target) {
        return LaunchMode.current() == LaunchMode.DEVELOPMENT && !target.startsWith("/v1");
    }

    private static boolean expectsTheUnknown(HttpServerRequest request) {
        return request.headers().contains(HttpHeaders.EXPECT)
                && FieldValue.members(request.headers().getAll(HttpHeaders.EXPECT)).stream()
                        .anyMatch(value -> !value.equalsIgnoreCase("100-continue"));
    }

    private static boolean isMediaType(List<String> lines) {
        if (lines.size() > 1) {
            return false;
        }
        try {
            return lines.isEmpty() || lines.get(0).equals(JSON) || !isRange(MediaType.valueOf(lines.get(0)));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Quarkus REST takes a range for any type that is in it. */
    private static boolean isRange(MediaType type) {
        return type.isWildcardType() || type.isWildcardSubtype();
    }

    private static boolean areMediaRanges(List<String> lines) {
        try {
            for (String line : lines) {
                if (!line.equals(ANYTHING) && !line.equals(JSON)) {
                    MediaTypeHelper.parseHeader(line);
                }
            }
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
