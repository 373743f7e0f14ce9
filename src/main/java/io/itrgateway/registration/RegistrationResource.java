package io.itrgateway.registration;

import io.itrgateway.edge.BoundedBody;
import io.itrgateway.edge.CallRecords;
import io.itrgateway.edge.Caller;
import io.itrgateway.edge.KnownCallers;
import io.itrgateway.edge.Patience;
import io.itrgateway.edge.PlainQuery;
import io.itrgateway.idempotency.IdempotencyKey;
import io.itrgateway.idempotency.KeptAnswer;
import io.itrgateway.idempotency.KeyedCall;
import io.itrgateway.idempotency.OnceOnly;
import io.itrgateway.journal.CallRecord;
import io.itrgateway.journal.CallRecord.Keyed;
import io.itrgateway.upstream.CreateClient;
import io.itrgateway.upstream.Deepvue;
import io.itrgateway.upstream.Envelope;
import io.itrgateway.upstream.UpstreamCall;
import io.quarkus.security.Authenticated;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeIn;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestResponse;

/** The public operation: the vendor's own path and bodies. */
@Path("/v1/verification/itr")
@Tag(name = "ITR", description = "Income-tax return verification")
@SecurityScheme(
        securitySchemeName = "apiKey",
        type = SecuritySchemeType.APIKEY,
        in = SecuritySchemeIn.HEADER,
        apiKeyName = "x-api-key",
        description = "The key of the caller; with it, an Authorization header is ignored.")
@SecurityScheme(
        securitySchemeName = "bearer",
        type = SecuritySchemeType.HTTP,
        scheme = "bearer",
        description = "A token of the configured OIDC issuer, where one is configured.")
public class RegistrationResource {

    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    private final Deepvue deepvue;
    private final OnceOnly onceOnly;

    RegistrationResource(Deepvue deepvue, OnceOnly onceOnly) {
        this.deepvue = deepvue;
        this.onceOnly = onceOnly;
    }

    @POST
    @Path("/create-client")
    @Authenticated
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createClient",
            summary = "Register a taxpayer for ITR data access",
            description =
                    "Registers a taxpayer's portal user with Deepvue. The request and the 200 body are Deepvue's own; every"
                            + " failure is a problem document whose `outcome` says what became of the registration.")
    @SecurityRequirement(name = "apiKey")
    @SecurityRequirement(name = "bearer")
    @Parameter(
            name = "X-Request-Id",
            in = ParameterIn.HEADER,
            description = "The caller's own id of the request, 1 to 128 visible ASCII characters.",
            schema = @Schema(type = SchemaType.STRING, minLength = 1, maxLength = 128, examples = "order-4711-try-1"))
    @Parameter(
            name = IDEMPOTENCY_KEY,
            in = ParameterIn.HEADER,
            description =
                    "Makes the call safe to repeat: 1 to 255 characters of your own, bare or quoted, such as a UUID. The same key"
                            + " and payload get the same answer for 24 hours, and register once; another payload gets 422"
                            + " `idempotency-key-reused`. Only an outcome of `not_processed` releases the key; 200, `rejected` and `unknown`"
                            + " are kept, so that the same key never registers twice.",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            minLength = 1,
                            maxLength = 255,
                            examples = "9c0d1c9e-3f5c-4a6e-9a51-8d1f6f0a7b42"))
    @APIResponse(
            responseCode = "200",
            description = "Registered: Deepvue's envelope, with every field as it came.",
            content =
                    @Content(
                            schema = @Schema(implementation = RegisteredDocument.class),
                            examples = @ExampleObject(name = "registered", value = RegisteredDocument.EXAMPLE)))
    @APIResponse(
            responseCode = "202",
            description =
                    "Deepvue is still processing the request: its envelope, with every field as it came. Not stored for the"
                            + " Idempotency-Key.",
            content =
                    @Content(
                            schema = @Schema(implementation = RegisteredDocument.class),
                            examples = @ExampleObject(name = "pending", value = RegisteredDocument.PENDING_EXAMPLE)))
    @RequestBody(
            required = true,
            description = "The taxpayer's user name and password of the income-tax portal.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RegistrationDocument.class)))
    public Uni<RestResponse<byte[]>> createClient(
            @Context RoutingContext request,
            @Context SecurityContext security,
            @Parameter(
                            description = "`wait=N`: how many seconds the caller will wait in all (RFC 7240).",
                            schema = @Schema(type = SchemaType.STRING, examples = "wait=10"))
                    @RestHeader("Prefer")
                    List<String> prefer) {
        String caller = Caller.nameOf(security.getUserPrincipal());
        var record = CallRecords.of(request);
        record.calledBy(caller);
        KnownCallers.markKnown(request);
        PlainQuery.demandNone(request);
        var key = IdempotencyKey.of(request.request().headers().getAll(IDEMPOTENCY_KEY));
        var patience = Patience.of(prefer);
        return BoundedBody.of(request)
                .map(RegistrationReader::read)
                .invoke(registration -> record.isFor(registration.username()))
                .chain(registration -> key.map(idempotent -> registeredOnce(
                                new KeyedCall(caller, RegistrationOperation.NAME, idempotent, registration.secrets()),
                                registration,
                                patience,
                                request.response(),
                                record))
                        .orElseGet(() -> registered(registration, caller, patience, record)))
                .map(RegistrationResource::response);
    }

    private Uni<KeptAnswer> registered(
            Registration registration, String caller, Optional<Duration> patience, CallRecord record) {
        var call = call(registration, caller, patience, record);
        return call.awaited(call.end()).map(RegistrationResource::answer);
    }

    private Uni<KeptAnswer> registeredOnce(
            KeyedCall keyed,
            Registration registration,
            Optional<Duration> patience,
            HttpServerResponse response,
            CallRecord record) {
        var call = call(registration, keyed.caller(), patience, record);
        record.served(Keyed.JOINED);
        return call.awaited(onceOnly.run(
                keyed,
                patience,
                () -> {
                    record.served(Keyed.REPLAYED);
                    response.putHeader("Idempotency-Replayed", "true");
                },
                () -> {
                    record.served(Keyed.NEW);
                    return call.end().map(RegistrationResource::answer);
                }));
    }

    private UpstreamCall<Envelope> call(
            Registration registration, String caller, Optional<Duration> patience, CallRecord record) {
        return deepvue.createClient(
                new CreateClient(registration.username(), registration.password()), caller, patience, record);
    }

    private static KeptAnswer answer(Envelope envelope) {
        return new KeptAnswer(envelope.status(), envelope.json());
    }

    private static RestResponse<byte[]> response(KeptAnswer answer) {
        return RestResponse.ResponseBuilder.<byte[]>create(answer.status(), null)
                .entity(answer.body())
                .type(MediaType.APPLICATION_JSON)
                .build();
    }
}
