package io.itrgateway.binding;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.OperationCalls.AFTER_A_REGISTRATION;
import static io.itrgateway.sandbox.OperationCalls.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.TwoCallers.otherCaller;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.itrgateway.operation.Operation;
import io.itrgateway.sandbox.Gateway;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.SharedRedis;
import io.itrgateway.sandbox.TwoCallers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same, where bindings lie in Redis. */
@QuarkusTest
@TestProfile(TwoCallers.class)
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = SharedRedis.class, restrictToAnnotatedClass = true)
@Needs(Needs.Tool.REDIS)
class ClientBindingOnRedisQuarkusTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    @BeforeEach
    void redisIsThere() {
        Sandbox.forget();
        await().atMost(LONG).until(() -> Gateway.metric("gateway_redis_up") == 1);
        SharedRedis.awaitCompleteDataSet();
    }

    private static List<String> bindings() {
        return SharedRedis.server().keys().stream()
                .filter(key -> key.contains(":client:"))
                .toList();
    }

    private static void forgetBindings() {
        // One that was recorded a moment ago may still be on its way.
        await().atMost(LONG).until(() -> !bindings().isEmpty());
        bindings().forEach(key -> SharedRedis.server().command(Command.DEL, key));
    }

    @Test
    void anotherCallersClientIsRefusedInEveryOperation() {
        String id = send(caller(), ASHA.json()).statusCode(200).extract().path("data.itr_client_id");

        for (Operation operation : AFTER_A_REGISTRATION) {
            send(otherCaller(), operation, id).statusCode(403).body("code", equalTo("forbidden"));
            assertThat(Sandbox.received(operation.path())).isZero();
            send(caller(), operation, id).statusCode(200);
        }
    }

    @Test
    void aReplayOfTheRegistrationRecordsTheBindingAgain() {
        String key = UUID.randomUUID().toString();
        send(caller().header("Idempotency-Key", key), ASHA.json()).statusCode(200);
        forgetBindings();

        send(caller().header("Idempotency-Key", key), ASHA.json())
                .statusCode(200)
                .header("Idempotency-Replayed", equalTo("true"));

        await().atMost(LONG).until(() -> bindings().size() == 1);
        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isEqualTo(1);
    }

    @Test
    void whileRedisIsAwayClientsRecordedHereAreStillRefusedAndOthersServed() {
        String id = send(caller(), ASHA.json()).statusCode(200).extract().path("data.itr_client_id");
        SharedRedis.server().pause();
        try {
            await().atMost(LONG).until(() -> Gateway.metric("gateway_redis_up") == 0);

            for (Operation operation : AFTER_A_REGISTRATION) {
                send(otherCaller(), operation, id).statusCode(403);
                send(caller(), operation, id).statusCode(200);
                send(otherCaller(), operation, "itr_" + UUID.randomUUID()).statusCode(200);
            }
        } finally {
            SharedRedis.server().resume();
        }
    }
}
