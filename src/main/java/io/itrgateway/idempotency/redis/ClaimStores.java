package io.itrgateway.idempotency.redis;

import io.itrgateway.idempotency.ClaimStore;
import io.itrgateway.idempotency.IdempotencySettings;
import io.itrgateway.idempotency.IdempotencyTelemetry;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.SharedStateSettings;
import io.smallrye.common.annotation.Identifier;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Chooses the store of claims: in Redis if there is one, else in this process. */
@Singleton
class ClaimStores {

    @Produces
    @Singleton
    ClaimStore store(
            @Identifier("memory") Instance<ClaimStore> inMemory,
            Optional<RedisLink> redis,
            IdempotencySettings settings,
            SharedStateSettings shared,
            IdempotencyTelemetry meter,
            Vertx vertx) {
        if (redis.isEmpty()) {
            return inMemory.get();
        }
        var ends = new PendingResults(settings.memoryBytes());
        meter.registerPendingGauges(ends::size, ends::bytes);
        var acknowledgement = new ReplicaAcknowledgement(redis.get(), shared.acks(), meter);
        return new RedisClaimStore(
                redis.get(), acknowledgement, ends, new LargeResults(redis.get()), RedisClaimStore.LONGEST_WAIT, vertx);
    }

    void close(@Disposes ClaimStore store) {
        if (store instanceof RedisClaimStore shared) {
            shared.close();
        }
    }
}
