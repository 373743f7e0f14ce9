package io.itrgateway.idempotency.redis;

import io.itrgateway.idempotency.Replica;
import io.itrgateway.redis.RedisLink;
import io.vertx.core.Vertx;
import java.util.OptionalInt;

/** The store as it is in production, but for how long it waits for a claim: what is tested is not how busy this machine is. */
final class TestStore {

    private TestStore() {}

    static RedisClaimStore on(RedisLink link, Vertx vertx) {
        return on(link, vertx, new PendingResults(1024 * 1024));
    }

    static RedisClaimStore on(RedisLink link, Vertx vertx, PendingResults ends) {
        return on(link, vertx, ends, OptionalInt.of(0));
    }

    static RedisClaimStore on(RedisLink link, Vertx vertx, PendingResults ends, OptionalInt neededAcks) {
        return on(link, vertx, ends, neededAcks, new LargeResults(link));
    }

    static RedisClaimStore on(
            RedisLink link, Vertx vertx, PendingResults ends, OptionalInt neededAcks, LargeResults large) {
        var acknowledgement = new ReplicaAcknowledgement(link, neededAcks, Replica.meter());
        return new RedisClaimStore(link, acknowledgement, ends, large, RedisLink.SILENCE, vertx);
    }
}
