package io.itrgateway.upstream;

import static io.itrgateway.problem.ProblemKind.OVERLOADED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_CONNECTION_LOST;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_CREDENTIALS_REFUSED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_INVALID_RESPONSE;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_TIMEOUT;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;

import io.itrgateway.problem.ConfigurationFaults;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.token.AccessToken;
import io.itrgateway.token.AccessTokens;
import io.itrgateway.transport.Account;
import io.itrgateway.transport.Answer;
import io.itrgateway.transport.DeepvueConfig;
import io.itrgateway.transport.DeepvueTransport;
import io.itrgateway.transport.ExchangeFailure;
import io.itrgateway.transport.ExchangeFailure.Reason;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The only door to Deepvue: token, call, the one repeat on a refused token, journal, decoding.
 *
 * <p>Until a call is sent, a subscriber who leaves takes it with him. From then on it runs to its end, whoever listens.
 */
@ApplicationScoped
@Startup
public class Deepvue {

    private static final String CREATE_CLIENT = "create-client";

    /** A call that provably was not sent is tried on this many connections at the most. */
    private static final int MOST_STALE_CONNECTIONS = 3;

    private final AccessTokens tokens;
    private final DeepvueTransport transport;
    private final DeepvueApi api;
    private final Account account;
    private final CallJournal journal;
    private final int maxInFlight;
    private final AtomicInteger inFlight;

    Deepvue(
            AccessTokens tokens,
            DeepvueTransport transport,
            DeepvueConfig deepvue,
            UpstreamConfig config,
            CallJournal journal) {
        var faults = new ConfigurationFaults();
        this.tokens = tokens;
        this.transport = transport;
        this.account = Account.from(deepvue, faults);
        this.maxInFlight = UpstreamConfig.maxInFlight(config, faults);
        this.api = transport.client(DeepvueApi.class, maxInFlight);
        this.journal = journal;
        this.inFlight = journal.inFlight();
    }

    /**
     * Registers a person with Deepvue, once.
     *
     * @param patience how long the caller will wait in all; empty for as long as it takes
     * @return the envelope of the success; else fails with a {@link GatewayException}
     */
    public Uni<Envelope> createClient(CreateClient body, Optional<Duration> patience) {
        return Uni.createFrom().deferred(() -> {
            var sent = new AtomicBoolean();
            var call = tokens.current().chain(token -> {
                sent.set(true);
                return shielded(registered(body, token));
            });
            return patience.filter(this::isShort)
                    .map(wait -> bounded(call, wait, sent))
                    .orElse(call);
        });
    }

    /** The part of the pipeline from the moment of sending. Read top-down; where the repeat stands says what is repeated. */
    private Uni<Envelope> registered(CreateClient body, AccessToken first) {
        return attempt(body, first, 1)
                .onFailure(TokenRefused.class)
                .invoke(() -> tokens.discard(first))
                .onFailure(TokenRefused.class)
                .recoverWithUni(() -> tokens.current().chain(fresh -> attempt(body, fresh, 2)))
                .onFailure(TokenRefused.class)
                .transform(refusedAgain -> GatewayException.of(UPSTREAM_CREDENTIALS_REFUSED))
                .invoke(envelope -> journal.succeeded(CREATE_CLIENT, envelope, body.secrets()))
                .onFailure(GatewayException.class)
                .invoke(failure -> journal.ended(CREATE_CLIENT, failure));
    }

    private Uni<Envelope> attempt(CreateClient body, AccessToken token, int attempt) {
        return exchange(body, token, attempt)
                .onFailure(Deepvue::isStale)
                .retry()
                .atMost(MOST_STALE_CONNECTIONS - 1)
                .onFailure(ExchangeFailure.class)
                .transform(failure -> problem(failure.reason()))
                .map(answer -> decoded(answer, body, token));
    }

    private Uni<Answer> exchange(CreateClient body, AccessToken token, int attempt) {
        return Uni.createFrom().deferred(() -> {
            if (inFlight.incrementAndGet() > maxInFlight) {
                inFlight.decrementAndGet();
                return Uni.createFrom().failure(GatewayException.of(OVERLOADED));
            }
            long startNanos = System.nanoTime();
            return transport
                    .exchange(() -> api.createClient(
                            token.bearer(), account.clientSecret().reveal(), body))
                    .onItemOrFailure()
                    .invoke((answer, failure) -> ended(attempt, answer, failure, System.nanoTime() - startNanos));
        });
    }

    private void ended(int attempt, Answer answer, Throwable failure, long tookNanos) {
        inFlight.decrementAndGet();
        if (failure instanceof ExchangeFailure known) {
            journal.failed(CREATE_CLIENT, attempt, known, tookNanos);
        } else if (answer != null) {
            journal.answered(CREATE_CLIENT, attempt, answer, tookNanos);
        }
    }

    private Envelope decoded(Answer answer, CreateClient body, AccessToken token) {
        if (answer.status() != 401 && answer.status() != 403) {
            tokens.accepted(token);
        }
        if (answer.isSuccess()) {
            return Envelope.of(answer).orElseThrow(() -> GatewayException.of(UPSTREAM_INVALID_RESPONSE));
        }
        throw new RefusalDecoder(List.of(body.password(), body.username(), account.clientSecret(), token.value()))
                .decode(answer);
    }

    private GatewayException problem(Reason reason) {
        return switch (reason) {
            case NEVER_CONNECTED, STALE_CONNECTION -> GatewayException.of(UPSTREAM_UNAVAILABLE);
            case CONNECTION_LOST -> GatewayException.of(UPSTREAM_CONNECTION_LOST);
            case CUT_SHORT, TOO_LARGE -> GatewayException.of(UPSTREAM_INVALID_RESPONSE);
            case TIMED_OUT -> timedOut(transport.answerTimeout());
        };
    }

    private static GatewayException timedOut(Duration after) {
        return GatewayException.of(
                UPSTREAM_TIMEOUT,
                "Deepvue did not answer within %s s. The registration may have been made."
                        .formatted(BigDecimal.valueOf(after.toMillis(), 3)
                                .stripTrailingZeros()
                                .toPlainString()));
    }

    /** Whether a wait may end before the call does, which takes two tokens and two attempts at the most. */
    private boolean isShort(Duration wait) {
        return wait.compareTo(transport.answerTimeout().multipliedBy(4)) < 0;
    }

    private static Uni<Envelope> bounded(Uni<Envelope> call, Duration wait, AtomicBoolean sent) {
        if (wait.isZero()) {
            return Uni.createFrom().failure(notSentInTime());
        }
        return call.ifNoItem()
                .after(wait)
                .recoverWithUni(() -> Uni.createFrom().failure(sent.get() ? timedOut(wait) : notSentInTime()));
    }

    private static GatewayException notSentInTime() {
        return GatewayException.of(
                UPSTREAM_UNAVAILABLE, "The wait that Prefer asked for was over before the call could be sent.");
    }

    /** What is behind it goes on when the subscriber leaves. */
    private static <T> Uni<T> shielded(Uni<T> work) {
        return Uni.createFrom().emitter(emitter -> work.subscribe().with(emitter::complete, emitter::fail));
    }

    private static boolean isStale(Throwable failure) {
        return failure instanceof ExchangeFailure known && known.reason() == Reason.STALE_CONNECTION;
    }
}
