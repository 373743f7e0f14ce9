package io.itrgateway.api;

import io.itrgateway.call.MemoryReservation;
import io.itrgateway.edge.CallRecords;
import io.itrgateway.edge.Caller;
import io.itrgateway.edge.RequestEnd;
import io.itrgateway.idempotency.KeptAnswer;
import io.itrgateway.operation.Operation;
import io.itrgateway.operation.RelaySettings;
import io.itrgateway.operation.RelayedOperations;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.telemetry.CallRecord;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import java.security.Principal;
import java.util.Optional;

/**
 * Serves the operations of GATEWAY_RELAY; there is no such route where none is listed.
 *
 * <p>Not a resource of Quarkus REST: a resource for any path would change what 404, 405 and OPTIONS say of all the others.
 */
@Singleton
class RelayRoute {

    private static final String PATHS = "/v1/*";

    /** Behind the edge, whose last filter has judged the method, and before Quarkus REST. */
    private static final int ORDER = -40;

    private final RelayedOperations operations;
    private final CallPipeline pipeline;
    private final IdentityProviderManager identities;
    private final MemoryReservation.Memory memory;

    RelayRoute(
            RelaySettings settings,
            RelayedOperations operations,
            CallPipeline pipeline,
            IdentityProviderManager identities,
            MeterRegistry meters) {
        this.operations = operations;
        this.pipeline = pipeline;
        this.identities = identities;
        this.memory = new MemoryReservation.Memory(settings.memoryBytes());
        Gauge.builder("gateway.relay.bytes", memory, MemoryReservation.Memory::heldBytes)
                .baseUnit("bytes")
                .description("Bodies of relayed requests in memory, from their first byte until their calls have ended")
                .strongReference(true)
                .register(meters);
    }

    void register(@Observes Router router) {
        if (!operations.isEmpty()) {
            router.route(PATHS).order(ORDER).handler(this::handle);
        }
    }

    private void handle(RoutingContext context) {
        // The route is also that of its path without the last slash, which is no call and has no record.
        Optional.ofNullable(CallRecords.of(context))
                .flatMap(CallRecord::operation)
                .filter(Operation::isRelayed)
                .ifPresentOrElse(operation -> relay(operation, context), context::next);
    }

    private void relay(Operation operation, RoutingContext context) {
        var reader = RelayReader.of(operation, context.request());
        context.request().pause(); // its body is read after the caller has been authenticated
        Context home = Vertx.currentContext();
        var running = caller(context)
                .chain(caller -> {
                    var held = memory.open(Caller.nameOf(caller));
                    return held.during(
                            () -> pipeline.run(operation, context, caller, () -> reader.read(context, held)));
                })
                .emitOn(answer -> home.runOnContext(now -> answer.run()))
                .subscribe()
                .with(answer -> write(answer, context), failure -> fail(failure, context));
        RequestEnd.then(context, running::cancel);
    }

    private Uni<Principal> caller(RoutingContext context) {
        return QuarkusHttpUser.getSecurityIdentity(context, identities).map(identity -> {
            if (identity.isAnonymous()) {
                throw GatewayException.of(ProblemKind.UNAUTHENTICATED);
            }
            return identity.getPrincipal();
        });
    }

    private void write(KeptAnswer answer, RoutingContext context) {
        var response = context.response();
        if (RequestEnd.isOver(context)) {
            return;
        }
        response.setStatusCode(answer.status()).putHeader(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON);
        if (BackpressuredBodyWriter.isShort(answer.body())) {
            response.end(Buffer.buffer(answer.body()));
        } else {
            BackpressuredBodyWriter.write(answer.body(), context, () -> {});
        }
    }

    /** A failure after the answer, as on stopping, is not sent. */
    private static void fail(Throwable failure, RoutingContext context) {
        if (!context.response().ended()) {
            context.fail(failure);
        }
    }
}
