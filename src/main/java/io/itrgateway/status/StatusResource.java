package io.itrgateway.status;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.subscription.BackPressureStrategy;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestResponse;

/**
 * {@code /status}: a page in a browser, JSON where {@code Accept} asks for it, and both again, every second, as server-sent events.
 *
 * <p>Every part of it requires the operators' key, and is not found where none is configured.
 */
@Path("/status")
public class StatusResource {

    private static final Duration TICK = Duration.ofSeconds(1);

    /** Bounds the load: each watcher costs a connection and a report a second. */
    private static final int MOST_WATCHERS = 32;

    private final Optional<OperatorKey> key;
    private final StatusJsonWriter report;
    private final StatusHistory history;
    private final StatusPageFiles page;
    private final Vertx vertx;
    private final AtomicInteger watchers = new AtomicInteger();

    StatusResource(
            StatusSettings settings,
            StatusJsonWriter report,
            StatusHistory history,
            StatusPageFiles page,
            Vertx vertx) {
        this.key = settings.operatorKey();
        this.report = report;
        this.history = history;
        this.page = page;
        this.vertx = vertx;
    }

    private void admit(RoutingContext request) {
        key.orElseThrow(() -> GatewayException.of(ProblemKind.NOT_FOUND)).require(request);
    }

    @GET
    @Operation(hidden = true)
    @Produces("text/html;qs=0.9")
    public RestResponse<byte[]> forPeople(@Context RoutingContext request) {
        return part(StatusPageFiles.PAGE, request);
    }

    @GET
    @Operation(hidden = true)
    @Produces(MediaType.APPLICATION_JSON)
    public String forMachines(@Context RoutingContext request) {
        admit(request);
        return report.all();
    }

    /** What the page is made of. */
    @GET
    @Path("/{part}")
    @Operation(hidden = true)
    public RestResponse<byte[]> part(@RestPath String part, @Context RoutingContext request) {
        admit(request);
        return page.part(part).orElseThrow(() -> GatewayException.of(ProblemKind.NOT_FOUND));
    }

    /** {@code now} every second, {@code trend} at the beginning and whenever a step of it has ended. */
    @GET
    @Path("/events")
    @Operation(hidden = true)
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public Multi<OutboundSseEvent> live(@Context RoutingContext request, @Context Sse events) {
        admit(request);
        if (request.request().method() == HttpMethod.HEAD) {
            return Multi.createFrom().empty(); // its answer ends with its head
        }
        if (watchers.get() >= MOST_WATCHERS) {
            throw GatewayException.of(
                    ProblemKind.OVERLOADED, "The status page has its maximum of %d viewers.".formatted(MOST_WATCHERS));
        }
        var shown = new AtomicLong(-1);
        // Counted when subscribed to: where the connection is lost before the head of the answer is written, that never
        // happens.
        return ticks().onSubscription()
                .invoke(watchers::incrementAndGet)
                .onTermination()
                .invoke(watchers::decrementAndGet)
                .onItem()
                .transformToMultiAndConcatenate(tick -> {
                    // Taken first: the trend is never older than it, and has all calls that it speaks of.
                    OutboundSseEvent now = event(events, "now", report.now());
                    long ended = history.trend().ended();
                    return shown.getAndSet(ended) == ended
                            ? Multi.createFrom().item(now)
                            : Multi.createFrom().items(event(events, "trend", report.trend()), now);
                });
    }

    private static OutboundSseEvent event(Sse events, String name, String json) {
        return events.newEventBuilder().name(name).data(json).build();
    }

    /** On the context of the client that watches; a slow client misses some. */
    private Multi<Long> ticks() {
        return Multi.createFrom()
                .emitter(
                        emitter -> {
                            emitter.emit(0L);
                            long timer = vertx.setPeriodic(TICK.toMillis(), emitter::emit);
                            emitter.onTermination(() -> vertx.cancelTimer(timer));
                        },
                        BackPressureStrategy.DROP);
    }
}
