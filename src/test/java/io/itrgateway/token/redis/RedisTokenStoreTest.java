package io.itrgateway.token.redis;

import static io.itrgateway.token.TokenRoom.COMPANY;

import io.itrgateway.TurnableClock;
import io.itrgateway.contract.TokenStoreContract;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.itrgateway.token.TokenStore;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** The store that replicas share promises what every store does. */
@ExtendWith(Hushed.class)
@Needs(Needs.Tool.REDIS)
class RedisTokenStoreTest extends TokenStoreContract {

    private final Vertx vertx = Vertx.vertx();
    private final RedisServer server = new RedisServer();
    private final Replica replica = new Replica(vertx, server, COMPANY, new TurnableClock(NOW)).started();

    @AfterEach
    void close() {
        replica.link.close();
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Override
    protected TokenStore store() {
        return replica.store;
    }
}
