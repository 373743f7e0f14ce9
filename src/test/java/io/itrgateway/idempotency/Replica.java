package io.itrgateway.idempotency;

import io.itrgateway.problem.Effect;
import io.itrgateway.secret.KeyRing;
import io.itrgateway.secret.Secret;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** One process of several, as far as calls with a key go; all calls are the same one but for their keys. */
public final class Replica {

    private static final int MOST_WAITING = 100;

    private final MeterRegistry meters = new SimpleMeterRegistry();
    private final IdempotencyService service;

    /** A meter of its own. */
    public static IdempotencyTelemetry meter() {
        return new IdempotencyTelemetry(new SimpleMeterRegistry());
    }

    public Replica(ClaimStore claims, Vertx vertx) {
        this.service = new IdempotencyService(
                claims,
                new KeyRing(Secret.of("client-secret-1")),
                MOST_WAITING,
                new IdempotencyTelemetry(meters),
                Contexts.of(vertx));
    }

    /** A caller and what he gets: its completion is the answer or the failure. */
    public record Caller(CompletableFuture<KeptAnswer> answer, CompletableFuture<Void> replayed) {

        public boolean isReplayed() {
            return replayed.isDone();
        }
    }

    /** How many callers wait here for a call of another. */
    public int waiting() {
        return (int) meters.get("gateway.idempotency.waiting").gauge().value();
    }

    /** How many calls were answered whose result could not be kept, or whose key could not be freed. */
    public int unsettled() {
        return (int) meters.get("gateway.idempotency.unsettled").counter().count();
    }

    public Caller calls(String key, Supplier<Uni<KeptAnswer>> work) {
        return calls(Effect.REGISTERS, key, work);
    }

    public Caller calls(Effect effect, String key, Supplier<Uni<KeptAnswer>> work) {
        var call = new KeyedCall(
                "demo",
                "create-client",
                effect,
                IdempotencyKey.of(List.of(key)).orElseThrow(),
                List.of(Secret.of("ABCDE1234F"), Secret.of("correct horse 7#")));
        var replayed = new CompletableFuture<Void>();
        return new Caller(
                service.run(call, Optional::empty, () -> replayed.complete(null), work::get)
                        .subscribeAsCompletionStage(),
                replayed);
    }
}
