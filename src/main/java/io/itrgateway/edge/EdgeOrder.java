package io.itrgateway.edge;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.ProblemMapper;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.impl.RoutingContextInternal;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;

/**
 * The order in which a request meets the edge:
 *
 * <ol>
 *   <li>identity and headers that every answer carries,
 *   <li>the measure,
 *   <li>the bound of its body: read whole, at most {@value #LONGEST_BODY_BYTES} bytes, chunked or not,
 *   <li>Quarkus' authentication and routing, the resource,
 *   <li>what no route took, and what failed on the way: both leave through the one exit.
 * </ol>
 */
@Singleton
class EdgeOrder {

    static final long LONGEST_BODY_BYTES = 64 * 1024;

    private static final int IDENTITY = 3000;
    private static final int MEASURE = 2000;
    private static final int BODY = 1000;
    private static final int AFTER_BODY = 999;

    /** What the router answers by itself, before any route. */
    private static final int[] ROUTER_STATUSES = {400, 404, 405, 406, 415, 500};

    private final RequestId requestIds;
    private final CallMeter meter;
    private final ProblemMapper exit;
    private final BodyHandler body = BodyHandler.create(false).setBodyLimit(LONGEST_BODY_BYTES);

    EdgeOrder(Clock clock, CallMeter meter, ProblemMapper exit) {
        this.requestIds = new RequestId(clock);
        this.meter = meter;
        this.exit = exit;
    }

    void first(@Observes Filters filters) {
        filters.register(this::identify, IDENTITY);
        filters.register(meter::measure, MEASURE);
        filters.register(this::readBody, BODY);
        filters.register(EdgeOrder::settleBody, AFTER_BODY);
    }

    void last(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).failureHandler(exit::answer);
        for (int status : ROUTER_STATUSES) {
            router.errorHandler(status, this::answerUnrouted);
        }
        router.route().last().handler(context -> exit.answer(context, GatewayException.of(ProblemKind.NOT_FOUND)));
    }

    private void readBody(RoutingContext context) {
        if (context.request().isEnded()) {
            // An empty body is over before anybody can listen to it; the handler would wait for its end for ever.
            context.next();
        } else {
            body.handle(context);
        }
    }

    /** The body is here, if only an empty one: nobody after this shall ask for it, or wait for its end, a second time. */
    private static void settleBody(RoutingContext context) {
        if (context.body().buffer() == null) {
            ((RoutingContextInternal) context).setBody(Buffer.buffer());
        }
        if (context.request().headers().contains(HttpHeaders.EXPECT)) {
            context.request().headers().remove(HttpHeaders.EXPECT);
        }
        context.next();
    }

    private void answerUnrouted(RoutingContext context) {
        if (context.get(ProblemMapper.REQUEST_ID) == null) {
            name(context);
        }
        exit.answer(context);
    }

    private void identify(RoutingContext context) {
        name(context);
        context.next();
    }

    private void name(RoutingContext context) {
        String id = requestIds.acceptOrCreate(context.request().getHeader(RequestId.HEADER));
        context.put(ProblemMapper.REQUEST_ID, id);
        context.response().putHeader(RequestId.HEADER, id).putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }
}
