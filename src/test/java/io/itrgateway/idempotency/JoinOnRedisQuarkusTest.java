package io.itrgateway.idempotency;

import static org.awaitility.Awaitility.await;

import io.itrgateway.sandbox.Gateway;
import io.itrgateway.sandbox.HeldUpstream;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.SharedRedis;
import io.itrgateway.sandbox.TwoCallers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;

/** The same, when claims lie in Redis. */
@QuarkusTest
@QuarkusTestResource(value = HeldUpstream.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = SharedRedis.class, restrictToAnnotatedClass = true)
@TestProfile(TwoCallers.class)
@Needs(Needs.Tool.REDIS)
class JoinOnRedisQuarkusTest extends JoinSpecification {

    @BeforeEach
    void redisIsThere() {
        await().atMost(Duration.ofMinutes(1)).until(() -> Gateway.metric("gateway_redis_up") == 1);
        SharedRedis.awaitCompleteDataSet();
    }
}
