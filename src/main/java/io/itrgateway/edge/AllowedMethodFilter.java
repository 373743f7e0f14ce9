package io.itrgateway.edge;

import io.itrgateway.operation.RelayedOperations;
import io.itrgateway.problem.AllowedMethods;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.ProblemMapper;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Which methods a path has, so that OPTIONS and every 405 say the same, and what is true.
 *
 * <p>A path is one of a resource, or one of a route, or one of Quarkus' own, which would take any method there is, or one that is relayed.
 */
final class AllowedMethodFilter {

    /** Those that are served in production; under the path of a group there are others of the same kind. */
    private static final Pattern QUARKUS_OWN =
            Pattern.compile("/q/(health|health/(group/)?[^/]+|metrics|openapi|openapi\\.(json|yaml|yml))");

    /** Where Quarkus answers below a path of its own as it does at the path itself. */
    private static final Pattern BELOW_QUARKUS_OWN = Pattern.compile("/q/(health|metrics)/.*");

    private static final Set<String> READ = Set.of("GET");

    private final ProblemMapper exit;
    private final Router router;
    private final RelayedOperations relayed;
    private final Map<String, Set<String>> routes = new ConcurrentHashMap<>();

    AllowedMethodFilter(ProblemMapper exit, Router router, RelayedOperations relayed) {
        this.exit = exit;
        this.router = router;
        this.relayed = relayed;
    }

    /**
     * Answers OPTIONS, and refuses a method that the path does not have. A path that does not exist is left to the router, but for those
     * that would be answered all the same.
     */
    void check(RoutingContext context) {
        HttpMethod method = context.request().method();
        String path = context.normalizedPath();
        Set<String> methods = of(path);
        if (methods.isEmpty()
                && (method == HttpMethod.OPTIONS
                        || BELOW_QUARKUS_OWN.matcher(path).matches())) {
            exit.answer(context, GatewayException.of(ProblemKind.NOT_FOUND));
        } else if (methods.isEmpty() || methods.contains(method.name())) {
            context.next();
        } else {
            check(context, method, methods);
        }
    }

    private void check(RoutingContext context, HttpMethod method, Set<String> methods) {
        Set<String> allowed = AllowedMethods.completed(methods);
        if (method == HttpMethod.OPTIONS) {
            context.response()
                    .putHeader(HttpHeaders.ALLOW, String.join(", ", allowed))
                    .end();
        } else if (allowed.contains(method.name())) {
            context.next();
        } else {
            context.response().putHeader(HttpHeaders.ALLOW, String.join(", ", allowed));
            exit.answer(context, GatewayException.of(ProblemKind.METHOD_NOT_ALLOWED));
        }
    }

    /** Whether that path has the method; of one that no resource and no route names exactly, whether it can be read. */
    boolean has(String path, String method) {
        Set<String> methods = of(path);
        return AllowedMethods.completed(methods.isEmpty() ? READ : methods).contains(method);
    }

    private Set<String> of(String path) {
        Set<String> ofResources = AllowedMethods.of(path);
        if (!ofResources.isEmpty()) {
            return ofResources;
        }
        if (QUARKUS_OWN.matcher(path).matches()) {
            return READ;
        }
        Set<String> ofRoutes = ofRoutes(path);
        return ofRoutes.isEmpty() ? relayed.methodsOf(path) : ofRoutes;
    }

    private Set<String> ofRoutes(String path) {
        if (routes.isEmpty()) {
            router.getRoutes().stream()
                    .filter(route -> route.methods() != null && route.isExactPath())
                    .forEach(route -> route.methods()
                            .forEach(method -> routes.computeIfAbsent(route.getPath(), any -> new TreeSet<>())
                                    .add(method.name())));
            routes.putIfAbsent("", Set.of());
        }
        return routes.getOrDefault(path, Set.of());
    }
}
