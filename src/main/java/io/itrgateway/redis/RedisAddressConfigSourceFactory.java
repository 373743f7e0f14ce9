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
import java.util.regex.Pattern;
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

    /** Nothing, or the number of a database, which Redis' client would otherwise fail on with a stack trace. */
    private static final Pattern DATABASE = Pattern.compile("/?|/[0-9]{1,9}");

    private static final Pattern LONG_DATABASE = Pattern.compile("^rediss?://[^/?#]*/[0-9]{10,}(\\?|$)");
    private static final Pattern ANY_PORT = Pattern.compile("^(rediss?://[^/?#]*):[0-9]+(?=[/?]|$)");

    private static final Pattern TLS = Pattern.compile("(?i)(^|&)(ssl|tls)(=(true|yes|on|1|required?)?)?(&|$)");

    private static final int HIGHEST_PORT = 65_535;

    private static final String NAME = RedisAddressConfigSourceFactory.class.getSimpleName();

    /** Of the source of the type that takes the place of that for one address until the start is refused. */
    private static final String REPLACED_TYPE = NAME + ".replaced-type";

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
        return !urls.isBlank() && Entries.of(urls).stream().allMatch(RedisAddressConfigSourceFactory::isOne);
    }

    /** Of what is not {@link #areAddresses}; without any of it, since there may be a password in it. */
    static String whatIsWrong(String urls) {
        if (Entries.of(urls).stream().anyMatch(url -> LONG_DATABASE.matcher(url).find())) {
            return "has a number of a database of more than 9 digits";
        }
        return Entries.of(urls).stream()
                        .filter(url -> !isOne(url))
                        .allMatch(url -> isOne(ANY_PORT.matcher(url).replaceFirst("$1")))
                ? "has a port that is not from 1 to 65535"
                : "is not an address of Redis";
    }

    private static boolean isOne(String url) {
        try {
            var address = URI.create(url);
            boolean redis = "redis".equals(address.getScheme()) || "rediss".equals(address.getScheme());
            return redis
                    && address.getHost() != null
                    && hasUsablePort(address)
                    && address.getFragment() == null
                    && ("rediss".equals(address.getScheme()) || !asksForTls(address.getRawQuery()))
                    && DATABASE.matcher(address.getRawPath()).matches();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** As clients of other languages read it. Redis' client here ignores it, and would connect without TLS. */
    private static boolean asksForTls(String query) {
        return query != null && TLS.matcher(query).find();
    }

    private static boolean hasUsablePort(URI address) {
        int port = address.getPort();
        return port == -1 ? !address.getRawAuthority().endsWith(":") : port >= 1 && port <= HIGHEST_PORT;
    }
}
