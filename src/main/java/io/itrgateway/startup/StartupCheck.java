package io.itrgateway.startup;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Environment;
import io.itrgateway.config.GivenSettings;
import io.itrgateway.config.Settings;
import io.itrgateway.config.ShownValue;
import io.itrgateway.connection.GuardedTransport;
import io.itrgateway.edge.CallerKeys;
import io.itrgateway.ratelimit.RateLimitSettings;
import io.itrgateway.redis.RedisAddressConfigSourceFactory;
import io.itrgateway.redis.SharedStateSettings;
import io.itrgateway.telemetry.AuditFileConfigSourceFactory;
import io.itrgateway.telemetry.LogFilesConfigSourceFactory;
import io.itrgateway.telemetry.TracingConfigSourceFactory;
import io.itrgateway.transport.ConnectionSettings;
import io.quarkus.arc.All;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/**
 * Refuses to start with a configuration that cannot work, and says every fault of it in one go. Where the process only checks
 * the configuration ({@link GivenSettings#CHECKS_ONLY}), the start goes on, and the caller asks for the faults.
 */
@Singleton
public class StartupCheck {

    private static final Logger LOG = Logger.getLogger(StartupCheck.class);

    private static final long DEV_MODE_EXIT_MILLIS = 3000;

    private final ConfigurationFaults faults;
    private final CallerKeys keys;
    private final RateLimitSettings limits;
    private final SharedStateSettings shared;
    private final ConnectionSettings connections;
    private final MemoryLimits memory;
    private final Vertx vertx;
    private final Clock clock;

    /** @param all created with this, so that the fault of each is known */
    StartupCheck(
            ConfigurationFaults faults,
            @All List<Settings> all,
            CallerKeys keys,
            RateLimitSettings limits,
            SharedStateSettings shared,
            ConnectionSettings connections,
            MemoryLimits memory,
            Vertx vertx,
            Clock clock) {
        this.faults = faults;
        this.keys = keys;
        this.limits = limits;
        this.shared = shared;
        this.connections = connections;
        this.memory = memory;
        this.vertx = vertx;
        this.clock = clock;
    }

    void check(@Observes @Priority(1) StartupEvent start) {
        var environment = Environment.read();
        List<String> lines = GivenSettings.checksOnly() ? List.of() : faults(environment);
        if (!lines.isEmpty()) {
            SynchronousLog.enable();
        }
        warnings(environment).forEach(line -> LOG.warn("configuration: " + line));
        if (!lines.isEmpty()) {
            lines.forEach(line -> LOG.error("configuration: " + line));
            AuditFileConfigSourceFactory.discard(config());
            if (LaunchMode.current() == LaunchMode.DEVELOPMENT) {
                endDevMode();
            }
            throw new RefusedConfiguration(lines.size());
        }
    }

    /**
     * Ends the process of {@code quarkus:dev}, which would go on with a stack trace and an error page: most of what can be wrong is in the
     * environment, which no live reload changes.
     */
    private static void endDevMode() {
        // Where a shutdown hook waits for this thread, which is the one that starts the application.
        Executors.newSingleThreadScheduledExecutor()
                .schedule(() -> Runtime.getRuntime().halt(1), DEV_MODE_EXIT_MILLIS, TimeUnit.MILLISECONDS);
        System.exit(1);
    }

    /** Every fault, one line each, without a secret; empty if the service can start. */
    public List<String> faults() {
        return faults(Environment.read());
    }

    /** What has no effect, or too much of it, one line each. */
    public List<String> warnings() {
        return warnings(Environment.read());
    }

    private List<String> warnings(Environment environment) {
        SmallRyeConfig config = config();
        return Stream.of(
                        environment.warnings(),
                        Environment.warnings(config),
                        ConfigFiles.warnings(Path.of(""), config.getConfigSources()),
                        ConfigFiles.warningsBeside(
                                System.getProperty("java.class.path", ""), Path.of(""), config.getConfigSources()),
                        ConfigProfiles.warnings(config.getProfiles(), config.getConfigSources()),
                        BuildTimeSettings.warnings(config),
                        IssuerCheck.warnings(config),
                        CallerTls.warnings(config, clock.instant()),
                        CorsOrigins.warnings(config),
                        UnverifiedTls.warnings(config),
                        JvmTrustStore.warnings(config, System::getProperty),
                        DemoKey.warnings(
                                keys::nameOf,
                                config.getConfigValue("deepvue.base-url").getValue()),
                        memory.warnings(config))
                .flatMap(List::stream)
                .toList();
    }

    private List<String> faults(Environment environment) {
        SmallRyeConfig config = config();
        List<String> ofProfiles = LaunchMode.current() == LaunchMode.NORMAL
                ? ConfigProfiles.faults(config.getProfiles(), config.getConfigSources())
                : List.of();
        if (!ofProfiles.isEmpty()) {
            return ofProfiles; // Other values may be those of the profile, so that nothing can be said of them.
        }
        shared.checkReplicas(limits.replicas(), faults);
        RedisAddressConfigSourceFactory.check(config, faults);
        QuarkusSettings.check(config, faults);
        QuarkusSettings.checkIdleTimeout(config, limits.maxWait().plus(connections.answerTimeout()), faults);
        CallerTls.check(config, vertx, faults);
        JvmTrustStore.check(config, System::getProperty, faults);
        BuildTimeSettings.check(config, faults);
        TracingConfigSourceFactory.check(config, faults);
        LogFilesConfigSourceFactory.check(config, faults);
        ConfigFiles.check(config, faults);
        PropertyNames.check(config.getConfigSources(), faults);
        boolean acceptsTokens = IssuerCheck.check(config, faults);
        QuarkusSettings.checkReplaced(config, faults);
        if (LaunchMode.current() != LaunchMode.DEVELOPMENT && !GuardedTransport.isUsedBy(vertx)) {
            faults.unfit("quarkus.vertx.prefer-native-transport", "is off", "unset: connections would not be guarded");
        }
        checkCallers(acceptsTokens);
        Set<String> judged = new HashSet<>(environment.faulty());
        List<String> ofOtherSources =
                Environment.checkOtherSources(QuarkusSettings.withoutReplaced(config), judged::add);
        // By name, since the settings are created in no order that would mean anything.
        Stream<String> others = faults.lines().stream()
                .filter(line -> judged.stream().noneMatch(name -> line.startsWith(name + " ")))
                .sorted(Comparator.comparing(line -> line.substring(0, line.indexOf(' '))));
        return Stream.of(environment.faults().stream(), ofOtherSources.stream(), others)
                .flatMap(lines -> lines)
                .toList();
    }

    private static SmallRyeConfig config() {
        return ConfigProvider.getConfig().unwrap(SmallRyeConfig.class);
    }

    private void checkCallers(boolean acceptsTokens) {
        if (faults.concern(CallerKeys.PROPERTY)) {
            return;
        }
        if (keys.isEmpty() && !acceptsTokens) {
            faults.unfit(
                    CallerKeys.PROPERTY,
                    (keys.isSet() ? "names no caller" : "is not set or is empty")
                            + ", and %s, so no caller would be accepted".formatted(IssuerCheck.whyNoTokens(config())),
                    "name:sha256-hex, where the digest is what printf %s \"$KEY\" | sha256sum prints");
            return;
        }
        checkNames("gateway.caller-limits", limits.callerLimits().keySet());
        checkNames("gateway.caller-weights", limits.callerWeights().keySet());
    }

    /** @param names of callers, of which those with a token have a colon */
    private void checkNames(String property, Set<String> names) {
        names.stream()
                .filter(name -> !name.contains(":") && !keys.names(name))
                .forEach(name -> faults.unfit(
                        property,
                        "names %s, which is not a caller".formatted(ShownValue.of(name)),
                        "about names in GATEWAY_API_KEYS, or oidc:NAME and oidc-client:ID for callers with a token"));
    }
}
