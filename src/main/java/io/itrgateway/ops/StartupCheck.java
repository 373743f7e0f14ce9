package io.itrgateway.ops;

import io.itrgateway.binding.BindingConfig;
import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Environment;
import io.itrgateway.edge.ArrivalConfig;
import io.itrgateway.edge.CallerKeys;
import io.itrgateway.edge.EdgeConfig;
import io.itrgateway.edge.GuardedTransport;
import io.itrgateway.idempotency.IdempotencyConfig;
import io.itrgateway.operation.RelayConfig;
import io.itrgateway.operation.RelayedOperations;
import io.itrgateway.ratelimit.PlanConfig;
import io.itrgateway.ratelimit.RateLimitConfig;
import io.itrgateway.ratelimit.RateLimitSettings;
import io.itrgateway.redis.SharedStateConfig;
import io.itrgateway.reference.ReferenceConfig;
import io.itrgateway.status.OperatorKey;
import io.itrgateway.status.StatusConfig;
import io.itrgateway.telemetry.AuditConfig;
import io.itrgateway.token.AuthorizeEncoding;
import io.itrgateway.transport.Account;
import io.itrgateway.transport.ConnectionSettings;
import io.itrgateway.transport.DeepvueConfig;
import io.itrgateway.transport.GuardConfig;
import io.itrgateway.transport.ProxySettings;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.StartupEvent;
import io.vertx.core.Vertx;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
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

    private static final Pattern ISSUER = Pattern.compile("https?://[^/\\s].*");

    private static final long DEV_MODE_EXIT_MILLIS = 3000;

    private final DeepvueConfig deepvue;
    private final ProxySettings proxies;
    private final GuardConfig guard;
    private final PlanConfig plan;
    private final RateLimitConfig quota;
    private final IdempotencyConfig idempotency;
    private final BindingConfig binding;
    private final RelayConfig relay;
    private final SharedStateConfig shared;
    private final EdgeConfig edge;
    private final ArrivalConfig arrival;
    private final DrainConfig drain;
    private final StatusConfig status;
    private final ReferenceConfig reference;
    private final AuditConfig audit;
    private final Optional<String> issuer;
    private final Vertx vertx;
    private final boolean looksOnly;

    StartupCheck(
            DeepvueConfig deepvue,
            ProxySettings proxies,
            GuardConfig guard,
            PlanConfig plan,
            RateLimitConfig quota,
            IdempotencyConfig idempotency,
            BindingConfig binding,
            RelayConfig relay,
            SharedStateConfig shared,
            EdgeConfig edge,
            ArrivalConfig arrival,
            DrainConfig drain,
            StatusConfig status,
            ReferenceConfig reference,
            AuditConfig audit,
            @ConfigProperty(name = "quarkus.oidc.auth-server-url") Optional<String> issuer,
            Vertx vertx,
            @ConfigProperty(name = LOOKS_ONLY, defaultValue = "false") boolean looksOnly) {
        this.deepvue = deepvue;
        this.proxies = proxies;
        this.guard = guard;
        this.plan = plan;
        this.quota = quota;
        this.idempotency = idempotency;
        this.binding = binding;
        this.relay = relay;
        this.shared = shared;
        this.edge = edge;
        this.arrival = arrival;
        this.drain = drain;
        this.status = status;
        this.reference = reference;
        this.audit = audit;
        this.issuer = issuer;
        this.vertx = vertx;
        this.looksOnly = looksOnly;
    }

    void check(@Observes @Priority(1) StartupEvent start) {
        var environment = Environment.read();
        List<String> faults = looksOnly ? List.of() : faults(environment);
        environment.warnings().forEach(line -> LOG.warn("configuration: " + line));
        if (!faults.isEmpty()) {
            faults.forEach(line -> LOG.error("configuration: " + line));
            if (LaunchMode.current() == LaunchMode.DEVELOPMENT) {
                endDevMode();
            }
            throw new RefusedConfiguration(faults.size());
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
        var faults = new ConfigurationFaults();
        Account.from(deepvue, faults);
        proxies.proxyTo(ConnectionSettings.from(deepvue, faults).baseUrl(), faults);
        AuthorizeEncoding.from(deepvue, faults);
        var settings = RateLimitSettings.from(quota, plan, guard, faults);
        GuardConfig.breakerAttempts(guard, faults);
        GuardConfig.breakerPause(guard, faults);
        GuardConfig.maxAnswerBytes(guard, faults);
        DrainConfig.drain(drain, faults);
        ArrivalConfig.requestTimeout(arrival, faults);
        IdempotencyConfig.memoryBytes(idempotency, faults);
        IdempotencyConfig.maxWaiting(idempotency, faults);
        BindingConfig.mode(binding, faults);
        SharedStateConfig.check(shared, settings.replicas(), faults);
        RelayedOperations.from(relay, faults);
        RelayConfig.memoryBytes(relay, faults);
        OperatorKey.from(status, faults);
        ReferenceConfig.check(reference, faults);
        AuditConfig.pseudonyms(audit, faults);
        AuditConfig.checkFile(audit, faults);
        CallerTls.check(vertx, faults);
        issuer.filter(url -> !ISSUER.matcher(url.strip()).matches())
                .ifPresent(url -> faults.unfit(
                        "quarkus.oidc.auth-server-url", "is no URL", "the http or https URL of the issuer"));
        if (!GuardedTransport.isUsedBy(vertx)) {
            faults.unfit("quarkus.vertx.prefer-native-transport", "is off", "unset: connections would not be guarded");
        }
        checkCallers(
                Map.of(
                        "gateway.caller-limits", settings.callerLimits().keySet(),
                        "gateway.caller-weights", settings.callerWeights().keySet()),
                faults);
        Stream<String> others = faults.lines().stream()
                .filter(line -> environment.faulty().stream().noneMatch(name -> line.startsWith(name + " ")));
        return Stream.concat(environment.faults().stream(), others).toList();
    }

    /** @param named the callers that a property names */
    private void checkCallers(Map<String, Set<String>> named, ConfigurationFaults faults) {
        int faultsBefore = faults.lines().size();
        var keys = CallerKeys.from(edge, faults);
        if (faults.lines().size() > faultsBefore) {
            return;
        }
        if (keys.isEmpty() && issuer.isEmpty()) {
            faults.unfit(
                    "gateway.api-keys",
                    (edge.apiKeys().isEmpty() ? "is not set" : "names no caller")
                            + ", and QUARKUS_OIDC_AUTH_SERVER_URL is not set, so no caller would be accepted",
                    "name:sha256-hex, where the digest is what printf %s \"$KEY\" | sha256sum prints");
            return;
        }
        // A caller with a token has a colon in its name.
        named.forEach((property, names) -> names.stream()
                .filter(name -> !name.contains(":") && !keys.names(name))
                .sorted()
                .forEach(name -> faults.unfit(
                        property,
                        "names \"%s\", which is no caller".formatted(name),
                        "about names in GATEWAY_API_KEYS, or oidc:NAME and oidc-client:ID for callers with a token")));
    }
}
