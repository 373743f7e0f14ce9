package io.itrgateway.token;

import static io.itrgateway.problem.ProblemKind.QUOTA_EXHAUSTED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_CREDENTIALS_REFUSED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;

import com.fasterxml.jackson.databind.JsonNode;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.ratelimit.Permit;
import io.itrgateway.ratelimit.RateLimiter;
import io.itrgateway.secret.Secret;
import io.itrgateway.telemetry.CallSpan;
import io.itrgateway.telemetry.CallTracer;
import io.itrgateway.transport.Account;
import io.itrgateway.transport.Answer;
import io.itrgateway.transport.DeepvueTransport;
import io.itrgateway.transport.ExchangeFailure;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Fetches a token from Deepvue's authorize and reads its life. An authorize pays for its call like any other, and goes first. */
@ApplicationScoped
class DeepvueAuthorizer implements Authorizer {

    /** One fetch at a time, and one spare for a fetch that hangs while its successor starts. */
    private static final int CONNECTIONS = 2;

    /** The caller of authorize, which is made for all of them. */
    private static final String NO_CALLER = "";

    private final RateLimiter limiter;
    private final DeepvueTransport transport;
    private final AuthorizeApi api;
    private final Account account;
    private final AuthorizeSettings.Encoding encoding;
    private final Clock clock;
    private final CallTracer tracing;
    private final TokenTelemetry meter;

    DeepvueAuthorizer(
            RateLimiter limiter,
            DeepvueTransport transport,
            Account account,
            AuthorizeSettings settings,
            Clock clock,
            CallTracer tracing,
            TokenTelemetry meter) {
        this.limiter = limiter;
        this.transport = transport;
        this.api = transport.client(AuthorizeApi.class, CONNECTIONS);
        this.account = account;
        this.encoding = settings.encoding();
        this.clock = clock;
        this.tracing = tracing;
        this.meter = meter;
    }

    /** Sees how far an authorize comes. */
    interface AuthorizeObserver {

        AuthorizeObserver NONE = new AuthorizeObserver() {};

        /** The request is written to a connection. */
        default void sent() {}

        /** @param answer whatever it is, before it is interpreted */
        default void answered(Answer answer) {}

        default void failed(ExchangeFailure.Reason reason) {}
    }

    @Override
    public Uni<AccessToken> authorize(long generation) {
        return authorize(generation, AuthorizeObserver.NONE);
    }

    Uni<AccessToken> authorize(long generation, AuthorizeObserver observer) {
        CallSpan whole = tracing.startAuthorize();
        CallSpan wait = whole.startPart("wait");
        return limiter.<AccessToken>runFirst(permit -> {
                    wait.end();
                    return Uni.createFrom()
                            .deferred(() -> exchange(whole, permit, observer))
                            .onFailure(ExchangeFailure::isStale)
                            .retry()
                            .atMost(DeepvueTransport.MOST_STALE_CONNECTIONS - 1)
                            .onFailure(ExchangeFailure.class)
                            .invoke(failure -> observer.failed(failure.reason()))
                            .onFailure(ExchangeFailure.class)
                            .transform(failure -> GatewayException.of(UPSTREAM_UNAVAILABLE))
                            .invoke(observer::answered)
                            .map(answer -> decode(answer, generation, permit));
                })
                .onFailure(GatewayException.class)
                .invoke(failure -> whole.setError(failure.getMessage()))
                .onTermination()
                .invoke(() -> {
                    wait.end();
                    tracing.endAuthorize(whole);
                });
    }

    private Uni<Answer> exchange(CallSpan whole, Permit permit, AuthorizeObserver observer) {
        CallSpan request = whole.startRequest(transport.baseUrl(), "POST", AuthorizeApi.PATH, 1);
        return transport
                .exchange(
                        NO_CALLER,
                        this::send,
                        () -> {
                            permit.markSending();
                            observer.sent();
                            return true;
                        },
                        permit::markSent)
                .invoke(answer -> request.setStatus(answer.status()))
                .onFailure(ExchangeFailure.class)
                .invoke(failure -> request.setError(failure.getMessage().toLowerCase(Locale.ROOT)))
                .onTermination()
                .invoke(request::end);
    }

    private Uni<Response> send() {
        String secret = account.clientSecret().reveal();
        return switch (encoding) {
            case FORM -> api.authorize(account.clientId(), secret);
            case MULTIPART -> api.authorizeMultipart(account.clientId(), secret);
        };
    }

    private AccessToken decode(Answer answer, long generation, Permit permit) {
        if (answer.isThrottledOrUnavailable()) {
            // All callers get this failure for a while. Its Retry-After is the time until calls are sent again, not
            // what Deepvue asks for, which may be a day.
            throw permit.markRefused(refused(answer), answer.retryDelay()).withRetryAfter(limiter.backoffLeft());
        }
        if (answer.isNotProcessed()) {
            throw GatewayException.of(UPSTREAM_UNAVAILABLE);
        }
        permit.markServed();
        if (!answer.isSuccess()) {
            throw refused(answer);
        }
        JsonNode document = answer.json();
        String token = document.path("access_token").asText("").strip();
        if (!token.chars().allMatch(c -> c > ' ' && c <= '~') || token.isEmpty()) {
            throw GatewayException.of(UPSTREAM_UNAVAILABLE, "Deepvue's authorize returned no token.");
        }
        Instant now = clock.instant();
        // Counted on one clock and then laid onto ours.
        Expiry.Reading reading = Expiry.read(document, date(answer.date()), now);
        meter.recordExpiryClock(reading.isByHostClock());
        Duration life = reading.life();
        if (life.isNegative() || life.isZero()) {
            throw GatewayException.of(UPSTREAM_UNAVAILABLE, "Deepvue's authorize returned a token that has expired.");
        }
        return new AccessToken(Secret.of(token), generation, now, now.plus(life));
    }

    private static GatewayException refused(Answer answer) {
        return switch (answer.status()) {
            case 400, 401, 402, 403, 404, 422 -> GatewayException.of(UPSTREAM_CREDENTIALS_REFUSED);
            case 429 ->
                GatewayException.of(QUOTA_EXHAUSTED, "Deepvue refused to authorize: its rate limit is exceeded.");
            default -> GatewayException.of(UPSTREAM_UNAVAILABLE);
        };
    }

    /** The point in time that a {@code Date} header says, in any of HTTP's three forms. */
    static Optional<Instant> date(Optional<String> header) {
        return header.flatMap(ExpiryText::pointInTime).map(ExpiryText.PointInTime::instant);
    }
}
