package io.itrgateway.idempotency;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.itrgateway.sandbox.Gateway;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.SharedRedis;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same, when answers are kept in Redis. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = SharedRedis.class, restrictToAnnotatedClass = true)
@Needs(Needs.Tool.REDIS)
class ReplayOnRedisQuarkusTest extends ReplaySpecification {

    private static final Duration LONG = Duration.ofMinutes(1);

    @BeforeEach
    void redisIsThere() {
        await().atMost(LONG).until(() -> Gateway.metric("gateway_redis_up") == 1);
        SharedRedis.awaitCompleteDataSet();
    }

    @Test
    void whileRedisIsAwayOnlyCallsWithAKeyAreRefused() {
        SharedRedis.server().pause();
        try {
            await().atMost(LONG).until(() -> Gateway.metric("gateway_redis_up") == 0);

            send(caller().header("Idempotency-Key", UUID.randomUUID().toString()), ASHA.json())
                    .statusCode(503)
                    .body("code", equalTo("overloaded"))
                    .body("outcome", equalTo("not_processed"));
            assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isZero();
            register(ASHA).statusCode(200);
        } finally {
            SharedRedis.server().resume();
        }
    }

    @Test
    void answersLieInRedisAndNotHere() {
        send(caller().header("Idempotency-Key", UUID.randomUUID().toString()), ASHA.json())
                .statusCode(200);

        assertThat(SharedRedis.server().keys()).anyMatch(key -> key.contains(":claim:"));
        assertThat(given().get("/q/metrics").asString())
                .contains("gateway_redis_promises_bytes")
                .doesNotContain("gateway_idempotency_kept_bytes");
    }
}
