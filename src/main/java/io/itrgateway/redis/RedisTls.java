package io.itrgateway.redis;

import io.quarkus.arc.Unremovable;
import io.quarkus.redis.client.RedisOptionsCustomizer;
import io.vertx.redis.client.RedisOptions;
import jakarta.inject.Singleton;

/**
 * Makes {@code rediss://} look whether the certificate is that of the host. Quarkus leaves that out where nobody asks for it, and with a
 * named TLS configuration that does not say it there is no connection at all. Who says {@code NONE} is heard.
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
