package io.itrgateway.redis;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Entries;
import io.itrgateway.config.GivenSettings;
import io.itrgateway.config.LiteralEnvironment;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.PropertiesConfigSource;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigValue;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Makes {@code gateway.redis-url} Quarkus' own {@code quarkus.redis.hosts}, without which its client is not active. A value that is
 * no address is left out, so that nothing quotes the password in it; the start is then refused by {@link SharedStateSettings}.
 */
public final class RedisAddressConfigSourceFactory implements ConfigSourceFactory {

    static final String PROPERTY = "gateway.redis-url";

    private static final String HOSTS = "quarkus.redis.hosts";
    private static final String TYPE = "quarkus.redis.client-type";

    private static final String NAME = RedisAddressConfigSourceFactory.class.getSimpleName();

    /** Of the source of the type that takes the place of that for one address until the start is refused. */
    private static final String REPLACED_TYPE = NAME + ".replaced-type";

    private static final String COMMA = " (a comma in a password is written %2C)";

    private static final String FOR_SEVERAL = "cluster";

    /** Below everything that an operator can set. */
    private static final int ORDINAL = 90;

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        return GivenSettings.valueOf(PROPERTY, context)
                .filter(RedisAddressConfigSourceFactory::isUsable)
                .map(url -> sources(Entries.of(url), context))
                .orElse(List.of());
    }

    /** With several addresses and no type, or that of one, Quarkus would end the start, before this service can name its own faults. */
    private static List<ConfigSource> sources(List<String> urls, ConfigSourceContext context) {
        String hosts = LiteralEnvironment.escape(String.join(",", urls));
        if (urls.size() == 1) {
            return List.of(new PropertiesConfigSource(Map.of(HOSTS, hosts), NAME, ORDINAL));
        }
        boolean isForOne = isGivenForOne(context.getValue(TYPE));
        var settings = new PropertiesConfigSource(Map.of(HOSTS, hosts, TYPE, FOR_SEVERAL), NAME, ORDINAL);
        return isForOne
                ? List.of(
                        settings,
                        new PropertiesConfigSource(Map.of(TYPE, FOR_SEVERAL), REPLACED_TYPE, Integer.MAX_VALUE))
                : List.of(settings);
    }

    /**
     * Notes addresses that Quarkus' own setting gives otherwise, or alone: they would be used, and messages name the other setting. Notes
     * also those that this factory has not seen, since what other factories load, such as a file named by {@code smallrye.config.locations}, is hidden from it.
     */
    public static void check(Config config, ConfigurationFaults faults) {
        Optional<String> given = config.getOptionalValue(PROPERTY, String.class).filter(url -> !url.isBlank());
        Optional<String> hosts =
                Optional.ofNullable(config.getConfigValue(HOSTS).getValue());
        if (given.isEmpty()) {
            hosts.filter(value -> !value.isBlank())
                    .ifPresent(any -> faults.unfit(
                            HOSTS,
                            "is set, and GATEWAY_REDIS_URL is not",
                            "left out, and the address given by GATEWAY_REDIS_URL"));
        }
        checkType(config.getConfigValue(TYPE), faults);
        given.filter(RedisAddressConfigSourceFactory::isUsable)
                .ifPresent(url -> hosts.ifPresentOrElse(
                        value -> check(url, value, faults),
                        () -> faults.unfit(
                                PROPERTY,
                                "is in a file named by SMALLRYE_CONFIG_LOCATIONS, which is read too late for it",
                                "a variable, a system property, or in config/application.properties")));
    }

    /** It is Quarkus' default, too. */
    private static boolean isGivenForOne(io.smallrye.config.ConfigValue type) {
        return type != null
                && type.getValue() != null
                && GivenSettings.isOfOperators(type.getConfigSourceOrdinal())
                && type.getValue().strip().equalsIgnoreCase("standalone");
    }

    private static void checkType(ConfigValue type, ConfigurationFaults faults) {
        boolean isMissing = type.getSourceOrdinal() == ORDINAL;
        boolean isReplaced =
                type.getSourceName() != null && type.getSourceName().contains(REPLACED_TYPE);
        if (isMissing || isReplaced) {
            faults.unfit(
                    TYPE,
                    "is %s, and GATEWAY_REDIS_URL has several addresses"
                            .formatted(isMissing ? "not set" : "\"standalone\""),
                    "sentinel, cluster or replication");
        }
    }

    private static void check(String url, String hosts, ConfigurationFaults faults) {
        if (!Entries.of(url).equals(Entries.of(hosts))) {
            faults.unfit(
                    HOSTS, "and GATEWAY_REDIS_URL are both set, and differ", "left out, so that the other one is used");
        }
    }

    /** Whether these are addresses of Redis, and TLS protects all of them or none. */
    static boolean isUsable(String urls) {
        return areAddresses(urls) && !mixesTls(urls);
    }

    /** Whether a connection to one address would have TLS and one to another would not: the password would be sent over both. */
    static boolean mixesTls(String urls) {
        return areAddresses(urls)
                && Entries.of(urls).stream()
                                .map(url -> URI.create(url).getScheme())
                                .distinct()
                                .count()
                        > 1;
    }

    /** Whether these are addresses of Redis: {@code redis://} or {@code rediss://}, several as a list. */
    static boolean areAddresses(String urls) {
        return !urls.isBlank()
                && Entries.of(urls).stream()
                        .allMatch(url -> RedisAddress.fault(url).isEmpty());
    }

    /** A sentence without its subject for each that is none; without any of them, since there may be passwords in them. */
    static List<String> faults(String urls) {
        List<String> each = Entries.of(urls);
        return IntStream.range(0, each.size())
                .boxed()
                .flatMap(i -> RedisAddress.fault(each.get(i))
                        .map(fault -> each.size() == 1
                                ? fault
                                : "lists an address, number %d, that %s%s".formatted(i + 1, fault, COMMA))
                        .stream())
                .toList();
    }
}
