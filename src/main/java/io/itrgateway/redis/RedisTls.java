package io.itrgateway.redis;

import io.quarkus.arc.Unremovable;
import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.vertx.redis.client.RedisOptions;
import jakarta.inject.Singleton;

/**
 * Verifies the host name for {@code rediss://}. Quarkus does not unless it is configured, and with a named TLS configuration that does not
 * set it no connection can be opened at all. An explicit {@code NONE} is respected.
 */
@Singleton
@Unremovable
class RedisTls implements RedisOptionsCustomizer {

    @Override
    public void customize(String clientName, RedisOptions options) {
        var net = options.getNetClientOptions();
        if (net.isSsl() && net.getHostnameVerificationAlgorithm() == null) {
            net.setHostnameVerificationAlgorithm("HTTPS");
        }
    }
}
