package io.itrgateway.edge;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.ProblemMapper;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
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
 *   <li>of a call: its record in the journal,
 *   <li>of a call: the measure,
 *   <li>of a call: the {@link Door}, which is closed when the service stops,
 *   <li>Quarkus' authentication and routing,
 *   <li>the resource, which asks {@link BoundedBody} for the body: a caller who may not call is never read,
 *   <li>what no route took, and what failed on the way: both leave through the one exit.
 * </ol>
 */
@Singleton
class EdgeOrder {

    private static final int IDENTITY = 3000;
    private static final int RECORD = 2500;
    private static final int MEASURE = 2000;
    private static final int DOOR = 1000;

    private static final String CALLS = "/v1/";

    /** What the router answers by itself, before any route. */
    private static final int[] ROUTER_STATUSES = {400, 404, 405, 406, 415, 500};

    private final RequestId requestIds;
    private final CallRecords records;
    private final CallMeter meter;
    private final Door door;
    private final ProblemMapper exit;
    private final Arrivals arrivals;

    EdgeOrder(Clock clock, CallRecords records, CallMeter meter, Door door, ProblemMapper exit, Vertx vertx) {
        this.requestIds = new RequestId(clock);
        this.records = records;
        this.meter = meter;
        this.door = door;
        this.exit = exit;
        this.arrivals = GuardedTransport.arrivals(vertx);
    }

    void first(@Observes Filters filters) {
        filters.register(this::identify, IDENTITY);
        filters.register(calls(records::open), RECORD);
        filters.register(calls(meter::measure), MEASURE);
        filters.register(calls(door::pass), DOOR);
    }

    void last(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).failureHandler(this::failed);
        for (int status : ROUTER_STATUSES) {
            router.errorHandler(status, this::failed);
        }
        router.route().last().handler(this::nothingHere);
    }

    /** By the path that the router sees: there is more than one way to write it. */
    private static Handler<RoutingContext> calls(Handler<RoutingContext> filter) {
        return context -> {
            if (context.normalizedPath().startsWith(CALLS)) {
                filter.handle(context);
            } else {
                context.next();
            }
        };
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
        arrivals.requested(context);
        name(context);
        context.next();
    }

    /** Once; some failures come before the first filter. */
    private void name(RoutingContext context) {
        if (context.get(ProblemMapper.REQUEST_ID) != null) {
            return;
        }
        String id = requestIds.acceptOrCreate(context.request().headers());
        context.put(ProblemMapper.REQUEST_ID, id);
        context.response().putHeader(RequestId.HEADER, id).putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }
}
