package io.itrgateway.sandbox;

import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.Map;

/** A Redis for the service under test, which shares its state there as it does with replicas. */
public class SharedRedis implements QuarkusTestResourceLifecycleManager {

    private static final long COMPLETE_AFTER_MILLIS = 2_500;

    private static RedisServer server;

    @Override
    public Map<String, String> start() {
        server = new RedisServer();
        return Map.of("gateway.redis-url", server.url());
    }

    @Override
    public void stop() {
        server.close();
    }

    /** Waits until keyed calls are accepted: in the first two seconds of a data set owners may still put their claims back. */
    public static void awaitCompleteDataSet() {
        await().atMost(Duration.ofMinutes(1))
                .until(() -> server.keys().stream()
                        .filter(key -> key.endsWith("dataset"))
                        .anyMatch(key -> System.currentTimeMillis()
                                        - server.command(Command.GET, key).toLong()
                                > COMPLETE_AFTER_MILLIS));
    }

    /** What lies under it, for what only one test needs. */
    public static RedisServer server() {
        return server;
    }
}
