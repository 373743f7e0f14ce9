package io.itrgateway.startup;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.GivenSettings;
import io.itrgateway.config.SwitchConverter;
import io.itrgateway.config.Variables;
import io.quarkus.oidc.common.runtime.config.OidcCommonConfig.Tls.Verification;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import io.quarkus.runtime.logging.LevelConverter;
import io.quarkus.vertx.http.runtime.VertxHttpConfig.InsecureRequests;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.redis.client.RedisClientType;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Judges settings of Quarkus: those with a number, a time or another form that the documentation of this service names; those whose values Quarkus
 * refuses only when it opens a port; and those that it accepts although nothing can be served with them. Faults of other settings are described by
 * {@code doctor.StartupFailureDescriber}.
 *
 * <p>Quarkus ends the start at a value that it cannot convert, before this service can report its own faults, and its message is not meant for
 * operators. So such a value is replaced here, and the start-up check refuses the start. An issuer that cannot be used would end the start as early,
 * so OIDC is off until then.
 */
public final class QuarkusSettings implements ConfigSourceFactory {

    private static final int ABOVE_ALL = Integer.MAX_VALUE;
    private static final int HIGHEST_PORT = 65_535;
    private static final int LEAST_FRAME = 16_384;
    private static final int MOST_FRAME = 16_777_215;
    /** Each has a thread, a selector and its file descriptors. */
    private static final int MOST_EVENT_LOOPS = 1_000;

    private static final long MOST_OF_HTTP2 = 4_294_967_295L;
    private static final Duration SHORTEST_RELOAD_PERIOD = Duration.ofSeconds(30);
    /** Quarkus counts it in milliseconds, with 32 bits. */
    private static final Duration LONGEST_IDLE_TIMEOUT = Duration.ofMillis(Integer.MAX_VALUE);

    private static final String PROXY_HOST = "quarkus.proxy.host";
    private static final String PROXY_PORT = "quarkus.proxy.port";

    private static final String IDLE_TIMEOUT = "quarkus.http.idle-timeout";

    private static final String NAME = QuarkusSettings.class.getSimpleName();
    private static final String SOURCE = new PropertiesConfigSource(Map.of(), NAME, ABOVE_ALL).getName();

    private static final SmallRyeConfig CONVERTERS = new SmallRyeConfigBuilder().build();

    /**
     * @param convert returns null, or throws, where Quarkus would not take the text
     * @param standIn what can be used until the start is refused
     * @param mayBeEmpty whether Quarkus takes an empty text for a setting that is not set
     */
    private record Form(String shouldBe, Function<String, ?> convert, String standIn, boolean mayBeEmpty) {

        private boolean fits(String text) {
            if (text.isEmpty()) {
                return mayBeEmpty;
            }
            try {
                return convert.apply(text) != null;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        private Form orNone() {
            return new Form(shouldBe, convert, standIn, true);
        }
    }

    /** Of a setting that has no place here, whatever its value. */
    private static Form leftOut(String reason) {
        return new Form("left out: " + reason, text -> null, "", true);
    }

    /** Of a switch that can only be off. */
    private static Form off(String reason) {
        return new Form(
                "false, or left out: " + reason,
                text -> Boolean.FALSE.equals(new SwitchConverter().convert(text)) ? text : null,
                "false",
                false);
    }

    /** Of a setting that can only have the value that it has by default. */
    private static Form only(String value, String reason) {
        return new Form(
                "%s, or left out: %s".formatted(value, reason),
                text -> text.equalsIgnoreCase(value) ? text : null,
                value,
                true);
    }

    private static final Form PORT =
            new Form("a number from 0 to " + HIGHEST_PORT, number(0, HIGHEST_PORT), "0", false);
    private static final Form HOST =
            new Form("an address of this machine, such as 0.0.0.0", QuarkusSettings::ownAddress, "localhost", false);
    private static final Form NUMBER =
            new Form("a whole number, such as 20000", text -> Integer.parseInt(text.strip()), "20000", false);
    private static final Form COUNT = new Form("a whole number from 1", number(1, Integer.MAX_VALUE), "20000", false);
    private static final Form SIZE = new Form("a size such as 20K, not 0", QuarkusSettings::size, "20K", false);
    /** Quarkus' own limit answers without a problem, and takes the place of the handler that ends the record of the call. */
    private static final Form UNUSED_LIMIT =
            leftOut("bodies have a limit of 64 KiB, and of 8 MiB for the operations in GATEWAY_RELAY");

    private static final Form TIME = new Form("a time such as 30s", time(Duration.ZERO), "30s", false);
    private static final Form PERIOD = new Form("a time such as 1h, not 0", time(Duration.ofMillis(1)), "1h", false);
    private static final Form SWITCH = new Form("true or false", new SwitchConverter()::convert, "false", true);
    /** Such a socket needs a native transport of Vert.x, whose place connection.GuardedTransport has. */
    private static final Form NO_SOCKET = off("requests come over a port only");
    /** The log manager would quote the name of one that does not exist. */
    private static final Form NO_FILTER = leftOut("this service has no filters by name");

    private static final Form LEVEL = new Form(
            "OFF, FATAL, ERROR, WARN, INFO, DEBUG, TRACE or ALL", new LevelConverter()::convert, "INFO", false);

    private static final Pattern HOST_NAME =
            Pattern.compile("[A-Za-z0-9._-]+|\\[?[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9._-]+)?]?");

    private static final Map<String, Form> FORMS = new LinkedHashMap<>();

    static {
        FORMS.put("quarkus.http.host", HOST);
        FORMS.put("quarkus.http.port", PORT);
        FORMS.put("quarkus.http.ssl-port", PORT);
        FORMS.put("quarkus.http.domain-socket-enabled", NO_SOCKET);
        FORMS.put(
                PROXY_HOST,
                new Form(
                        "the name or the address of a host, without http:// and without a port",
                        text -> HOST_NAME.matcher(text).matches() ? text : null,
                        "none",
                        true));
        FORMS.put(PROXY_PORT, PORT.orNone());
        FORMS.put(
                "quarkus.http.insecure-requests",
                new Form("enabled, redirect or disabled", word(InsecureRequests.class), "enabled", true));
        FORMS.put(
                "quarkus.redis.client-type",
                new Form(
                        "standalone for one address, and sentinel, cluster or replication for several in GATEWAY_REDIS_URL",
                        word(RedisClientType.class),
                        "cluster", // The one that takes one address as well as several.
                        false));
        FORMS.put(
                "quarkus.http.ssl.certificate.reload-period",
                new Form("a time such as 1h, at least 30s", time(SHORTEST_RELOAD_PERIOD), "1h", true));
        FORMS.put("quarkus.tls.reload-period", PERIOD.orNone());
        FORMS.put(
                IDLE_TIMEOUT,
                new Form(
                        "a time such as 30m, at most 24 days, or 0 for none",
                        time(Duration.ZERO, LONGEST_IDLE_TIMEOUT),
                        "30m",
                        false));
        FORMS.put("quarkus.shutdown.delay", TIME.orNone());
        FORMS.put("quarkus.shutdown.timeout", TIME.orNone());
        FORMS.put("quarkus.http.limits.max-body-size", UNUSED_LIMIT);
        FORMS.put("quarkus.http.limits.max-concurrent-streams", COUNT.orNone());
        FORMS.put("quarkus.http.limits.max-connections", COUNT.orNone());
        FORMS.put("quarkus.http.limits.max-header-size", SIZE);
        FORMS.put("quarkus.http.limits.max-initial-line-length", COUNT);
        FORMS.put(
                "quarkus.http.limits.max-frame-size",
                new Form(
                        "a whole number from " + LEAST_FRAME + " to " + MOST_FRAME,
                        number(LEAST_FRAME, MOST_FRAME),
                        Integer.toString(LEAST_FRAME),
                        true));
        FORMS.put(
                "quarkus.http.limits.max-header-list-size",
                new Form("a whole number from 1 to " + MOST_OF_HTTP2, number(1, MOST_OF_HTTP2), "20480", true));
        FORMS.put(
                "quarkus.http.limits.header-table-size",
                new Form("a whole number from 0 to " + MOST_OF_HTTP2, number(0, MOST_OF_HTTP2), "4096", true));
        FORMS.put("quarkus.http.limits.rst-flood-max-rst-frame-per-window", NUMBER.orNone());
        FORMS.put("quarkus.oidc.application-type", only("service", "callers send tokens, and there is no login page"));
        // It can make the service an application with a login page, which accepts no tokens.
        FORMS.put("quarkus.oidc.provider", leftOut("QUARKUS_OIDC_AUTH_SERVER_URL says whose tokens callers send"));
        // Before the mechanisms of this service, Quarkus' own would name callers by other rules, and not compare the
        // audience of opaque tokens.
        FORMS.put(
                "quarkus.oidc.priority",
                new Form("1001, or left out: keys are judged before tokens", number(1001, 1001), "1001", false));
        // All mechanisms would have to accept a request, which has a key or a token.
        FORMS.put("quarkus.http.auth.inclusive", off("a caller sends a key or a token"));
        FORMS.put("quarkus.oidc.token.binding.certificate", off("callers are not asked for certificates"));
        // It would answer at any path, also at that of an operation.
        FORMS.put("quarkus.oidc.logout.backchannel.path", leftOut("there are no sessions to end"));
        FORMS.put("quarkus.oidc.connection-retry-count", COUNT);
        FORMS.put("quarkus.oidc.proxy.port", PORT);
        FORMS.put("quarkus.oidc.max-pool-size", COUNT.orNone());
        FORMS.put(
                "quarkus.oidc.token-cache.max-size",
                new Form("a whole number from 0", number(0, Integer.MAX_VALUE), "0", false));
        FORMS.put("quarkus.oidc.token-cache.time-to-live", TIME);
        FORMS.put("quarkus.oidc.token-cache.clean-up-timer-interval", PERIOD);
        FORMS.put("quarkus.oidc.jwks.clean-up-timer-interval", PERIOD);
        // Elsewhere a token would not be kept out of the log, and would be judged by other rules than those of
        // edge.BearerMechanism.
        FORMS.put("quarkus.oidc.token.authorization-scheme", only("Bearer", "callers send Bearer tokens"));
        FORMS.put("quarkus.oidc.token.header", only("Authorization", "callers send tokens in this header"));
        FORMS.put("quarkus.oidc.token.forced-jwk-refresh-interval", TIME);
        FORMS.put(
                "quarkus.oidc.tls.verification",
                new Form("required, certificate-validation or none", word(Verification.class), "required", true));
        FORMS.put("quarkus.thread-pool.max-threads", COUNT.orNone());
        FORMS.put(
                "quarkus.vertx.event-loops-pool-size",
                new Form("a whole number from 1 to " + MOST_EVENT_LOOPS, number(1, MOST_EVENT_LOOPS), "2", true));
        FORMS.put("quarkus.log.console.filter", NO_FILTER);
        FORMS.put("quarkus.log.console.json.enabled", SWITCH);
        FORMS.put("quarkus.log.file.enabled", SWITCH);
        FORMS.put("quarkus.log.file.filter", NO_FILTER);
        FORMS.put("quarkus.log.level", LEVEL);
    }

    /** One at which a port can be opened, which is more than those that the machine has where its kernel is set to allow others. */
    private static InetAddress ownAddress(String host) {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return socket.getInetAddress();
        } catch (IOException e) {
            return null;
        }
    }

    private static Function<String, Long> number(long least, long most) {
        return text -> {
            long number = Long.parseLong(text.strip());
            return number >= least && number <= most ? number : null;
        };
    }

    private static Function<String, Duration> time(Duration least) {
        return time(least, Duration.ofSeconds(Long.MAX_VALUE));
    }

    private static Function<String, Duration> time(Duration least, Duration most) {
        var converter = new DurationConverter();
        return text -> {
            Duration time = converter.convert(text);
            return time != null && time.compareTo(least) >= 0 && time.compareTo(most) <= 0 ? time : null;
        };
    }

    private static BigInteger size(String text) {
        MemorySize size = new MemorySizeConverter().convert(text);
        return size != null
                        && size.asBigInteger().signum() > 0
                        && size.asBigInteger().bitLength() < Integer.SIZE
                ? size.asBigInteger()
                : null;
    }

    private static Function<String, ?> word(Class<?> words) {
        return CONVERTERS.requireConverter(words)::convert;
    }

    /** What a setting should be, in words; empty if it is not among those that are judged here. */
    public static Optional<String> shouldBe(String property) {
        return Optional.ofNullable(FORMS.get(property)).map(Form::shouldBe);
    }

    /** @param variable the name of a setting's variable */
    public static boolean judges(String variable) {
        return FORMS.keySet().stream().map(Variables::nameOf).anyMatch(variable::equals);
    }

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        Map<String, String> replaced = new HashMap<>();
        FORMS.forEach((property, form) -> {
            if (isWrong(context.getValue(property), form)) {
                replaced.put(property, form.standIn);
            }
        });
        // Quarkus would end the start at a port without a host.
        if (replaced.containsKey(PROXY_PORT)) {
            replaced.put(PROXY_HOST, "none");
        }
        // SmallRye Config would end the start at it.
        Variables.properties().stream()
                .filter(property -> GivenSettings.hasUnknownExpression(context.getValue(property)))
                .forEach(property -> replaced.put(property, ""));
        if (!IssuerCheck.isUsable(context)) {
            replaced.put(IssuerCheck.TENANT_ENABLED, "false");
        }
        return List.of(new PropertiesConfigSource(replaced, NAME, ABOVE_ALL));
    }

    /** The configuration without what is replaced here; where the process only checks the configuration, also without what that replaces. */
    static SmallRyeConfig given(SmallRyeConfig config) {
        return GivenSettings.without(SOURCE, config);
    }

    /**
     * Notes what has been replaced, what a process that only checks the configuration does not use itself, and what files of
     * {@code smallrye.config.locations} say, which are read after the replacement.
     */
    static void check(SmallRyeConfig config, ConfigurationFaults faults) {
        config.getConfigSource(SOURCE).ifPresent(replaced -> checkGiven(withoutReplaced(config), faults));
    }

    /** The configuration as the operator gave it, also without what a process that only checks the configuration sets for itself. */
    static SmallRyeConfig withoutReplaced(SmallRyeConfig config) {
        boolean isAsGiven = !GivenSettings.checksOnly()
                && config.getConfigSource(SOURCE)
                        .filter(replaced -> !replaced.getPropertyNames().isEmpty())
                        .isEmpty();
        return isAsGiven ? config : given(config);
    }

    /**
     * Notes what has been replaced without a fault, since a file of {@code smallrye.config.locations}, which is read later, has a value that can be
     * used. To be called when all else is judged.
     */
    static void checkReplaced(SmallRyeConfig config, ConfigurationFaults faults) {
        Set<String> replaced = config.getConfigSource(SOURCE)
                .map(ConfigSource::getPropertyNames)
                .orElse(Set.of());
        replaced.stream()
                .filter(property -> FORMS.containsKey(property) && !faults.concern(property))
                .filter(property -> given(config).getConfigValue(property).getRawValue() != null)
                .forEach(property -> addHiddenFault(property, faults));
        if (replaced.contains(IssuerCheck.TENANT_ENABLED) && !IssuerCheck.isOffOrFaulty(config, faults)) {
            addHiddenFault(IssuerCheck.URL, faults);
        }
    }

    /**
     * Notes an idle timeout that would close a connection while its call is being served.
     *
     * @param longestCall the longest time of a call whose caller does not ask for a longer one
     */
    static void checkIdleTimeout(SmallRyeConfig config, Duration longestCall, ConfigurationFaults faults) {
        Optional<String> text = faults.concern(IDLE_TIMEOUT)
                ? Optional.empty()
                : given(config).getOptionalValue(IDLE_TIMEOUT, String.class);
        text.filter(value -> {
                    Duration time = new DurationConverter().convert(value);
                    return !time.isZero() && time.compareTo(longestCall) <= 0;
                })
                .ifPresent(
                        value -> faults.wrong(
                                IDLE_TIMEOUT,
                                value,
                                "longer than GATEWAY_MAX_WAIT and DEEPVUE_TIMEOUT together, since it closes connections whose calls have no answer yet; or 0 for none"));
    }

    private static void addHiddenFault(String property, ConfigurationFaults faults) {
        faults.unfit(
                property,
                "cannot be used in one of its sources, though a file of SMALLRYE_CONFIG_LOCATIONS has another value",
                "right in each, or left out there");
    }

    private static void checkGiven(SmallRyeConfig given, ConfigurationFaults faults) {
        FORMS.forEach((property, form) -> {
            ConfigValue value = given.getConfigValue(property);
            if (!isWrong(value, form)) {
                return;
            }
            if (value.getValue() == null) {
                faults.unfit(property, "has an expression ${...} for something that is not set", form.shouldBe);
            } else {
                faults.wrong(property, value.getValue(), form.shouldBe);
            }
        });
    }

    private static boolean isWrong(ConfigValue value, Form form) {
        if (value == null || value.getRawValue() == null) {
            return false;
        }
        return value.getValue() == null || !form.fits(value.getValue());
    }
}
