package io.itrgateway.redis;

import io.itrgateway.config.ConfigurationFaults;
import io.smallrye.config.ConfigMapping;
import java.util.Optional;
import java.util.OptionalInt;

/** The keys of what replicas share, as text. */
@ConfigMapping(prefix = "gateway")
public interface SharedStateConfig {

    String OF_ALL_REPLICAS =
            "the address of the Redis that all replicas share: without it each uses the whole plan and keeps Idempotency-Keys for itself";

    /**
     * Where Redis is: {@code redis://} or {@code rediss://} (TLS), with user and password if it asks for them; several with commas between
     * them for Sentinel or Cluster. Without it nothing is shared.
     */
    Optional<String> redisUrl();

    /**
     * How many replicas of Redis must have the claim of an Idempotency-Key before its call is sent, 0 to 16. Unset: one, as soon as Redis
     * has been seen with a replica.
     */
    Optional<String> redisAcks();

    /** {@link #redisAcks()} as a number. */
    static OptionalInt acks(SharedStateConfig config, ConfigurationFaults faults) {
        return config.redisAcks()
                .filter(text -> !text.isBlank())
                .map(text -> OptionalInt.of(faults.readCount("gateway.redis-acks", text, 0, 16)))
                .orElseGet(OptionalInt::empty);
    }

    /**
     * Notes an address or a number that is none, and a number that has no effect without an address.
     *
     * @param leastReplicas how many replicas of this service share the plan, where that is set
     */
    static void check(SharedStateConfig config, OptionalInt leastReplicas, ConfigurationFaults faults) {
        OptionalInt acks = acks(config, faults);
        if (config.redisUrl().filter(url -> !url.isBlank()).isEmpty()) {
            if (leastReplicas.orElse(1) > 1) {
                faults.unfit(RedisAddress.PROPERTY, "is not set, and GATEWAY_REPLICAS is", OF_ALL_REPLICAS);
            }
            if (acks.orElse(0) > 0) {
                faults.unfit(RedisAddress.PROPERTY, "is not set, and GATEWAY_REDIS_ACKS is", OF_ALL_REPLICAS);
            }
        }
        config.redisUrl()
                .filter(url -> !url.isBlank() && !RedisAddress.isUsable(url))
                .ifPresent(url -> faults.unfit(
                        RedisAddress.PROPERTY,
                        "is no address of Redis",
                        "redis://host:6379 or rediss://user:password@host:6379, with the number of a database behind it (/1) where there"
                                + " is one, and with what is special in user and password percent-encoded; several with commas between"
                                + " them"));
    }
}
