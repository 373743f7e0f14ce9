package io.itrgateway.status;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.itrgateway.edge.DrainableEntry;
import io.itrgateway.problem.GatewayException;
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
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
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

    private static final JsonFactory JSON = new JsonFactory();

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
        return json(this::writeNow);
    }

    /** How the last minutes were. */
    String trend() {
        return json(this::writeTrend);
    }

    String all() {
        return json(json -> {
            writeNow(json);
            json.writeObjectFieldStart("trend");
            writeTrend(json);
            json.writeEndObject();
        });
    }

    private interface Fields {
        void writeTo(JsonGenerator json) throws IOException;
    }

    private static String json(Fields fields) {
        var text = new StringWriter(4096);
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            fields.writeTo(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void writeNow(JsonGenerator json) throws IOException {
        Instant now = clock.instant();
        json.writeStringField("time", now.toString());
        json.writeStringField("version", version);
        json.writeNumberField("up_seconds", Duration.between(started, now).toSeconds());
        json.writeObjectFieldStart("verdict");
        writeVerdict(json, verdict());
        json.writeEndObject();
        json.writeObjectFieldStart("recent");
        writeRecent(json, history.recent());
        json.writeEndObject();
        json.writeObjectFieldStart("token");
        writeToken(json, now);
        json.writeEndObject();
        json.writeObjectFieldStart("budget");
        writeBudget(json);
        json.writeEndObject();
        json.writeObjectFieldStart("calls");
        json.writeNumberField("unanswered", entry.inside());
        json.writeNumberField("waiting", limiter.waiting());
        json.writeNumberField("at_upstream", limiter.inFlight());
        json.writeNumberField("held_back_seconds", seconds(limiter.backoffLeft()));
        json.writeEndObject();
        json.writeObjectFieldStart("breaker");
        writeBreaker(json);
        json.writeEndObject();
        json.writeObjectFieldStart("redis");
        json.writeStringField("state", shared.isInRedis() ? shared.isRedisUp() ? "up" : "away" : "not-used");
        json.writeEndObject();
    }

    private void writeBreaker(JsonGenerator json) throws IOException {
        json.writeStringField(
                "state", breaker.circuit().name().toLowerCase(Locale.ROOT).replace('_', '-'));
        Optional<Long> next = breaker.refusal().flatMap(GatewayException::retryAfterSeconds);
        if (next.isPresent()) {
            json.writeNumberField("next_try_seconds", next.get());
        }
    }

    private Verdict verdict() {
        return Verdict.of(new Verdict.Situation(
                entry.isClosed(),
                entry.inside(),
                breaker.circuit(),
                breaker.refusal().flatMap(GatewayException::retryAfterSeconds),
                tokens.held().isPresent(),
                tokens.standingFailure(),
                limiter.backoffLeft(),
                shared.isInRedis() && !shared.isRedisUp(),
                limiter.sharing(),
                limiter.budget(),
                history.recent()));
    }

    private static void writeVerdict(JsonGenerator json, Verdict verdict) throws IOException {
        json.writeStringField("state", verdict.state().wireName());
        json.writeArrayFieldStart("causes");
        for (String cause : verdict.causes()) {
            json.writeString(cause);
        }
        json.writeEndArray();
        json.writeStringField("sentence", verdict.sentence());
    }

    private static void writeRecent(JsonGenerator json, RecentCalls recent) throws IOException {
        json.writeNumberField("seconds", recent.over().toSeconds());
        json.writeNumberField("calls", recent.total());
        json.writeNumberField("failed", recent.failed());
        json.writeNumberField("calls_per_second", rounded(recent.perSecond()));
        json.writeNumberField("failed_share", rounded(recent.failedShare()));
    }

    /** To the fourth place. */
    private static double rounded(double value) {
        return Math.round(value * 10_000) / 10_000.0;
    }

    private void writeToken(JsonGenerator json, Instant now) throws IOException {
        Optional<AccessToken> held = tokens.held();
        Optional<GatewayException> failure = tokens.standingFailure();
        json.writeStringField("state", held.isPresent() ? "held" : failure.isPresent() ? "failing" : "none");
        if (held.isPresent()) {
            AccessToken token = held.get();
            json.writeNumberField("age_seconds", seconds(Duration.between(token.issuedAt(), now)));
            json.writeNumberField("renewal_seconds", seconds(Duration.between(now, token.renewalDue())));
            json.writeNumberField("expiry_seconds", seconds(Duration.between(now, token.expiresAt())));
        }
        if (failure.isPresent()) {
            json.writeStringField("failing_code", failure.get().kind().code());
            json.writeNumberField("next_try_seconds", seconds(failure.get().retryAfter()));
        }
    }

    private void writeBudget(JsonGenerator json) throws IOException {
        Optional<BudgetSharing> sharing = limiter.sharing();
        json.writeStringField(
                "state",
                sharing.map(budget -> budget.isShared() ? "together" : "alone").orElse("own"));
        json.writeNumberField("replicas", sharing.map(BudgetSharing::replicas).orElse(1));
        json.writeArrayFieldStart("windows");
        for (BudgetWindow window : limiter.budget()) {
            json.writeStartObject();
            json.writeStringField("window", window.window().name());
            json.writeNumberField("quota", window.window().quota());
            json.writeNumberField("left", window.left());
            json.writeNumberField("more_seconds", seconds(window.toMore()));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static double seconds(Duration time) {
        return Math.round(time.toMillis() / 100.0) / 10.0;
    }

    private void writeTrend(JsonGenerator json) throws IOException {
        List<Trend.Step> steps = history.steps();
        json.writeNumberField("step_seconds", Trend.STEP.toSeconds());
        json.writeArrayFieldStart("end");
        for (Trend.Step step : steps) {
            json.writeString(step.end().toString());
        }
        json.writeEndArray();
        for (double part : new double[] {0.5, 0.95, 0.99}) {
            json.writeArrayFieldStart("p%d_ms".formatted(Math.round(part * 100)));
            for (Trend.Step step : steps) {
                writeRounded(json, step.calls().times().percentileMillis(part));
            }
            json.writeEndArray();
        }
        var codes = new TreeSet<String>();
        steps.forEach(step -> codes.addAll(step.calls().byCode().keySet()));
        json.writeObjectFieldStart("calls");
        for (String code : codes) {
            json.writeArrayFieldStart(code);
            for (Trend.Step step : steps) {
                json.writeNumber(step.calls().byCode().getOrDefault(code, 0L));
            }
            json.writeEndArray();
        }
        json.writeEndObject();
        json.writeObjectFieldStart("classes");
        for (String code : codes) {
            json.writeStringField(code, ResponsibleParty.of(code).wireName());
        }
        json.writeEndObject();
    }

    private static void writeRounded(JsonGenerator json, OptionalDouble millis) throws IOException {
        if (millis.isPresent()) {
            json.writeNumber(Math.round(millis.getAsDouble() * 10) / 10.0);
        } else {
            json.writeNull();
        }
    }
}
