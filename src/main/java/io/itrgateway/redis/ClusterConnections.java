package io.itrgateway.redis;

import io.quarkus.arc.Unremovable;
import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import jakarta.inject.Singleton;

/**
 * Keeps the connections to those nodes of a cluster that are asked for nothing, since all keys of an account are on one node. The client has a
 * connection to each node, and where one is closed as silent, it takes all of them for broken. {@link RedisLink} notices a silent node by itself.
 */
@Singleton
@Unremovable
class ClusterConnections implements RedisOptionsCustomizer {

    @Override
    public void customize(String clientName, RedisOptions options) {
        if (options.getType() == RedisClientType.CLUSTER) {
            options.getNetClientOptions().setReadIdleTimeout(0);
        }
    }
}
