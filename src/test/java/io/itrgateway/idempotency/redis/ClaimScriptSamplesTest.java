package io.itrgateway.idempotency.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.redis.RedisSelfTest;
import io.itrgateway.redis.TestLink;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The self-test of Redis runs the scripts of the claims, too. */
@ExtendWith(HushedRedis.class)
@Needs(Needs.Tool.REDIS)
class ClaimScriptSamplesTest {

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private RedisSelfTest.Report selfTest(RedisServer server, String userInfo) {
        return TestLink.selfTest(
                        "redis://" + userInfo + "127.0.0.1:" + server.port(),
                        vertx,
                        new ClaimScriptSamples().samples(),
                        OptionalInt.empty())
                .run()
                .await()
                .atMost(Duration.ofSeconds(30));
    }

    @Test
    void aUserWithoutACommandThatOnlyTheyNeedIsFoundOut() {
        try (var server = new RedisServer("--user gateway on >secret ~* +@all -hmget".split(" "))) {
            assertThat(selfTest(server, "gateway:secret@").trouble().orElseThrow())
                    .contains("renew");
        }
    }

    @Test
    void everyScriptRunsAndNothingIsLeft() {
        try (var server = new RedisServer()) {
            assertThat(selfTest(server, "").trouble()).isEmpty();
            assertThat(server.keys()).isEmpty();
        }
    }
}
