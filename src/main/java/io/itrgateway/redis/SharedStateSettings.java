package io.itrgateway.redis;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Settings;
import io.smallrye.config.ConfigMapping;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What replicas share.
 *
 * @param hasAddress whether there is an address of Redis; one that is none is a fault
 * @param acks replicas of Redis that must have a claim before its call is sent; empty: one, as soon as one has been seen
 */
@Singleton
public record SharedStateSettings(boolean hasAddress, OptionalInt acks) implements Settings {

    /** The keys of what replicas share, as text. */
    @ConfigMapping(prefix = "gateway")
    interface Config {

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
    }

    @Inject
    SharedStateSettings(Config config, ConfigurationFaults faults) {
        this(hasAddress(config.redisUrl(), faults), acks(config.redisAcks(), faults));
        checkHasEffect("GATEWAY_REDIS_ACKS", acks.orElse(0) > 0, faults);
    }

    private static boolean hasAddress(Optional<String> redisUrl, ConfigurationFaults faults) {
        Optional<String> given = redisUrl.filter(url -> !url.isBlank());
        given.stream()
                .flatMap(urls -> RedisAddressConfigSourceFactory.faults(urls).stream())
                .forEach(fault -> faults.unfit(
                        RedisAddressConfigSourceFactory.PROPERTY,
                        fault,
                        "redis://host:6379, or with TLS rediss://user:password@host:6379, with the number of a database behind it (/1) where there"
                                + " is one, and with special characters in user and password percent-encoded; several with commas between"
                                + " them"));
        given.filter(RedisAddressConfigSourceFactory::mixesTls)
                .ifPresent(urls -> faults.unfit(
                        RedisAddressConfigSourceFactory.PROPERTY,
                        "has addresses with TLS (rediss://) and without (redis://)",
                        "rediss:// for all of them, or redis:// for all of them"));
        return given.isPresent();
    }

    private static OptionalInt acks(Optional<String> number, ConfigurationFaults faults) {
        return number.filter(text -> !text.isBlank())
                .map(text -> OptionalInt.of(faults.readCount("gateway.redis-acks", text, 0, 16)))
                .orElseGet(OptionalInt::empty);
    }

    /**
     * Notes that there are several replicas, and no Redis that they could share.
     *
     * @param replicas that share the plan at least, where that is set
     */
    public void checkReplicas(OptionalInt replicas, ConfigurationFaults faults) {
        checkHasEffect("GATEWAY_REPLICAS", replicas.orElse(1) > 1, faults);
    }

    private void checkHasEffect(String variable, boolean needsRedis, ConfigurationFaults faults) {
        if (needsRedis && !hasAddress) {
            faults.unfit(
                    RedisAddressConfigSourceFactory.PROPERTY,
                    "is not set, and %s is".formatted(variable),
                    "the address of the Redis that all replicas share: without it each uses the whole plan and keeps Idempotency-Keys for"
                            + " itself");
        }
    }
}
