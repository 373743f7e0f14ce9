package io.itrgateway.edge;

import io.itrgateway.connection.ArrivalLimits;
import io.itrgateway.connection.ConnectionTracker;
import io.itrgateway.connection.GuardedTransport;
import io.itrgateway.connection.Http1Exchanges;
import io.itrgateway.operation.RelayedOperations;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.ProblemMapper;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The order in which a request meets the edge:
 *
 * <ol>
 *   <li>identity and headers that every answer carries; a request that was refused while it came (by {@code connection.Http1Guard}) is answered,
 *   <li>its head, which has to be readable in one way only ({@link RequestHeadValidator}),
 *   <li>of a call: its record,
 *   <li>of a call: the {@link DrainableEntry}, which is closed when the service stops,
 *   <li>the origin of a script in a browser, where the operator has switched CORS on,
 *   <li>Quarkus' authentication and routing,
 *   <li>its method ({@link AllowedMethodFilter}),
 *   <li>the metrics ({@link MetricsRoute}),
 *   <li>the resource, which asks {@link BoundedBodyReader} for the body: a caller who may not call is never read,
 *   <li>what no route took, and what failed on the way: both leave through the one exit.
 * </ol>
 */
@Singleton
class InboundFilters {

    private static final int IDENTITY = 3000;
    private static final int HEAD = 2900;
    private static final int RECORD = 2500;
    private static final int ENTRY = 1000;
    /** Before Quarkus' CORS filter. */
    private static final int ORIGIN = 900;

    /** Behind Quarkus' authentication, and the operator's permissions. */
    private static final int METHOD = 50;

    private static final String CALLS = "/v1/";

    /** RFC 9113, 8.2.2: not in HTTP/2, whose clients take an answer with one of them for broken. An operator may add them to every answer. */
    private static final List<String> HEADERS_OF_HTTP1 =
            List.of("Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade");

    /** What the router answers by itself, before any route. */
    private static final int[] ROUTER_STATUSES = {400, 404, 405, 406, 415, 500};

    private final CallRecords records;
    private final DrainableEntry entry;
    private final ProblemMapper exit;
    private final ConnectionTracker arrivals;
    private final ArrivalLimits limits;
    private final CorsPolicy origins;
    private final KnownCallers callers;
    private final RelayedOperations relayed;
    private final MetricsRoute metrics;
    private final DateHeader date;
    private volatile AllowedMethodFilter methods;

    InboundFilters(
            CallRecords records,
            DrainableEntry entry,
            ProblemMapper exit,
            Vertx vertx,
            ArrivalSettings arrival,
            KnownCallers callers,
            RelayedOperations relayed,
            MetricsRoute metrics,
            DateHeader date,
            @ConfigProperty(name = "quarkus.http.limits.max-initial-line-length", defaultValue = "4096")
                    int longestLine,
            @ConfigProperty(name = "quarkus.http.limits.max-header-size", defaultValue = "20K")
                    MemorySize largestHead) {
        this.records = records;
        this.entry = entry;
        this.exit = exit;
        this.callers = callers;
        this.relayed = relayed;
        this.metrics = metrics;
        this.date = date;
        this.arrivals = GuardedTransport.arrivals(vertx);
        this.limits =
                new ArrivalLimits(arrival.requestTimeout(), longestLine, Math.toIntExact(largestHead.asLongValue()));
        this.origins = new CorsPolicy(ConfigProvider.getConfig()
                .unwrap(SmallRyeConfig.class)
                .getConfigMapping(VertxHttpConfig.class)
                .cors());
    }

    void registerFilters(@Observes Filters filters) {
        ArrivalLimits.use(limits);
        filters.register(this::identify, IDENTITY);
        filters.register(this::judgeHead, HEAD);
        filters.register(calls(records::open), RECORD);
        filters.register(calls(this::enter), ENTRY);
        filters.register(this::judgeOrigin, ORIGIN);
        filters.register(context -> methods.check(context), METHOD);
    }

    void registerFallbacks(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).failureHandler(this::failed);
        for (int status : ROUTER_STATUSES) {
            router.errorHandler(status, this::failed);
        }
        methods = new AllowedMethodFilter(exit, router, relayed);
        metrics.open(router, -HEAD + 1, -METHOD + 1);
        router.route().last().handler(this::answerNotFound);
    }

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
        prepareRequest(context);
        GatewayException refusal = context.get(ProblemMapper.REFUSAL);
        if (refusal != null) {
            exit.answer(context, refusal);
        } else if (!RequestHeadValidator.tryAnswerServerOptions(context)) {
            RequestHeadValidator.faultOfUnroutable(context.request())
                    .ifPresentOrElse(fault -> exit.answer(context, fault), () -> exit.answer(context));
        }
    }

    private void answerNotFound(RoutingContext context) {
        prepareRequest(context);
        exit.answer(context, GatewayException.of(ProblemKind.NOT_FOUND));
    }

    private void identify(RoutingContext context) {
        var exchanges = Http1Exchanges.of(context.request());
        if (exchanges != null && exchanges.isOver()) {
            return; // RFC 9112, 9.6: no answer follows the one that has said that it is the last
        }
        prepareRequest(context);
        GatewayException refusal = context.get(ProblemMapper.REFUSAL);
        if (refusal == null) {
            context.next();
        } else {
            exit.answer(context, refusal);
        }
    }

    private void judgeHead(RoutingContext context) {
        MediaTypeNormalizer.normalise(context.request().headers());
        RequestHeadValidator.fault(context.request())
                .ifPresentOrElse(fault -> exit.answer(context, fault), context::next);
    }

    /** A preflight takes no call; refused while the service stops, it would keep the script from reading that it does. */
    private void enter(RoutingContext context) {
        if (origins.isCorsPreflight(context.request())) {
            context.next();
        } else {
            entry.pass(context);
        }
    }

    private void judgeOrigin(RoutingContext context) {
        if (origins.isRefused(context.request()) || origins.isRefusedPreflight(context, methods)) {
            exit.answer(
                    context,
                    GatewayException.of(
                            ProblemKind.FORBIDDEN,
                            "Scripts of this Origin, or with this method or these headers, are not allowed to call."));
        } else {
            context.next();
        }
    }

    /** Once; some failures come before the first filter. */
    private void prepareRequest(RoutingContext context) {
        if (context.get(ProblemMapper.REQUEST_ID) != null) {
            return;
        }
        String id = RequestId.acceptOrCreate(context.request().headers());
        context.put(ProblemMapper.REQUEST_ID, id);
        arrivals.trackRequest(context);
        context.response().putHeader(RequestId.HEADER, id).putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        origins.completeAnswer(context);
        context.addHeadersEndHandler(head -> completeHead(context));
        String path = context.request().path();
        if (path != null && path.startsWith(CALLS)) {
            callers.watch(context);
            RequestEnd.watch(context);
        }
        var exchanges = Http1Exchanges.of(context.request());
        if (exchanges != null) {
            exchanges.beginRequest(context);
        }
    }

    private void completeHead(RoutingContext context) {
        MultiMap headers = context.response().headers();
        headers.set(HttpHeaders.DATE, date.value());
        if (context.request().version() == HttpVersion.HTTP_2) {
            HEADERS_OF_HTTP1.forEach(headers::remove);
        }
    }
}
