package io.itrgateway.status;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.itrgateway.edge.DrainableEntry;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.ratelimit.BudgetSharing;
import io.itrgateway.ratelimit.BudgetWindow;
import io.itrgateway.ratelimit.RateLimiter;
import io.itrgateway.redis.SharedState;
import io.itrgateway.token.AccessToken;
import io.itrgateway.token.TokenService;
import io.itrgateway.transport.CircuitBreaker;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Writes how things are, as JSON: times in seconds, of calls in milliseconds, moments as ISO 8601. */
@Singleton
class StatusJsonWriter {

    private final TokenService tokens;
    private final RateLimiter limiter;
    private final DrainableEntry entry;
    private final CircuitBreaker breaker;
    private final SharedState shared;
    private final StatusHistory history;
    private final Clock clock;
    private final String version;
    private volatile Instant started;

    StatusJsonWriter(
            TokenService tokens,
            RateLimiter limiter,
            DrainableEntry entry,
            CircuitBreaker breaker,
            SharedState shared,
            StatusHistory history,
            Clock clock,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.tokens = tokens;
        this.limiter = limiter;
        this.entry = entry;
        this.breaker = breaker;
        this.shared = shared;
        this.history = history;
        this.clock = clock;
        this.version = version;
        this.started = clock.instant();
    }

    void start(@Observes StartupEvent event) {
        started = clock.instant();
    }

    /** How things are now, without the last minutes. */
    String now() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        writeNow(json);
        return json.toString();
    }

    /** How the last minutes were. */
    String trend() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        writeTrend(json);
        return json.toString();
    }

    String all() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        writeNow(json);
        writeTrend(json.putObject("trend"));
        return json.toString();
    }

    private void writeNow(ObjectNode json) {
        Instant now = clock.instant();
        json.put("time", now.toString())
                .put("version", version)
                .put("up_seconds", Duration.between(started, now).toSeconds());
        writeVerdict(json.putObject("verdict"), verdict());
        writeRecent(json.putObject("recent"), history.trend().recent());
        writeToken(json.putObject("token"), now);
        writeBudget(json.putObject("budget"));
        json.putObject("calls")
                .put("unanswered", entry.inside())
                .put("waiting", limiter.waiting())
                .put("at_upstream", limiter.inFlight())
                .put("held_back_seconds", seconds(limiter.backoffLeft()));
        writeBreaker(json.putObject("breaker"));
        json.putObject("redis").put("state", shared.isInRedis() ? shared.isRedisUp() ? "up" : "away" : "not-used");
    }

    private void writeBreaker(ObjectNode json) {
        json.put("state", breaker.circuit().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        breaker.refusal()
                .flatMap(GatewayException::retryAfterSeconds)
                .ifPresent(seconds -> json.put("next_try_seconds", seconds));
    }

    private Verdict verdict() {
        return Verdict.of(new Verdict.Situation(
                entry.isClosed(),
                entry.inside(),
                breaker.circuit(),
                breaker.refusal().flatMap(GatewayException::retryAfterSeconds),
                tokens.held().isPresent(),
                tokens.standingFailure(),
                tokens.isAccountRefused(),
                limiter.backoffLeft(),
                shared.isInRedis() && !shared.isRedisUp(),
                limiter.sharing(),
                limiter.budget(),
                history.trend().recent()));
    }

    private static void writeVerdict(ObjectNode json, Verdict verdict) {
        json.put("state", verdict.state().wireName());
        verdict.causes().forEach(json.putArray("causes")::add);
        json.put("sentence", verdict.sentence());
    }

    private static void writeRecent(ObjectNode json, RecentCalls recent) {
        json.put("seconds", recent.over().toSeconds())
                .put("calls", recent.total())
                .put("failed", recent.failed())
                .put("calls_per_second", rounded(recent.perSecond()))
                .put("failed_share", rounded(recent.failedShare()));
    }

    /** To the fourth place. */
    private static double rounded(double value) {
        return Math.round(value * 10_000) / 10_000.0;
    }

    private void writeToken(ObjectNode json, Instant now) {
        Optional<AccessToken> held = tokens.held();
        Optional<GatewayException> failure = tokens.standingFailure();
        boolean isFailing = failure.isPresent() || tokens.isAccountRefused();
        json.put("state", held.isPresent() ? "held" : isFailing ? "failing" : "none");
        held.ifPresent(token -> json.put("age_seconds", seconds(Duration.between(token.issuedAt(), now)))
                .put("renewal_seconds", seconds(Duration.between(now, token.renewalDue())))
                .put("expiry_seconds", seconds(Duration.between(now, token.expiresAt()))));
        if (isFailing) {
            json.put(
                    "failing_code",
                    failure.map(GatewayException::kind)
                            .orElse(ProblemKind.UPSTREAM_CREDENTIALS_REFUSED)
                            .code());
        }
        failure.ifPresent(known -> json.put("next_try_seconds", seconds(known.retryAfter())));
    }

    private void writeBudget(ObjectNode json) {
        Optional<BudgetSharing> sharing = limiter.sharing();
        json.put(
                        "state",
                        sharing.map(budget -> budget.isShared() ? "together" : "alone")
                                .orElse("own"))
                .put("replicas", sharing.map(BudgetSharing::replicas).orElse(1));
        ArrayNode windows = json.putArray("windows");
        for (BudgetWindow window : limiter.budget()) {
            windows.addObject()
                    .put("window", window.window().name())
                    .put("quota", window.window().quota())
                    .put("left", window.left())
                    .put("more_seconds", seconds(window.toMore()));
        }
    }

    private static double seconds(Duration time) {
        return Math.round(time.toMillis() / 100.0) / 10.0;
    }

    private void writeTrend(ObjectNode json) {
        List<Trend.Step> steps = history.trend().steps();
        json.put("step_seconds", Trend.STEP.toSeconds());
        ArrayNode end = json.putArray("end");
        steps.forEach(step -> end.add(step.end().toString()));
        for (double part : new double[] {0.5, 0.95, 0.99}) {
            ArrayNode times = json.putArray("p%d_ms".formatted(Math.round(part * 100)));
            steps.forEach(step -> addRounded(times, step.calls().times().percentileMillis(part)));
        }
        var codes = new TreeSet<String>();
        steps.forEach(step -> codes.addAll(step.calls().byCode().keySet()));
        ObjectNode calls = json.putObject("calls");
        ObjectNode classes = json.putObject("classes");
        for (String code : codes) {
            ArrayNode counts = calls.putArray(code);
            steps.forEach(step -> counts.add(step.calls().byCode().getOrDefault(code, 0L)));
            classes.put(code, ResponsibleParty.of(code).wireName());
        }
    }

    private static void addRounded(ArrayNode times, OptionalDouble millis) {
        if (millis.isPresent()) {
            times.add(Math.round(millis.getAsDouble() * 10) / 10.0);
        } else {
            times.addNull();
        }
    }
}
