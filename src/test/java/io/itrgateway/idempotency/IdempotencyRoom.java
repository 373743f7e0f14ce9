package io.itrgateway.idempotency;

import io.itrgateway.secret.KeyRing;
import io.itrgateway.secret.Secret;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/** The room as it is in production, but for its clock, where callers are, and how much it holds. */
final class IdempotencyRoom {

    static final Secret CLIENT_SECRET = Secret.of("client-secret-1");

    private static final long MEMORY_BYTES = 64L * 1024 * 1024;

    static {
        // Mutiny sets itself up on its first use, which must be one thread's; in production that is the start.
        Uni.createFrom().deferred(() -> Uni.createFrom().voidItem()).await().indefinitely();
    }

    final MeterRegistry meters = new SimpleMeterRegistry();
    final ClaimStore claims;
    final HandTurnedContexts contexts = new HandTurnedContexts();

    IdempotencyRoom(Clock clock) {
        this.claims = new MemoryClaimStore(MEMORY_BYTES, nanosOf(clock), meters);
    }

    /** A clock that counts from now on. */
    static LongSupplier nanosOf(Clock clock) {
        Instant start = clock.instant();
        return () -> Duration.between(start, clock.instant()).toNanos();
    }

    IdempotencyService service(ClaimStore over, int mostWaiting) {
        return new IdempotencyService(
                over, new KeyRing(CLIENT_SECRET), mostWaiting, new IdempotencyTelemetry(meters), contexts);
    }

    /** Another process of the same account. */
    IdempotencyService neighbour(ClaimStore over) {
        return neighbour(over, 1);
    }

    IdempotencyService neighbour(ClaimStore over, int mostWaiting) {
        return new IdempotencyService(
                over,
                new KeyRing(CLIENT_SECRET),
                mostWaiting,
                new IdempotencyTelemetry(new SimpleMeterRegistry()),
                contexts);
    }

    /** How many calls were served in that way. */
    int served(String result) {
        return (int) meters.get("gateway.idempotency")
                .tag("result", result)
                .counter()
                .count();
    }

    int running() {
        return (int) meters.get("gateway.idempotency.running").gauge().value();
    }

    int waiting() {
        return (int) meters.get("gateway.idempotency.waiting").gauge().value();
    }

    int unsettled() {
        return (int) meters.get("gateway.idempotency.unsettled").counter().count();
    }
}
