package io.itrgateway.token;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.RedactedThrowable;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jboss.logging.Logger;

/** Metrics and log lines of the token; the only class of this package that logs. */
@ApplicationScoped
@Startup
class TokenTelemetry {

    private static final Logger LOG = Logger.getLogger(TokenTelemetry.class);

    private static final List<String> RENEWALS_ENDS = List.of(
            "ok",
            ProblemKind.UPSTREAM_CREDENTIALS_REFUSED.code(),
            ProblemKind.UPSTREAM_UNAVAILABLE.code(),
            ProblemKind.QUOTA_EXHAUSTED.code());

    private final MeterRegistry meters;
    private final Clock clock;
    private final AtomicReference<AccessToken> newest = new AtomicReference<>();
    private final AtomicBoolean dateIgnored = new AtomicBoolean();
    private final Counter refusals;

    TokenTelemetry(MeterRegistry meters, Clock clock) {
        this.meters = meters;
        this.clock = clock;
        gauge(
                "gateway.token.age",
                "Age of the newest token; NaN before the first",
                token -> Duration.between(token.issuedAt(), clock.instant()));
        gauge(
                "gateway.token.left",
                "Time until the newest token expires; negative once it has; NaN before the first",
                token -> Duration.between(clock.instant(), token.expiresAt()));
        this.refusals = Counter.builder("gateway.token.refusals")
                .description("Tokens that the upstream refused before they expired")
                .register(meters);
        // Registered at the start: an increase() over a series that appears with its first event misses that event.
        RENEWALS_ENDS.forEach(this::renewals);
    }

    private void gauge(String name, String description, Function<AccessToken, Duration> time) {
        Gauge.builder(
                        name,
                        newest,
                        token -> seconds(Optional.ofNullable(token.get()).map(time)))
                .baseUnit("seconds")
                .description(description)
                .strongReference(true)
                .register(meters);
    }

    private static double seconds(Optional<Duration> time) {
        return time.map(length -> length.toMillis() / 1000.0).orElse(Double.NaN);
    }

    void recordRenewal(AccessToken token) {
        newest.set(token);
        renewals("ok").increment();
        LOG.infof(
                "access token generation=%d lifeSeconds=%d",
                token.generation(),
                Duration.between(token.issuedAt(), token.expiresAt()).toSeconds());
    }

    /** No authorize of this process, and not counted as one: over all replicas the count is that of the authorizes. */
    void recordAdoption(AccessToken token) {
        newest.set(token);
        LOG.infof(
                "access token adopted generation=%d lifeSeconds=%d ageSeconds=%d",
                token.generation(),
                Duration.between(token.issuedAt(), token.expiresAt()).toSeconds(),
                Duration.between(token.issuedAt(), clock.instant()).toSeconds());
    }

    /** Says it when the upstream's clock comes to be ignored, not for each token. */
    void recordExpiryClock(boolean hostClock) {
        if (dateIgnored.getAndSet(hostClock) != hostClock && hostClock) {
            LOG.warn(
                    "Deepvue's Date header is ignored: it implies a lifetime of the access token that is not plausible. The lifetime is counted"
                            + " by this host's clock; the doctor says how far the two are apart.");
        }
    }

    void recordFailure(GatewayException failure, Duration pause) {
        renewals(failure.kind().code()).increment();
        if (failure.kind() == ProblemKind.OVERLOADED) {
            LOG.infof("authorize not sent: %s nextTryInSeconds=%d", failure.detail(), pause.toSeconds());
            return;
        }
        // The account itself is refused: an operator must act. Anything else may end by itself.
        var level = failure.kind() == ProblemKind.UPSTREAM_CREDENTIALS_REFUSED ? Logger.Level.ERROR : Logger.Level.WARN;
        LOG.logf(
                level,
                "authorize failed code=%s nextTryInSeconds=%d; doctor, with the same settings, says why",
                failure.kind().code(),
                pause.toSeconds());
    }

    void recordBug(Throwable bug) {
        LOG.error("authorize broke", new RedactedThrowable(bug));
    }

    void recordRefusal(AccessToken token, Duration pause) {
        refusals.increment();
        LOG.warnf("access token refused generation=%d nextTryInSeconds=%d", token.generation(), pause.toSeconds());
    }

    private Counter renewals(String result) {
        return Counter.builder("gateway.token.renewals")
                .description("Authorize calls, by result: ok, or the code of the failure")
                .tag("result", result)
                .register(meters);
    }
}
