package io.itrgateway.token;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.Wordless;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/** Metrics and log lines of the token; the only class of this room that logs. */
@ApplicationScoped
class TokenMeter {

    private static final Logger LOG = Logger.getLogger(TokenMeter.class);

    private final MeterRegistry meters;
    private final Clock clock;
    private final AtomicReference<AccessToken> newest = new AtomicReference<>();
    private final Gauge age;

    TokenMeter(MeterRegistry meters, Clock clock) {
        this.meters = meters;
        this.clock = clock;
        this.age = Gauge.builder("gateway.token.age", newest, token -> ageSeconds(token.get(), clock))
                .baseUnit("seconds")
                .description("Age of the newest access token; NaN before the first")
                .strongReference(true)
                .register(meters);
    }

    /** The registry outlives the application in tests and live reload. */
    @PreDestroy
    void forget() {
        meters.remove(age);
    }

    private static double ageSeconds(AccessToken token, Clock clock) {
        return token == null
                ? Double.NaN
                : Duration.between(token.issuedAt(), clock.instant()).toMillis() / 1000.0;
    }

    void renewed(AccessToken token) {
        newest.set(token);
        count("ok");
        LOG.infof(
                "access token generation=%d lifeSeconds=%d",
                token.generation(),
                Duration.between(token.issuedAt(), token.expiresAt()).toSeconds());
    }

    /** No authorize of this process, and not counted as one: over all replicas the count is that of the authorizes. */
    void adopted(AccessToken token) {
        newest.set(token);
        LOG.infof(
                "access token adopted generation=%d lifeSeconds=%d ageSeconds=%d",
                token.generation(),
                Duration.between(token.issuedAt(), token.expiresAt()).toSeconds(),
                Duration.between(token.issuedAt(), clock.instant()).toSeconds());
    }

    void failed(GatewayException failure, Duration pause) {
        count(failure.kind().code());
        // Our own account refused: someone must get up. Anything else heals, but look.
        var level = failure.kind() == ProblemKind.UPSTREAM_CREDENTIALS_REFUSED ? Logger.Level.ERROR : Logger.Level.WARN;
        LOG.logf(
                level,
                "authorize failed code=%s nextTryInSeconds=%d",
                failure.kind().code(),
                pause.toSeconds());
    }

    void broke(Throwable bug) {
        LOG.error("authorize broke", new Wordless(bug));
    }

    void refused(AccessToken token, Duration pause) {
        meters.counter("gateway.token.refusals").increment();
        LOG.warnf("access token refused generation=%d nextTryInSeconds=%d", token.generation(), pause.toSeconds());
    }

    private void count(String result) {
        meters.counter("gateway.token.renewals", "result", result).increment();
    }
}
