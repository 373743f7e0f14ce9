package io.itrgateway.idempotency.redis;

import static io.itrgateway.redis.TestLink.KEYS;
import static org.awaitility.Awaitility.await;

import io.itrgateway.idempotency.ClaimName;
import io.itrgateway.idempotency.ClaimState;
import io.itrgateway.idempotency.Fingerprint;
import io.itrgateway.idempotency.Owner;
import io.itrgateway.redis.RedisAway;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.TestLink;
import io.itrgateway.sandbox.RedisServer;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A store on a Redis of its own, which the test may kill. */
abstract class OwnRedis {

    static final Duration LONG = Duration.ofSeconds(60);
    static final Fingerprint PAYLOAD = new Fingerprint("payload");

    final Vertx vertx = Vertx.vertx();
    final PendingResults ends = new PendingResults(16 * 1024 * 1024);
    RedisServer server;
    RedisLink link;
    RedisClaimStore store;

    @BeforeEach
    void open() {
        server = new RedisServer();
        link = TestLink.to(server.url(), vertx);
        server.command(Command.SET, KEYS + "dataset", "1"); // it began long ago
        store = TestStore.on(link, vertx, ends);
    }

    @AfterEach
    void close() {
        store.close();
        link.close();
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    static <T> T ended(Uni<T> uni) {
        return uni.await().atMost(LONG);
    }

    /** An answer that takes too long on a busy machine is asked for again by another owner: the first one has released the claim. */
    static Owner claim(RedisClaimStore store, ClaimName name) {
        var owner = new AtomicReference<Owner>();
        await().atMost(LONG).ignoreExceptionsInstanceOf(RedisAway.class).until(() -> {
            owner.set(new Owner(UUID.randomUUID().toString()));
            return ended(store.claim(name, PAYLOAD, owner.get())) instanceof ClaimState.Acquired;
        });
        return owner.get();
    }
}
