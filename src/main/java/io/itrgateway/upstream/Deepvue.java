package io.itrgateway.upstream;

import static io.itrgateway.problem.ProblemKind.UPSTREAM_CONNECTION_LOST;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_CREDENTIALS_REFUSED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_INVALID_RESPONSE;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_TIMEOUT;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;

import io.itrgateway.journal.CallRecord;
import io.itrgateway.problem.ConfigurationFaults;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.quota.Permit;
import io.itrgateway.quota.QuotaGate;
import io.itrgateway.quota.RateLimit;
import io.itrgateway.token.AccessToken;
import io.itrgateway.token.AccessTokens;
import io.itrgateway.transport.Account;
import io.itrgateway.transport.Answer;
import io.itrgateway.transport.DeepvueConfig;
import io.itrgateway.transport.DeepvueTransport;
import io.itrgateway.transport.ExchangeFailure;
import io.itrgateway.transport.ExchangeFailure.Reason;
import io.itrgateway.transport.GuardConfig;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The only door to Deepvue: token, turn, call, the one repeat on a refused token, journal, decoding.
 *
 * <p>Until a call is sent, a subscriber who leaves takes it with him. From then on it runs to its end, whoever listens.
 */
@ApplicationScoped
@Startup
public class Deepvue {

    private static final String CREATE_CLIENT = "create-client";

    private static final Duration SOONEST_RETRY = Duration.ofSeconds(1);

    /** A call whose token goes while it waits for its turn waits again this often at the most. */
    private static final int MOST_TOKENS_GONE = 3;

    private final AccessTokens tokens;
    private final QuotaGate gate;
    private final DeepvueTransport transport;
    private final DeepvueApi api;
    private final Account account;
    private final CallJournal journal;
    private final Vertx vertx;

    Deepvue(
            AccessTokens tokens,
            QuotaGate gate,
            DeepvueTransport transport,
            DeepvueConfig deepvue,
            GuardConfig guard,
            CallJournal journal,
            Vertx vertx) {
        var faults = new ConfigurationFaults();
        this.tokens = tokens;
        this.gate = gate;
        this.transport = transport;
        this.account = Account.from(deepvue, faults);
        this.api = transport.client(DeepvueApi.class, GuardConfig.maxInFlight(guard, faults));
        this.journal = journal;
        this.vertx = vertx;
    }

    /**
     * A registration of a person with Deepvue, to be made once.
     *
     * @param caller who waits for it; callers take turns
     * @param patience how long the caller will wait in all; empty for as long as it takes
     * @param record where to put down what comes to light of it
     * @return a call that brings the envelope of the success; else fails with a {@link GatewayException}
     */
    public UpstreamCall<Envelope> createClient(
            CreateClient body, String caller, Optional<Duration> patience, CallRecord record) {
        return new UpstreamCall<>(record, patience, vertx, call -> registered(body, caller, patience, call));
    }

    /** The plan's budget as callers see it, by the names of the headers that say it; empty without a plan. */
    public Map<String, String> budgetHeaders() {
        return gate.rateLimit().map(RateLimit::headers).orElse(Map.of());
    }

    /** The pipeline. Read top-down; where the repeat stands says what is repeated, and that it pays for its own call. */
    private Uni<Envelope> registered(
            CreateClient body, String caller, Optional<Duration> patience, UpstreamCall<Envelope> call) {
        if (patience.filter(Duration::isZero).isPresent()) {
            return Uni.createFrom().failure(gate.refusalWithoutWait(caller).orElseGet(UpstreamCall::notSentInTime));
        }
        return attempt(body, caller, patience, call, 1)
                .onFailure(TokenRefused.class)
                .recoverWithUni(() -> attempt(body, caller, patience, call, 2))
                .onFailure(TokenRefused.class)
                .transform(refusedAgain -> GatewayException.of(UPSTREAM_CREDENTIALS_REFUSED));
    }

    /** Waits for a token first and for the turn then: a turn that has come does not wait for anything. */
    private Uni<Envelope> attempt(
            CreateClient body, String caller, Optional<Duration> patience, UpstreamCall<Envelope> call, int number) {
        return token(call)
                .chain(awaited -> turn(body, caller, patience, call, number))
                .onFailure(TokenGone.class)
                .retry()
                .atMost(MOST_TOKENS_GONE)
                .onFailure(TokenGone.class)
                .transform(goneAgain -> GatewayException.of(UPSTREAM_CREDENTIALS_REFUSED));
    }

    private Uni<AccessToken> token(UpstreamCall<Envelope> call) {
        return tokens.held().isPresent()
                ? tokens.current()
                : timed(call.record()::waitsForToken, part -> tokens.current().invoke(part::ended));
    }

    private Uni<Envelope> turn(
            CreateClient body, String caller, Optional<Duration> patience, UpstreamCall<Envelope> call, int number) {
        return timed(call.record()::waitsForTurn, turn -> {
            Function<Permit, Uni<Envelope>> attempt = permit -> {
                turn.ended();
                return sent(body, call, number, permit);
            };
            return call.countsNow() ? gate.run(caller, patience, attempt) : gate.runAgain(caller, patience, attempt);
        });
    }

    /** Ends the part where its work ends without having done so, also where nobody waits for it any more. */
    private static <T> Uni<T> timed(Supplier<CallRecord.Part> begin, Function<CallRecord.Part, Uni<T>> work) {
        return Uni.createFrom().deferred(() -> {
            var part = begin.get();
            return work.apply(part).onTermination().invoke((item, failure, cancelled) -> part.failed(failure));
        });
    }

    /** What the gate lets out, and whose end nobody's leaving stops. */
    private Uni<Envelope> sent(CreateClient body, UpstreamCall<Envelope> call, int number, Permit permit) {
        Optional<AccessToken> held = tokens.held();
        if (held.isEmpty()) {
            return Uni.createFrom().failure(new TokenGone());
        }
        if (!call.isSent()) {
            return Uni.createFrom().failure(UpstreamCall.notSentInTime());
        }
        AccessToken token = held.get();
        return exchange(body, token, call.record(), number, permit)
                .onFailure(ExchangeFailure::isStale)
                .retry()
                .atMost(DeepvueTransport.MOST_STALE_CONNECTIONS - 1)
                .onFailure(ExchangeFailure.class)
                .transform(failure -> problem(failure.reason()))
                .map(answer -> decoded(answer, body, token, permit))
                .invoke(envelope -> call.record().processed(shown(envelope, body)))
                .onFailure(TokenRefused.class)
                .invoke(() -> refused(token, call, number))
                .onFailure(GatewayException.class)
                .invoke(failure -> call.record().failed(failure));
    }

    private static Optional<String> shown(Envelope envelope, CreateClient body) {
        return envelope.transactionId().map(new UpstreamText(body.secrets())::shown);
    }

    private void refused(AccessToken token, UpstreamCall<Envelope> call, int number) {
        call.isNotSent();
        call.record().tokenRefused();
        if (number == 1) {
            tokens.discard(token);
        }
    }

    private Uni<Answer> exchange(CreateClient body, AccessToken token, CallRecord record, int number, Permit permit) {
        return Uni.createFrom().deferred(() -> {
            long startNanos = System.nanoTime();
            var part = record.attempts(number, transport.baseUrl());
            journal.begun();
            return transport
                    .exchange(
                            () -> api.createClient(
                                    token.bearer(), account.clientSecret().reveal(), body),
                            permit::sent)
                    .onItemOrFailure()
                    .invoke((answer, failure) -> journal.attempted(
                            CREATE_CLIENT, part, number, answer, failure, System.nanoTime() - startNanos));
        });
    }

    private Envelope decoded(Answer answer, CreateClient body, AccessToken token, Permit permit) {
        boolean dealtWith = !answer.saysNothingWasDone();
        if (answer.status() != 401 && answer.status() != 403 && dealtWith) {
            tokens.accepted(token);
        }
        if (answer.isSuccess()) {
            permit.served();
            return Envelope.of(answer).orElseThrow(() -> GatewayException.of(UPSTREAM_INVALID_RESPONSE));
        }
        var refusal = new RefusalDecoder(
                        List.of(body.password(), body.username(), account.clientSecret(), token.value()))
                .decode(answer);
        if (answer.turnsAway() && refusal instanceof GatewayException turnedAway) {
            throw permit.turnedAway(turnedAway, answer.retryAfterOr(SOONEST_RETRY));
        }
        if (dealtWith) {
            permit.served();
        }
        throw refusal;
    }

    private GatewayException problem(Reason reason) {
        return switch (reason) {
            case NEVER_CONNECTED, STALE_CONNECTION -> GatewayException.of(UPSTREAM_UNAVAILABLE);
            case CONNECTION_LOST -> GatewayException.of(UPSTREAM_CONNECTION_LOST);
            case UNREADABLE, CUT_SHORT, TOO_LARGE, UNDECODABLE -> GatewayException.of(UPSTREAM_INVALID_RESPONSE);
            case TIMED_OUT -> timedOut(transport.answerTimeout());
        };
    }

    static GatewayException timedOut(Duration after) {
        return GatewayException.of(
                UPSTREAM_TIMEOUT,
                "Deepvue did not answer within %s s. The registration may have been made."
                        .formatted(BigDecimal.valueOf(after.toMillis(), 3)
                                .stripTrailingZeros()
                                .toPlainString()));
    }
}
