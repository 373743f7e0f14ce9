package io.itrgateway.idempotency.redis;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.Person;
import io.itrgateway.sandbox.RecordingUpstream;
import io.itrgateway.sandbox.RedisServer;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.TcpRelay;
import io.restassured.response.Response;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The packaged service with a Redis that has a replica, whose primary is lost while the replica lags behind it. */
@Needs(Needs.Tool.REDIS)
class FailoverIT {

    private static final Duration LONG = Duration.ofMinutes(1);

    private static Response register(PackagedService service, String key) {
        return given().port(service.port())
                .header("x-api-key", Sandbox.API_KEY)
                .header("Idempotency-Key", key)
                .contentType("application/json")
                .body(new Person(key, Person.ASHA.password()).json())
                .post(Sandbox.CREATE_CLIENT);
    }

    private static Response registerUntilServed(PackagedService service, String key) {
        var last = new Response[1];
        await().atMost(LONG).until(() -> {
            last[0] = register(service, key);
            return last[0].statusCode() == 200;
        });
        return last[0];
    }

    private static void awaitLink(RedisServer replica) {
        await().atMost(LONG)
                .until(() ->
                        replica.command(Command.INFO, "replication").toString().contains("master_link_status:up"));
    }

    private static void awaitCopy(RedisServer primary, RedisServer replica) {
        await().atMost(LONG).until(() -> replica.keys().size() == primary.keys().size());
    }

    @Test
    void aKeyRegistersOnceThoughALaggingReplicaTakesThePlaceOfThePrimary() throws Exception {
        try (var upstream = new RecordingUpstream();
                var primary = new RedisServer();
                var replication = new TcpRelay(primary.port());
                var replica = new RedisServer("--replicaof", "127.0.0.1", Integer.toString(replication.port()));
                var redis = new TcpRelay(primary.port())) {
            awaitLink(replica);
            Map<String, String> environment = new HashMap<>(upstream.environment());
            environment.put("GATEWAY_REDIS_URL", "redis://127.0.0.1:" + redis.port());
            try (var service = PackagedService.start(environment)) {
                registerUntilServed(service, "while-the-replica-follows");
                await().atMost(LONG).until(() -> service.output().contains("Redis has a replica"));
                awaitCopy(primary, replica);

                replication.stall();
                var whileItLags = register(service, "while-the-replica-lags");
                primary.kill();
                replica.command(Command.REPLICAOF, "NO", "ONE");
                redis.leadTo(replica.port());

                whileItLags
                        .then()
                        .statusCode(503)
                        .header("Retry-After", notNullValue())
                        .body("code", equalTo("overloaded"))
                        .body("outcome", equalTo("not_processed"));
                registerUntilServed(service, "while-the-replica-lags");
                registerUntilServed(service, "while-the-replica-follows").then().header("Idempotency-Replayed", "true");
                assertThat(upstream.registrations())
                        .containsExactlyInAnyOrder("while-the-replica-follows", "while-the-replica-lags");
            }
        }
    }
}
