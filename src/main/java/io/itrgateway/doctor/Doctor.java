package io.itrgateway.doctor;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.problem.RedactedThrowable;
import io.itrgateway.redis.RedisSelfTest;
import io.itrgateway.redis.SharedState;
import io.itrgateway.startup.StartupCheck;
import io.itrgateway.token.AuthorizeProbe;
import io.itrgateway.transport.ConnectionSettings;
import io.itrgateway.transport.DeepvueConfig;
import io.itrgateway.transport.DeepvueTransport;
import io.itrgateway.transport.Loopback;
import io.itrgateway.transport.ProxySettings;
import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.QuarkusApplication;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Makes the checks, one after the other, on the thread on which the process started, and says what they found.
 *
 * <p>The authorize is a call of the plan and goes through the rate limiter like the service's own: with Redis it is in the budget of all
 * replicas; without, this process counts for itself as any process does.
 */
@Singleton
@Unremovable
public class Doctor implements QuarkusApplication {

    private static final Logger LOG = Logger.getLogger(Doctor.class);

    /** For a single check. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final StartupCheck startup;
    private final DeepvueConfig deepvue;
    private final ProxySettings proxies;
    private final Instance<DeepvueTransport> transport;
    private final Instance<AuthorizeProbe> probe;
    private final SharedState shared;
    private final Instance<RedisSelfTest> redis;
    private final IssuerProbe issuer;
    private final Clock clock;
    private final Vertx vertx;

    Doctor(
            StartupCheck startup,
            DeepvueConfig deepvue,
            ProxySettings proxies,
            Instance<DeepvueTransport> transport,
            Instance<AuthorizeProbe> probe,
            SharedState shared,
            Instance<RedisSelfTest> redis,
            IssuerProbe issuer,
            Clock clock,
            Vertx vertx) {
        this.startup = startup;
        this.deepvue = deepvue;
        this.proxies = proxies;
        this.transport = transport;
        this.probe = probe;
        this.shared = shared;
        this.redis = redis;
        this.issuer = issuer;
        this.clock = clock;
        this.vertx = vertx;
    }

    @Override
    public int run(String... arguments) {
        Report report = examine();
        DoctorArguments.of(List.of(arguments)).ifPresent(asked -> System.out.println(asked.rendered(report)));
        return report.exitCode();
    }

    private Report examine() {
        List<String> faults = startup.faults();
        List<Finding> findings = new ArrayList<>(configuration(faults, startup.warnings()));
        Optional<ConnectionSettings> settings = settings();
        Finding dns = settings.map(this::dns)
                .orElseGet(() -> Finding.skipped(Check.DNS, "a setting of the connection is wrong, see configuration"));
        findings.add(dns);
        Finding tls =
                dns.isGood() ? tls(settings.get()) : Finding.skipped(Check.TLS, "there is no address to connect to");
        findings.add(tls);
        findings.addAll(authorize(whyNotAuthorize(faults, dns, tls)));
        findings.add(bounded(Check.ISSUER, issuer.finding(faults)));
        findings.addAll(redis(faults));
        return new Report(findings);
    }

    // ---- the checks -------------------------------------------------------------------------------------------------

    private static List<Finding> configuration(List<String> faults, List<String> warnings) {
        Stream<Finding> verdict = faults.isEmpty()
                ? Stream.of(Finding.ok(Check.CONFIGURATION, "complete, and every value can be read"))
                : faults.stream().map(line -> Finding.failed(Check.CONFIGURATION, line));
        return Stream.concat(verdict, warnings.stream().map(line -> Finding.warning(Check.CONFIGURATION, line)))
                .toList();
    }

    private Optional<ConnectionSettings> settings() {
        var faults = new ConfigurationFaults();
        var settings = new ConnectionSettings(deepvue, proxies, faults);
        return faults.lines().isEmpty() ? Optional.of(settings) : Optional.empty();
    }

    private Finding dns(ConnectionSettings settings) {
        String host = settings.baseUrl().getHost();
        return bounded(
                Check.DNS,
                blocking(() -> settings.proxy()
                        .map(proxy -> Resolution.resolve(proxy, host))
                        .orElseGet(() -> Resolution.resolve(host))));
    }

    private Finding tls(ConnectionSettings settings) {
        if (!"https".equalsIgnoreCase(settings.baseUrl().getScheme())) {
            return unencrypted(settings.baseUrl().getHost());
        }
        return bounded(Check.TLS, new Handshake(vertx, settings, transport.get().tls()).examine(clock));
    }

    private static Finding unencrypted(String host) {
        return Loopback.includes(host)
                ? Finding.skipped(Check.TLS, "DEEPVUE_BASE_URL is http, on this machine")
                : Finding.warning(Check.TLS, "DEEPVUE_BASE_URL is http: the account's secret travels in the clear");
    }

    private static Optional<String> whyNotAuthorize(List<String> faults, Finding dns, Finding tls) {
        if (!faults.isEmpty()) {
            return Optional.of("the configuration is wrong");
        }
        if (!dns.isGood()) {
            return Optional.of("there is no address to connect to");
        }
        return tls.verdict() == CheckStatus.FAILED ? Optional.of("there is no trusted connection") : Optional.empty();
    }

    private List<Finding> authorize(Optional<String> whyNot) {
        if (whyNot.isPresent()) {
            return noAuthorize(Finding.skipped(Check.AUTHORIZE, whyNot.get()));
        }
        return awaited(
                Uni.createFrom()
                        .deferred(() -> probe.get().run(LONGEST))
                        .map(result -> List.of(
                                AuthorizeFindings.authorize(result),
                                AuthorizeFindings.expiry(result),
                                AuthorizeFindings.clock(result))),
                trouble -> noAuthorize(Finding.failed(Check.AUTHORIZE, trouble)));
    }

    private static List<Finding> noAuthorize(Finding why) {
        return List.of(
                why,
                Finding.skipped(Check.EXPIRY, "there is no token"),
                Finding.skipped(Check.CLOCK, "there was no answer"));
    }

    private List<Finding> redis(List<String> faults) {
        return shared.isInRedis()
                ? bounded(
                        Uni.createFrom().deferred(() -> redis.get().run()).map(RedisFindings::of),
                        trouble -> List.of(Finding.failed(Check.REDIS, trouble)))
                : List.of(Finding.skipped(
                        Check.REDIS,
                        faults.stream().anyMatch(line -> line.startsWith("GATEWAY_REDIS_URL "))
                                ? "GATEWAY_REDIS_URL is wrong, see configuration"
                                : "GATEWAY_REDIS_URL is not set"));
    }

    // ---- waiting ----------------------------------------------------------------------------------------------------

    private static Finding bounded(Check check, Uni<Finding> finding) {
        return bounded(finding, trouble -> Finding.failed(check, trouble));
    }

    private static <T> T bounded(Uni<T> check, Function<String, T> otherwise) {
        return awaited(
                check.ifNoItem()
                        .after(LONGEST)
                        .recoverWithItem(() -> otherwise.apply("no end within " + LONGEST.toSeconds() + " s")),
                otherwise);
    }

    /** Blocks: the process serves no requests while it checks. */
    private static <T> T awaited(Uni<T> check, Function<String, T> otherwise) {
        return check.onFailure()
                .recoverWithItem(bug -> {
                    LOG.error("a check broke", new RedactedThrowable(bug));
                    return otherwise.apply("the check itself failed; see standard error");
                })
                .await()
                .indefinitely();
    }

    /** On a daemon thread, so that a check that hangs does not keep the process from ending. */
    private static Uni<Finding> blocking(Supplier<Finding> check) {
        return Uni.createFrom().item(check).runSubscriptionOn(task -> {
            var thread = new Thread(task, "doctor");
            thread.setDaemon(true);
            thread.start();
        });
    }
}
