package io.itrgateway.sandbox;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** A Redis for the service under test, which shares its state there as it does with replicas. */
public class SharedRedis implements QuarkusTestResourceLifecycleManager {

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

    /** What lies under it, for what only one test needs. */
    public static RedisServer server() {
        return server;
    }
}
