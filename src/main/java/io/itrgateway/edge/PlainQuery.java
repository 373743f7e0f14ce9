package io.itrgateway.edge;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.vertx.ext.web.RoutingContext;

/** The query of a call: a parameter that is not known is refused like an unknown field, so that a typing error never spends a call. */
public final class PlainQuery {

    private PlainQuery() {}

    /** For an operation that has no parameters at all. */
    public static void demandNone(RoutingContext context) {
        String query = context.request().query();
        if (query != null && !query.isEmpty()) {
            throw GatewayException.of(
                    ProblemKind.INVALID_REQUEST, "The path has a query; this operation knows no query parameters.");
        }
    }
}
