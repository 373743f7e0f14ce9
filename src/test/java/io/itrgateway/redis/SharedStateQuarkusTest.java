package io.itrgateway.redis;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.metric;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.SharedRedis;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What callers and operators notice of a Redis that comes and goes, with a plan. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = SharedRedis.class, restrictToAnnotatedClass = true)
@TestProfile(SharedStateQuarkusTest.AThousandAMinute.class)
@Needs(Needs.Tool.REDIS)
class SharedStateQuarkusTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    public static class AThousandAMinute implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "deepvue.plan",
                    "0/1000/50000",
                    "gateway.max-wait",
                    "20s",
                    "gateway.operator-key",
                    "06e55b633481f7bb072957eabcf110c972e86691c3cfedabe088024bffe42f23");
        }
    }

    @BeforeEach
    void together() {
        Sandbox.forget();
        await().atMost(LONG)
                .until(() -> health("budget").equals("together")
                        && health("replicas").equals("1"));
    }

    @AfterEach
    void resume() {
        SharedRedis.server().resume();
    }

    private static String health(String field) {
        return String.valueOf(given().get("/q/health/ready")
                .then()
                .statusCode(200)
                .extract()
                .<String>path("checks.find { it.name == 'shared state' }.data." + field));
    }

    @Test
    void whileRedisHangsCallsWithoutAKeyAreServedAndThoseWithOneAreNotMade() {
        register(ASHA).statusCode(200);
        SharedRedis.server().pause();

        register(ASHA).statusCode(200);
        send(caller().header("Idempotency-Key", "while-redis-hangs"), ASHA.json())
                .statusCode(503)
                .header("Retry-After", notNullValue())
                .body("code", equalTo("overloaded"))
                .body("outcome", equalTo("not_processed"));

        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isEqualTo(2);
    }

    @Test
    void itIsSaidInHealthAndMetricsWhetherTheBudgetIsShared() {
        assertThat(health("redis")).isEqualTo("up");
        assertThat(health("replicas")).isEqualTo("1");
        assertThat(metric("gateway_redis_up")).isEqualTo(1);
        assertThat(metric("gateway_replicas")).isEqualTo(1);
        assertThat(metric("gateway_budget_together")).isEqualTo(1);

        SharedRedis.server().pause();

        await().atMost(LONG).until(() -> health("budget").equals("alone"));
        await().atMost(LONG).until(() -> health("redis").equals("away"));
        assertThat(metric("gateway_redis_up")).isZero();
        assertThat(metric("gateway_budget_together")).isZero();
        assertThat(metric("gateway_budget_alone_total")).isPositive();
    }

    private static String status(String field) {
        return given().auth()
                .preemptive()
                .basic("operator", "operator")
                .accept("application/json")
                .get("/status")
                .then()
                .statusCode(200)
                .extract()
                .path(field);
    }

    @Test
    void itIsSaidOnTheStatusPageWhetherTheBudgetIsShared() {
        assertThat(status("redis.state")).isEqualTo("up");
        assertThat(status("budget.state")).isEqualTo("together");

        SharedRedis.server().pause();

        await().atMost(LONG).until(() -> status("budget.state").equals("alone"));
        await().atMost(LONG).until(() -> status("redis.state").equals("away"));
    }

    @Test
    void itGoesOnTogetherByItselfWhenRedisIsBack() {
        SharedRedis.server().pause();
        await().atMost(LONG).until(() -> health("budget").equals("alone"));
        register(ASHA).statusCode(200);

        SharedRedis.server().resume();

        await().atMost(LONG).until(() -> health("budget").equals("together"));
        register(ASHA).statusCode(200);
        send(caller().header("Idempotency-Key", "when-redis-is-back"), ASHA.json())
                .statusCode(200);
    }

    /** All calls that count. */
    private static long counted() {
        return SharedRedis.server().keys().stream()
                .filter(key -> key.endsWith(":budget:calls"))
                .mapToLong(
                        key -> SharedRedis.server().command(Command.ZCARD, key).toLong())
                .sum();
    }

    @Test
    void whatWasSentMeanwhileIsCountedOnce() {
        register(ASHA).statusCode(200); // there is a token, whose authorize is a call, too
        long before = counted();
        SharedRedis.server().pause();
        await().atMost(LONG).until(() -> health("budget").equals("alone"));
        register(ASHA).statusCode(200);

        SharedRedis.server().resume();

        await().atMost(LONG).until(() -> health("budget").equals("together"));
        assertThat(counted()).isEqualTo(before + 1);
    }

    @Test
    void nothingLiesThereWithoutAnEndOfItsLife() {
        register(ASHA).statusCode(200);
        send(caller().header("Idempotency-Key", "with-a-life"), ASHA.json()).statusCode(200);

        var redis = SharedRedis.server();
        assertThat(redis.keys()).isNotEmpty().allSatisfy(key -> {
            assertThat(key).startsWith("itr-gateway:4:{");
            assertThat(redis.command(Command.PTTL, key).toLong()).as(key).isPositive();
        });
    }
}
