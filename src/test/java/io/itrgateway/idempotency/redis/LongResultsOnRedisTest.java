package io.itrgateway.idempotency.redis;

import static io.itrgateway.redis.TestLink.KEYS;

import io.itrgateway.contract.LongResultsContract;
import io.itrgateway.idempotency.ClaimStore;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.TestLink;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.vertx.redis.client.Command;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HushedRedis.class)
@Needs(Needs.Tool.REDIS)
class LongResultsOnRedisTest extends LongResultsContract {

    private final RedisServer server = new RedisServer();
    private RedisLink link;
    private RedisClaimStore store;

    @Override
    protected ClaimStore open() {
        link = TestLink.to(server.url(), vertx);
        server.command(Command.SET, KEYS + "dataset", "1"); // it began long ago
        store = TestStore.on(link, vertx);
        return store;
    }

    @AfterEach
    void close() {
        store.close();
        link.close();
        server.close();
    }
}
