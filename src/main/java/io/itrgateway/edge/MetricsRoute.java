package io.itrgateway.edge;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.ProblemMapper;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.netty.buffer.Unpooled;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;

/**
 * Answers {@code /q/metrics} before Quarkus' own routes do, with what those would answer. They render the metrics for each request, on as
 * many threads as there are; and what they refuse is answered without a problem, and with the caller's own words in the status line.
 */
@Singleton
@SuppressWarnings("deprecation") // the registry for Prometheus' former client library, the only one that Quarkus has
class MetricsRoute {

    private static final String PATH = "/q/metrics";
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final Vertx vertx;
    private final ProblemMapper exit;
    private final SharedScrapes text;
    private final SharedScrapes openMetrics;

    MetricsRoute(Vertx vertx, ProblemMapper exit, PrometheusMeterRegistry meters) {
        this.vertx = vertx;
        this.exit = exit;
        this.text = scrapes(meters, TEXT);
        this.openMetrics = scrapes(meters, MediaTypeNormalizer.OPEN_METRICS);
    }

    private SharedScrapes scrapes(PrometheusMeterRegistry meters, String type) {
        return new SharedScrapes(vertx, () -> meters.scrape(type).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Adds the routes.
     *
     * @param headOrder of one that runs before the first route that reads {@code Accept}
     * @param answerOrder of those that answer, behind the filter that judges the method
     */
    void open(Router router, int headOrder, int answerOrder) {
        router.route(PATH).order(headOrder).handler(context -> {
            MediaTypeNormalizer.completeOpenMetrics(context.request().headers());
            context.next();
        });
        router.route(PATH)
                .order(answerOrder)
                .produces("text/plain")
                .produces(MediaTypeNormalizer.OPEN_METRICS)
                .handler(this::answer);
        router.route(PATH)
                .order(answerOrder + 1)
                .handler(context -> exit.answer(context, GatewayException.of(ProblemKind.NOT_ACCEPTABLE)));
    }

    private void answer(RoutingContext request) {
        Context context = vertx.getOrCreateContext();
        boolean isText = wantsText(request.request().getHeader(HttpHeaders.ACCEPT));
        (isText ? text : openMetrics)
                .scrape()
                .onComplete(scraped -> context.runOnContext(
                        now -> end(request, isText ? TEXT : MediaTypeNormalizer.OPEN_METRICS, scraped)));
    }

    /** As Quarkus chooses: OpenMetrics where the caller accepts anything. */
    private static boolean wantsText(String accept) {
        return accept != null && (accept.contains("text/plain") || accept.contains("text/html"));
    }

    /** Of one answer, without a copy of the text, which all requests that waited for it share. */
    static Buffer body(byte[] text) {
        return Buffer.buffer(Unpooled.wrappedBuffer(text));
    }

    private static void end(RoutingContext request, String type, AsyncResult<byte[]> scraped) {
        if (scraped.failed()) {
            request.fail(scraped.cause());
        } else {
            request.response().putHeader(HttpHeaders.CONTENT_TYPE, type).end(body(scraped.result()));
        }
    }
}
