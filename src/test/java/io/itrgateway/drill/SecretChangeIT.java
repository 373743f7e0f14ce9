package io.itrgateway.drill;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.RedisServer;
import io.itrgateway.sandbox.Sandbox;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A new client secret, brought in as docs/deploy.md says under "New keys without a gap": two replicas, Redis, and callers without a break. */
@Needs(Needs.Tool.REDIS)
class SecretChangeIT {

    private static final Duration LONG = Duration.ofMinutes(2);

    private static final int REPLICAS = 2;

    /** More than half of the plan serves, so that it binds. */
    private static final int CALLERS = 16;

    private static final String WHOLE_PLAN = "60/10000/50000";
    private static final String HALF_OF_THE_PLAN = "30/5000/25000";
    private static final String NEW_SECRET = "new-secret";

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    /** Starts of replicas keep the machine busy. Without a limit the callers would make up to 66 calls in that time. */
    private final EnforcingUpstream upstream = new EnforcingUpstream(vertx, 60, 10_000, Duration.ofMillis(750));

    private final Callers callers = new Callers(vertx);
    private final List<PackagedService> replicas = new ArrayList<>();
    private RedisServer redis;

    @BeforeEach
    void startWithTheOldSecret() throws Exception {
        redis = new RedisServer();
        roll(Sandbox.CLIENT_SECRET, WHOLE_PLAN);
        onLoop(() -> callers.start(CALLERS));
        untilAFewMoreAreRegistered();
    }

    @AfterEach
    void stop() throws IOException {
        for (PackagedService replica : replicas) {
            replica.close();
        }
        redis.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void noCallIsLostOrMadeTwiceAndNoneWithoutAKeyIsRefused() throws Exception {
        roll(Sandbox.CLIENT_SECRET, HALF_OF_THE_PLAN);
        onLoop(() -> upstream.accepted.add(NEW_SECRET));
        roll(NEW_SECRET, HALF_OF_THE_PLAN);
        untilAFewMoreAreRegistered();
        onLoop(() -> upstream.accepted.remove(Sandbox.CLIENT_SECRET));
        roll(NEW_SECRET, WHOLE_PLAN);
        untilAFewMoreAreRegistered();
        onLoop(callers::stop);
        await().atMost(LONG).until(() -> onLoop(() -> callers.calling) == 0);

        onLoop(() -> {
            assertThat(callers.answered).isEqualTo(callers.accepted);
            assertThat(upstream.refusals)
                    .as("calls beyond the plan, and how many ms before each the others came")
                    .isEmpty();
            assertThat(callers.problemsWithoutKey()).isEmpty();
            // Of calls with a key, in the first 2 s of the new secret: not processed, and repeated.
            assertThat(callers.problems().keySet()).isSubsetOf("overloaded");
            assertThat(callers.unknown()).isEmpty();
            assertThat(callers.mixedUp()).isEmpty();
            assertThat(upstream.registeredTwice()).isEmpty();
            assertThat(callers.registered())
                    .allSatisfy(person ->
                            assertThat(upstream.registrationsOf(person)).isEqualTo(1));
            assertThat(upstream.unauthorized).isZero();
            assertThat(upstream.authorizes).as("one of each secret").isEqualTo(2);
        });
    }

    /**
     * As a Deployment does it that starts one new replica at a time: that is in service before an old one is taken out, which is stopped when its calls
     * are over, before the next one is started.
     */
    private void roll(String secret, String plan) throws Exception {
        List<PackagedService> old = List.copyOf(replicas);
        for (int i = 0; i < REPLICAS; i++) {
            var replica = start(secret, plan);
            replicas.add(replica);
            int port = replica.port();
            given().port(port).get("/q/health/ready").then().statusCode(200);
            onLoop(() -> callers.putIntoService(port));
            if (!old.isEmpty()) {
                end(old.get(i));
            }
        }
    }

    private PackagedService start(String secret, String plan) throws IOException {
        Map<String, String> environment = new HashMap<>(upstream.environment());
        environment.put("DEEPVUE_CLIENT_SECRET", secret);
        environment.put("DEEPVUE_PLAN", plan);
        environment.put("GATEWAY_REDIS_URL", redis.url());
        environment.put("GATEWAY_MAX_WAIT", "30s");
        return PackagedService.start(environment);
    }

    private void end(PackagedService replica) throws Exception {
        int port = replica.port();
        onLoop(() -> callers.takeOut(port));
        await().atMost(LONG)
                .until(() -> given().port(port)
                        .get("/q/metrics")
                        .asString()
                        .lines()
                        .anyMatch("gateway_calls_in_flight 0.0"::equals));
        replica.terminate();
        replica.exitCode();
        replicas.remove(replica);
        replica.close();
    }

    private void untilAFewMoreAreRegistered() throws Exception {
        int before = onLoop(() -> callers.registered().size());
        await().atMost(LONG).until(() -> onLoop(() -> callers.registered().size()) >= before + CALLERS);
    }

    /** There is one thread, on which all counts are read and changed. */
    private <T> T onLoop(Callable<T> task) throws Exception {
        var result = new CompletableFuture<T>();
        vertx.runOnContext(now -> {
            try {
                result.complete(task.call());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result.get();
    }

    private void onLoop(Runnable task) throws Exception {
        onLoop(() -> {
            task.run();
            return null;
        });
    }
}
