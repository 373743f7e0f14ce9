package io.itrgateway.redis;

import io.itrgateway.problem.ConfigurationFaults;
import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** The keys of what replicas share, as text. */
@ConfigMapping(prefix = "gateway")
public interface SharedStateConfig {

    /**
     * Where Redis is: {@code redis://} or {@code rediss://} (TLS), with user and password if it asks for them; several with commas between
     * them for Sentinel or Cluster. Without it nothing is shared.
     */
    Optional<String> redisUrl();

    /** Notes an address that is none. */
    static void check(SharedStateConfig config, ConfigurationFaults faults) {
        config.redisUrl()
                .filter(url -> !url.isBlank() && !RedisAddress.isUsable(url))
                .ifPresent(url -> faults.unfit(
                        RedisAddress.PROPERTY,
                        "is no address of Redis",
                        "redis://host:6379 or rediss://user:password@host:6379, several with commas between them"));
    }
}
