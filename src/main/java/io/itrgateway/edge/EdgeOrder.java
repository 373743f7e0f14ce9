package io.itrgateway.edge;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.ProblemMapper;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;

/**
 * The order in which a request meets the edge:
 *
 * <ol>
 *   <li>identity and headers that every answer carries,
 *   <li>the measure,
 *   <li>Quarkus' authentication and routing,
 *   <li>the resource, which asks {@link BoundedBody} for the body: a caller who may not call is never read,
 *   <li>what no route took, and what failed on the way: both leave through the one exit.
 * </ol>
 */
@Singleton
class EdgeOrder {

    private static final int IDENTITY = 3000;
    private static final int MEASURE = 2000;

    /** What the router answers by itself, before any route. */
    private static final int[] ROUTER_STATUSES = {400, 404, 405, 406, 415, 500};

    private final RequestId requestIds;
    private final CallMeter meter;
    private final ProblemMapper exit;

    EdgeOrder(Clock clock, CallMeter meter, ProblemMapper exit) {
        this.requestIds = new RequestId(clock);
        this.meter = meter;
        this.exit = exit;
    }

    void first(@Observes Filters filters) {
        filters.register(this::identify, IDENTITY);
        filters.register(meter::measure, MEASURE);
    }

    void last(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).failureHandler(this::failed);
        for (int status : ROUTER_STATUSES) {
            router.errorHandler(status, this::failed);
        }
        router.route().last().handler(this::nothingHere);
    }

    private void failed(RoutingContext context) {
        name(context);
        exit.answer(context);
    }

    private void nothingHere(RoutingContext context) {
        name(context);
        exit.answer(context, GatewayException.of(ProblemKind.NOT_FOUND));
    }

    private void identify(RoutingContext context) {
        name(context);
        context.next();
    }

    /** Once; some failures come before the first filter. */
    private void name(RoutingContext context) {
        if (context.get(ProblemMapper.REQUEST_ID) != null) {
            return;
        }
        String id = requestIds.acceptOrCreate(context.request().getHeader(RequestId.HEADER));
        context.put(ProblemMapper.REQUEST_ID, id);
        context.response().putHeader(RequestId.HEADER, id).putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }
}
