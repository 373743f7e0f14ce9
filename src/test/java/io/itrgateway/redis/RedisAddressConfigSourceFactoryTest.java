package io.itrgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.PropertiesLocationConfigSourceFactory;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisAddressConfigSourceFactoryTest {

    private static Iterable<ConfigSource> sources(String url) {
        return new RedisAddressConfigSourceFactory().getConfigSources(new ConfigSourceContext() {
            @Override
            public ConfigValue getValue(String name) {
                return ConfigValue.builder().withName(name).withValue(url).build();
            }

            @Override
            public List<String> getProfiles() {
                return List.of();
            }

            @Override
            public Iterator<String> iterateNames() {
                return List.of(RedisAddressConfigSourceFactory.PROPERTY).iterator();
            }
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "redis://a,,redis://b",
                "redis://a\nhttp://b",
                "redis://a b",
                "redis://a:65536",
                "redis://a:0",
                "redis://a:"
            })
    void anAddressThatIsNoneIsNotUsed(String url) {
        assertThat(sources(url)).isEmpty();
    }

    @Test
    void severalAddressesMayStandOnALineEach() {
        assertThat(sources("rediss://a:6380,\nrediss://b:6380\n"))
                .singleElement()
                .satisfies(source -> assertThat(source.getValue("quarkus.redis.hosts"))
                        .isEqualTo("rediss://a:6380,rediss://b:6380"));
    }

    private static List<String> faults(Map<String, String> settings) {
        var faults = new ConfigurationFaults();
        RedisAddressConfigSourceFactory.check(config(settings), faults);
        return faults.lines();
    }

    private static SmallRyeConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .withSources(new PropertiesConfigSource(settings, "operator", 300))
                .withSources(new RedisAddressConfigSourceFactory(), new PropertiesLocationConfigSourceFactory())
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://b:6379", ""})
    void otherAddressesByQuarkusOwnSettingAreAFaultThatShowsNeither(String hosts) {
        assertThat(faults(Map.of(
                        RedisAddressConfigSourceFactory.PROPERTY,
                        "redis://:secret@a:6379",
                        "quarkus.redis.hosts",
                        hosts)))
                .containsExactly(
                        "QUARKUS_REDIS_HOSTS and GATEWAY_REDIS_URL are both set, and differ; it should be left out, so"
                                + " that the other one is used");
    }

    @Test
    void anAddressInAFileThatIsReadTooLateIsAFaultThatDoesNotShowIt(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(
                directory.resolve("late.properties"), RedisAddressConfigSourceFactory.PROPERTY + "=redis://:secret@a");

        assertThat(faults(Map.of(SmallRyeConfig.SMALLRYE_CONFIG_LOCATIONS, file.toString())))
                .containsExactly(
                        "GATEWAY_REDIS_URL is in a file named by SMALLRYE_CONFIG_LOCATIONS, which is read too late"
                                + " for it; it should be a variable, a system property, or in config/application.properties");
    }

    @Test
    void severalAddressesWithoutATypeAreAFault() {
        assertThat(faults(Map.of(RedisAddressConfigSourceFactory.PROPERTY, "redis://a:1,redis://b:2")))
                .containsExactly("QUARKUS_REDIS_CLIENT_TYPE is not set, and GATEWAY_REDIS_URL has several addresses; it"
                        + " should be sentinel, cluster or replication");
    }

    /** Quarkus would end the start at it, before any other fault is known. */
    @ParameterizedTest
    @ValueSource(strings = {"standalone", "STANDALONE"})
    void severalAddressesAndATypeForOneAreAFault(String type) {
        var settings = Map.of(
                RedisAddressConfigSourceFactory.PROPERTY, "redis://a:1,redis://b:2", "quarkus.redis.client-type", type);

        assertThat(faults(settings))
                .containsExactly("QUARKUS_REDIS_CLIENT_TYPE is \"standalone\", and GATEWAY_REDIS_URL has several"
                        + " addresses; it should be sentinel, cluster or replication");
        assertThat(config(settings).getConfigValue("quarkus.redis.client-type").getValue())
                .isEqualTo("cluster");
    }

    @Test
    void theTypeMayStandInAFileThatIsReadLater(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("late.properties"), "quarkus.redis.client-type=sentinel");

        assertThat(faults(Map.of(
                        RedisAddressConfigSourceFactory.PROPERTY,
                        "redis://a:1,redis://b:2",
                        SmallRyeConfig.SMALLRYE_CONFIG_LOCATIONS,
                        file.toString())))
                .isEmpty();
    }

    @Test
    void theSameAddressesAreNone() {
        assertThat(faults(Map.of(
                        RedisAddressConfigSourceFactory.PROPERTY,
                        "redis://a:6379,\nredis://b:6379",
                        "quarkus.redis.client-type",
                        "sentinel")))
                .isEmpty();
        assertThat(faults(Map.of(
                        RedisAddressConfigSourceFactory.PROPERTY,
                        "redis://a:6379",
                        "quarkus.redis.hosts",
                        "redis://a:6379")))
                .isEmpty();
        assertThat(faults(Map.of("quarkus.redis.hosts", ""))).isEmpty();
    }

    @Test
    void addressesByQuarkusOwnSettingAloneAreAFaultThatDoesNotShowThem() {
        assertThat(faults(Map.of("quarkus.redis.hosts", "redis://:secret@a:6379")))
                .containsExactly("QUARKUS_REDIS_HOSTS is set, and GATEWAY_REDIS_URL is not; it should be left out, and"
                        + " the address given by GATEWAY_REDIS_URL");
    }
}
