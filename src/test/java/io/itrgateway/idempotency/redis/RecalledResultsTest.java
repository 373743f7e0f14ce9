package io.itrgateway.idempotency.redis;

import static io.itrgateway.redis.TestLink.KEYS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.idempotency.ClaimName;
import io.itrgateway.idempotency.Owner;
import io.itrgateway.problem.Effect;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.TestLink;
import io.itrgateway.sandbox.Needs;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Results that Redis has stored and may have lost since, on their way to it. */
@ExtendWith(HushedRedis.class)
@Needs(Needs.Tool.REDIS)
class RecalledResultsTest extends OwnRedis {

    private static final int MANY = 50;

    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger mostUnderWay = new AtomicInteger();

    private Redis client;
    private RedisLink counted;
    private RedisClaimStore countedStore;

    @BeforeEach
    void count() {
        client = Redis.createClient(vertx, new RedisOptions().setConnectionString(server.url()));
        counted = TestLink.over(
                TestLink.proxy(
                        Redis.class,
                        (method, arguments) -> client.connect()
                                .map(one -> TestLink.proxy(
                                        RedisConnection.class,
                                        (name, given) -> name.equals("send")
                                                ? send(one, (Request) given[0])
                                                : Future.succeededFuture()))),
                vertx);
        countedStore = TestStore.on(counted, vertx);
    }

    @AfterEach
    void stopCounting() {
        countedStore.close();
        counted.close();
        client.close();
    }

    private Future<?> send(RedisConnection connection, Request request) {
        if (!request.toString().contains(LargeResults.key(new Owner("")))) { // a key of the script that stores results
            return connection.send(request);
        }
        int now = underWay.incrementAndGet();
        mostUnderWay.accumulateAndGet(now, Math::max);
        return connection.send(request).onComplete(answered -> underWay.decrementAndGet());
    }

    private static ClaimName name(int number) {
        return new ClaimName("caller", "name-" + number);
    }

    private boolean areAllStored() {
        return IntStream.range(0, MANY)
                .allMatch(number -> server.command(
                                        Command.HEXISTS,
                                        KEYS + "claim:" + name(number).text(),
                                        "result")
                                .toInteger()
                        == 1);
    }

    /** More of them would not pass in time on a slow path, and the loss of the connection would bring all of them once more. */
    @Test
    void noMoreThanEightAreSentAtOnce() {
        for (int number = 0; number < MANY; number++) {
            ended(countedStore.complete(
                    name(number), PAYLOAD, new Owner("owner-" + number), Effect.REGISTERS, new byte[] {7}));
        }
        await().atMost(LONG).until(() -> countedStore.unstored() == 0 && areAllStored());
        mostUnderWay.set(0);

        server.command(Command.FLUSHALL);

        await().atMost(LONG).until(this::areAllStored);
        assertThat(mostUnderWay).hasPositiveValue().hasValueLessThanOrEqualTo(8);
    }
}
