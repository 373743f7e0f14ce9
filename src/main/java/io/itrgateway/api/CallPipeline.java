package io.itrgateway.api;

import io.itrgateway.binding.ClientBinding;
import io.itrgateway.call.Call;
import io.itrgateway.call.Deadline;
import io.itrgateway.call.RequestValues;
import io.itrgateway.edge.BoundedBodyReader;
import io.itrgateway.edge.CallRecords;
import io.itrgateway.edge.Caller;
import io.itrgateway.edge.KnownCallers;
import io.itrgateway.edge.PreferWaitHeader;
import io.itrgateway.idempotency.IdempotencyKey;
import io.itrgateway.idempotency.IdempotencyService;
import io.itrgateway.idempotency.KeptAnswer;
import io.itrgateway.idempotency.KeyedCall;
import io.itrgateway.operation.Operation;
import io.itrgateway.operation.Operation.Method;
import io.itrgateway.operation.Operations;
import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.telemetry.CallRecord.Keyed;
import io.itrgateway.transport.AnswerMemory;
import io.itrgateway.upstream.DeepvueClient;
import io.itrgateway.upstream.Envelope;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import java.security.Principal;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jboss.resteasy.reactive.RestResponse;

/** Runs the steps of a call in order. Failures propagate to {@code ProblemMapper}. */
@Singleton
class CallPipeline {

    static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    static final String PREFER = "Prefer";

    private final DeepvueClient deepvue;
    private final IdempotencyService idempotency;
    private final ClientBinding binding;
    private final SharedReads reads;
    private final AnswerMemory memory;
    private final Vertx vertx;

    CallPipeline(
            DeepvueClient deepvue,
            IdempotencyService idempotency,
            ClientBinding binding,
            SharedReads reads,
            AnswerMemory memory,
            Vertx vertx) {
        this.deepvue = deepvue;
        this.idempotency = idempotency;
        this.binding = binding;
        this.reads = reads;
        this.memory = memory;
        this.vertx = vertx;
    }

    /** Reads and validates the request, and answers it with Deepvue's envelope. */
    Uni<RestResponse<KeptAnswer>> run(Operation operation, RoutingContext context, Principal principal) {
        return run(operation, context, principal, () -> readValues(operation, context))
                .map(CallPipeline::response);
    }

    /** @param read reads and validates the request */
    Uni<KeptAnswer> run(
            Operation operation, RoutingContext context, Principal principal, Supplier<Uni<RequestValues>> read) {
        var request = context.request();
        var record = CallRecords.of(context);
        String caller = Caller.nameOf(principal);
        record.setCaller(caller);
        KnownCallers.markKnown(context);
        var home = vertx.getOrCreateContext();
        var key = operation.method() == Method.POST
                ? IdempotencyKey.of(request.headers().getAll(IDEMPOTENCY_KEY))
                : Optional.<IdempotencyKey>empty();
        var preferred = PreferWaitHeader.of(request.headers().getAll(PREFER))
                .map(wait -> Deadline.of(wait, record.startNanos(), System::nanoTime));
        return read.get()
                .map(values -> {
                    var deadline = preferred.orElseGet(
                            () -> Deadline.of(deepvue.longestCall(), System.nanoTime(), System::nanoTime));
                    return new Call(operation, caller, values, deadline, record, vertx);
                })
                .invoke(call -> call.values().subject().ifPresentOrElse(record::setSubject, record::setValid))
                .invoke(call -> call.setOnAnswer(answer -> bindClient(call, answer)))
                .call(this::demandOwnClient)
                .chain(call -> dispatch(call, key, context.response())
                        .invoke(answer -> HeldAnswer.hold(answer.body(), caller, memory, context, home))
                        .call(answer -> call.isSent()
                                ? Uni.createFrom().voidItem() // bound with its answer
                                : bindClient(call, answer.body())));
    }

    private static Uni<RequestValues> readValues(Operation operation, RoutingContext context) {
        HttpServerRequest request = context.request();
        if (operation.method() == Method.POST) {
            RequestReader.demandNoQuery(operation, request.query());
            return BoundedBodyReader.read(context).map(body -> RequestReader.readBody(operation, body));
        }
        BoundedBodyReader.discard(request);
        return Uni.createFrom().item(() -> RequestReader.readQuery(operation, request.query()));
    }

    private Uni<Void> demandOwnClient(Call call) {
        return call.operation().isAboutAClient()
                ? binding.demandOwn(call.caller(), call.values().get(Operations.CLIENT_ID.name()))
                : Uni.createFrom().voidItem();
    }

    /** With every answer of a call that is made here, also where its caller has gone, and with each that was kept. */
    private Uni<Void> bindClient(Call call, byte[] answer) {
        return call.operation() == Operations.CREATE_CLIENT
                ? binding.bind(call.caller(), answer)
                : Uni.createFrom().voidItem();
    }

    private Uni<KeptAnswer> dispatch(Call call, Optional<IdempotencyKey> key, HttpServerResponse response) {
        if (call.operation().effect() == Effect.READS
                && key.isEmpty()
                && !call.deadline().allowsNoWait()) {
            return reads.run(call, this::send);
        }
        return call.untilDeadline(
                key.map(known -> sendOnce(call, known, response)).orElseGet(() -> send(call)));
    }

    private Uni<KeptAnswer> send(Call call) {
        Uni<KeptAnswer> answer = deepvue.send(call).map(CallPipeline::answer);
        return call.values()
                .relayed()
                .map(request -> request.memory().during(() -> answer))
                .orElse(answer);
    }

    private Uni<KeptAnswer> sendOnce(Call call, IdempotencyKey key, HttpServerResponse response) {
        var keyed = new KeyedCall(
                call.caller(),
                call.operationId(),
                call.operation().effect(),
                key,
                call.values().payload());
        call.record().setKeyed(Keyed.JOINED);
        var isReplayed = new AtomicBoolean();
        return idempotency
                .run(
                        keyed,
                        call.deadline()::remaining,
                        () -> {
                            call.record().setKeyed(Keyed.REPLAYED);
                            isReplayed.set(true);
                        },
                        new KeyedWork(call, memory, () -> send(call)))
                .onItemOrFailure()
                .invoke((answer, failure) -> {
                    if (isReplayed.get()) {
                        demandMemoryFor(call.caller(), Optional.ofNullable(answer));
                        response.putHeader("Idempotency-Replayed", "true");
                    }
                });
    }

    /** Not {@code overloaded}, which says that Deepvue did not act on the call: a repeat under another key would be a second one. */
    private void demandMemoryFor(String caller, Optional<KeptAnswer> replay) {
        if (replay.filter(answer -> !BackpressuredBodyWriter.isShort(answer.body()))
                        .isPresent()
                && memory.isFull(caller)) {
            throw GatewayException.of(
                    ProblemKind.CALL_INTERRUPTED,
                    "The answer is kept, but answers that this caller has not read yet take all the memory that it may have here. Read"
                            + " those, then repeat with the same key.");
        }
    }

    private static KeptAnswer answer(Envelope envelope) {
        return new KeptAnswer(envelope.status(), envelope.json(), !envelope.isPending());
    }

    private static RestResponse<KeptAnswer> response(KeptAnswer answer) {
        return RestResponse.ResponseBuilder.<KeptAnswer>create(answer.status(), null)
                .entity(answer)
                .type(MediaType.APPLICATION_JSON)
                .build();
    }
}
