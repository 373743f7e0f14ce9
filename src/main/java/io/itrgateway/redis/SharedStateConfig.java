package io.itrgateway.redis;

import io.itrgateway.problem.ConfigurationFaults;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.Optional;

/** The keys of what replicas share, as text. */
@ConfigMapping(prefix = "gateway")
public interface SharedStateConfig {

    /**
     * Where Redis is: {@code redis://} or {@code rediss://} (TLS), with user and password if it asks for them; several with commas between
     * them for Sentinel or Cluster. Without it nothing is shared.
     */
    Optional<String> redisUrl();

    /**
     * How many replicas share the account at least, 1 to 10000: what a replica divides the plan by when Redis cannot be asked. It divides
     * by the number that it saw last, if that is larger.
     */
    @WithDefault("1")
    String replicas();

    /** {@link #replicas()} as a number. */
    static int replicas(SharedStateConfig config, ConfigurationFaults faults) {
        return faults.readCount("gateway.replicas", config.replicas(), 1, 10_000);
    }

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
