package io.itrgateway.ops;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Environment;
import io.itrgateway.config.Settings;
import io.itrgateway.edge.CallerKeys;
import io.itrgateway.edge.GuardedTransport;
import io.itrgateway.ratelimit.RateLimitSettings;
import io.itrgateway.redis.SharedStateSettings;
import io.itrgateway.telemetry.TracingConfigSourceFactory;
import io.quarkus.arc.All;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Refuses to start with a configuration that cannot work, and says every fault of it in one go. Where the process only checks
 * the configuration ({@link #LOOKS_ONLY}), the start goes on, and the caller asks for the faults.
 */
@Singleton
public class StartupCheck {

    /** Set by the process itself where it serves no requests ({@code doctor}); not a setting for operators. */
    public static final String LOOKS_ONLY = "itr-gateway.looks-only";

    private static final Logger LOG = Logger.getLogger(StartupCheck.class);

    private static final long DEV_MODE_EXIT_MILLIS = 3000;

    private final ConfigurationFaults faults;
    private final CallerKeys keys;
    private final RateLimitSettings limits;
    private final SharedStateSettings shared;
    private final Optional<String> issuer;
    private final Vertx vertx;
    private final boolean looksOnly;

    /** @param all created with this, so that the fault of each is known */
    StartupCheck(
            ConfigurationFaults faults,
            @All List<Settings> all,
            CallerKeys keys,
            RateLimitSettings limits,
            SharedStateSettings shared,
            @ConfigProperty(name = "quarkus.oidc.auth-server-url") Optional<String> issuer,
            Vertx vertx,
            @ConfigProperty(name = LOOKS_ONLY, defaultValue = "false") boolean looksOnly) {
        this.faults = faults;
        this.keys = keys;
        this.limits = limits;
        this.shared = shared;
        this.issuer = issuer;
        this.vertx = vertx;
        this.looksOnly = looksOnly;
    }

    void check(@Observes @Priority(1) StartupEvent start) {
        var environment = Environment.read();
        List<String> lines = looksOnly ? List.of() : faults(environment);
        environment.warnings().forEach(line -> LOG.warn("configuration: " + line));
        if (!lines.isEmpty()) {
            lines.forEach(line -> LOG.error("configuration: " + line));
            if (LaunchMode.current() == LaunchMode.DEVELOPMENT) {
                endDevMode();
            }
            throw new RefusedConfiguration(lines.size());
        }
    }

    /**
     * Ends the process of {@code quarkus:dev}, which would go on with a stack trace and an error page: what is wrong is in the environment,
     * which no live reload can change.
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

    /** What has no effect, one line each. */
    public List<String> warnings() {
        return Environment.read().warnings();
    }

    private List<String> faults(Environment environment) {
        shared.checkReplicas(limits.replicas(), faults);
        CallerTls.check(vertx, faults);
        TracingConfigSourceFactory.check(faults);
        IssuerUrl.check(issuer, faults);
        if (!GuardedTransport.isUsedBy(vertx)) {
            faults.unfit("quarkus.vertx.prefer-native-transport", "is off", "unset: connections would not be guarded");
        }
        checkCallers();
        // By name, since the settings are created in no order that would mean anything.
        Stream<String> others = faults.lines().stream()
                .filter(line -> environment.faulty().stream().noneMatch(name -> line.startsWith(name + " ")))
                .sorted(Comparator.comparing(line -> line.substring(0, line.indexOf(' '))));
        return Stream.concat(environment.faults().stream(), others).toList();
    }

    private void checkCallers() {
        if (faults.concern(CallerKeys.PROPERTY)) {
            return;
        }
        if (keys.isEmpty() && issuer.isEmpty()) {
            faults.unfit(
                    CallerKeys.PROPERTY,
                    (keys.isSet() ? "names no caller" : "is not set")
                            + ", and QUARKUS_OIDC_AUTH_SERVER_URL is not set, so no caller would be accepted",
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
                        "names \"%s\", which is no caller".formatted(name),
                        "about names in GATEWAY_API_KEYS, or oidc:NAME and oidc-client:ID for callers with a token"));
    }
}
