package io.itrgateway.upstream;

import static io.itrgateway.problem.ProblemKind.OVERLOADED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_CONNECTION_LOST;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_CREDENTIALS_REFUSED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_INVALID_RESPONSE;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_TIMEOUT;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;

import io.itrgateway.call.Call;
import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.Outcome;
import io.itrgateway.ratelimit.Permit;
import io.itrgateway.ratelimit.RateLimitSettings;
import io.itrgateway.ratelimit.RateLimiter;
import io.itrgateway.secret.Secret;
import io.itrgateway.telemetry.CallRecord;
import io.itrgateway.token.AccessToken;
import io.itrgateway.token.TokenService;
import io.itrgateway.transport.Account;
import io.itrgateway.transport.Answer;
import io.itrgateway.transport.AnswerMemory;
import io.itrgateway.transport.DeepvueTransport;
import io.itrgateway.transport.ExchangeFailure;
import io.itrgateway.transport.GuardSettings;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The only way to Deepvue: token, turn, call, the one repeat on a refused token, telemetry, decoding.
 *
 * <p>Until a call is sent, cancelling its subscription cancels it. From then on it runs to its end.
 */
@ApplicationScoped
@Startup
public class DeepvueClient {

    /** A call whose token goes while it waits for its turn waits again this often at the most. */
    private static final int MOST_TOKENS_GONE = 3;

    private final TokenService tokens;
    private final RateLimiter limiter;
    private final DeepvueTransport transport;
    private final DeepvueApi api;
    private final AnswerMemory memory;
    private final RelayClient relay;
    private final Account account;
    private final AttemptTelemetry telemetry;
    private final int mostUnanswered;
    private final Duration longestCall;
    private final BoundedTokenWaits tokenWaits;
    private final RefusalsOfNewTokens refusals = new RefusalsOfNewTokens(System::nanoTime);

    DeepvueClient(
            TokenService tokens,
            RateLimiter limiter,
            DeepvueTransport transport,
            AnswerMemory memory,
            Account account,
            GuardSettings guard,
            RelayClient relay,
            AttemptTelemetry telemetry,
            RateLimitSettings settings) {
        this.tokens = tokens;
        this.limiter = limiter;
        this.transport = transport;
        this.memory = memory;
        this.account = account;
        this.api = transport.client(DeepvueApi.class, guard.maxInFlight());
        this.relay = relay;
        this.telemetry = telemetry;
        this.mostUnanswered = settings.maxWaiting() + settings.maxInFlight();
        this.longestCall = settings.maxWait().plus(transport.answerTimeout());
        this.tokenWaits = new BoundedTokenWaits(tokens::current, mostUnanswered);
    }

    /**
     * Fails all calls that wait for a token or their turn, and all that arrive from now on, since the service is stopping. Calls in flight run to
     * their end.
     */
    public void stop() {
        limiter.stop();
        tokenWaits.endAll(); // their calls go on to the limiter, which refuses them
    }

    /** Most calls that wait for their turn or are at Deepvue at once; also most of one caller that wait for anything else. */
    public int mostUnanswered() {
        return mostUnanswered;
    }

    /** How long a caller waits who does not say it: for its turn and for the answer. */
    public Duration longestCall() {
        return longestCall;
    }

    /** Carries out the call; fails with a {@link GatewayException} where it does not succeed. */
    public Uni<Envelope> send(Call call) {
        return call.run(this::sendOrRepeat, () -> reasonForWait(call));
    }

    /** The plan's budget as callers see it, by the names of the headers that say it; empty without a plan. */
    public Map<String, String> budgetHeaders() {
        return limiter.headers();
    }

    /** Refuses a call that cannot be sent before its deadline, as far as is known; empty if it can, or has no deadline. */
    public Optional<GatewayException> refuseInTime(Call call) {
        return call.deadline()
                .remaining()
                .flatMap(left -> limiter.refuseWithin(
                        left, call.caller(), call.operation().effect()));
    }

    /** Why a call that was begun has not been sent yet, as far as is known; empty if it does not wait for its turn. */
    public Optional<GatewayException> reasonForWait(Call call) {
        return call.awaitsTurn()
                ? limiter.reasonForWait(call.caller(), call.operation().effect())
                : Optional.empty();
    }

    /** The repeat encloses the whole attempt: it waits for a token and a turn again, and counts against the plan. */
    private Uni<Envelope> sendOrRepeat(Call call) {
        if (memory.isFull(call.caller())) {
            return Uni.createFrom().failure(memoryFull());
        }
        if (call.deadline().isOver()) {
            return Uni.createFrom().failure(refuseInTime(call).orElseGet(Call::notSentInTime));
        }
        return attemptTwice(call)
                .onFailure(failure -> isRepeatedByItself(call, failure))
                .recoverWithUni(lost -> repeat(call, lost));
    }

    private Uni<Envelope> attemptTwice(Call call) {
        return attempt(call, 1)
                .onFailure(TokenRefused.class)
                .recoverWithUni(() -> attempt(call, 2))
                .onFailure(TokenRefused.class)
                .transform(refusedAgain -> GatewayException.of(UPSTREAM_CREDENTIALS_REFUSED))
                .onFailure(ExchangeFailure.class)
                .transform(this::problem);
    }

    /** The caller of a read whose connection broke would send it again. One that timed out has had its time. */
    private static boolean isRepeatedByItself(Call call, Throwable failure) {
        return call.operation().effect() == Effect.READS
                && failure instanceof GatewayException known
                && known.kind() == UPSTREAM_CONNECTION_LOST
                && !call.deadline().isOver();
    }

    /** Where the repeat is not even sent, the first failure is the answer. */
    private Uni<Envelope> repeat(Call call, Throwable lost) {
        call.markLost();
        return attemptTwice(call)
                .onFailure(failure -> failure instanceof GatewayException known
                        && known.kind().outcome() == Outcome.NOT_PROCESSED)
                .transform(notSent -> lost);
    }

    /** Waits for a token first and for the turn then: a turn that has come does not wait for anything. */
    private Uni<Envelope> attempt(Call call, int number) {
        return awaitToken(call)
                .chain(awaited -> sendInTurn(call, number))
                .onFailure(TokenGone.class)
                .retry()
                .atMost(MOST_TOKENS_GONE)
                .onFailure(TokenGone.class)
                .transform(goneAgain -> GatewayException.of(UPSTREAM_CREDENTIALS_REFUSED));
    }

    private Uni<AccessToken> awaitToken(Call call) {
        return tokens.held().isPresent()
                ? tokens.current()
                : timed(
                        call.record()::startTokenWait,
                        part -> tokenWaits.next(call.caller()).invoke(part::complete));
    }

    private Uni<Envelope> sendInTurn(Call call, int number) {
        return timed(call.record()::startTurnWait, turn -> {
            call.setAwaitsTurn(true);
            Function<Permit, Uni<Envelope>> attempt = permit -> {
                call.setAwaitsTurn(false);
                turn.complete();
                return sendWithPermit(call, number, permit);
            };
            return limiter.run(
                    call.caller(),
                    call.operation().effect(),
                    call.countOnce(),
                    call.deadline().remaining(),
                    attempt);
        });
    }

    /** Ends the part where its work ends without having done so, also where it is no longer waited for. */
    private static <T> Uni<T> timed(Supplier<CallRecord.Part> begin, Function<CallRecord.Part, Uni<T>> work) {
        return Uni.createFrom().deferred(() -> {
            var part = begin.get();
            return work.apply(part).onTermination().invoke((item, failure, cancelled) -> part.fail(failure));
        });
    }

    /** A call that has its permit; it runs to its end, also when its caller hangs up. */
    private Uni<Envelope> sendWithPermit(Call call, int number, Permit permit) {
        Optional<AccessToken> held = tokens.held();
        if (held.isEmpty()) {
            return Uni.createFrom().failure(new TokenGone());
        }
        if (memory.isFull(call.caller())) {
            return Uni.createFrom().failure(memoryFull());
        }
        AccessToken token = held.get();
        return exchange(call, token, number, permit)
                .onFailure(ExchangeFailure::isStale)
                .retry()
                .atMost(DeepvueTransport.MOST_STALE_CONNECTIONS - 1)
                .onFailure(ExchangeFailure.class)
                .transform(failure -> failed(call, failure))
                .chain(answer -> decode(call, answer, token, permit))
                .invoke(envelope -> call.record().recordProcessed(transactionIdOf(envelope, call)))
                .call(envelope -> call.completeWith(envelope.json()))
                .onFailure(TokenRefused.class)
                .transform(refused -> tokenRefused(call, token, number, refused))
                .onFailure(GatewayException.class)
                .invoke(failure -> call.record().recordFailure(failure));
    }

    /** For a call that is not to be sent, since its answer would find no memory. */
    private static GatewayException memoryFull() {
        return GatewayException.of(
                OVERLOADED,
                "This caller's long answers that are arriving, being kept for a key, or unread take all the memory that it may have here. Nothing was"
                        + " sent.");
    }

    private static Optional<String> transactionIdOf(Envelope envelope, Call call) {
        var upstream = call.operation().isRelayed()
                ? UpstreamText.ofUnknownRequest()
                : new UpstreamText(call.values().secrets());
        return envelope.transactionId().flatMap(upstream::id);
    }

    /** @return with what the attempt fails */
    private Throwable tokenRefused(Call call, AccessToken token, int number, Throwable refused) {
        markUnsent(call);
        if (number == 1 && refusals.contains(call.caller(), call.operationId())) {
            return GatewayException.of(UPSTREAM_CREDENTIALS_REFUSED);
        }
        call.record().recordTokenRefusal();
        if (number > 1) {
            refusals.add(call.caller(), call.operationId());
        } else if (refusals.isRecent(call.caller(), call.operationId())) {
            tokens.discardWithoutBackoff(token);
        } else {
            tokens.discard(token);
        }
        return refused;
    }

    private Uni<Answer> exchange(Call call, AccessToken token, int number, Permit permit) {
        return Uni.createFrom().deferred(() -> {
            long startNanos = System.nanoTime();
            var part = call.record().startAttempt(number, transport.baseUrl());
            telemetry.recordStart();
            return transport
                    .exchange(call.caller(), () -> begin(call, token), () -> maySend(call, permit), permit::markSent)
                    .onItemOrFailure()
                    .invoke((answer, failure) -> telemetry.recordAttempt(
                            call.operation().name(), part, number, answer, failure, System.nanoTime() - startNanos));
        });
    }

    /** Run for each connection that is tried: that of the time before did not take the call. */
    private Uni<Response> begin(Call call, AccessToken token) {
        markUnsent(call);
        return request(call, token);
    }

    /** Whether the call may still be sent now that there is a connection for it. */
    private static boolean maySend(Call call, Permit permit) {
        if (!call.markSent()) {
            return false;
        }
        call.record().markSent();
        permit.markSending();
        return true;
    }

    private static void markUnsent(Call call) {
        call.markUnsent();
        call.record().markUnsent();
    }

    private Uni<Response> request(Call call, AccessToken token) {
        String secret = account.clientSecret().reveal();
        return call.values()
                .relayed()
                .map(request -> relay.send(request, token.bearer(), secret))
                .orElseGet(() -> DeepvueApi.SENDERS
                        .get(call.operation().name())
                        .send(api, token.bearer(), secret, call.values()));
    }

    private Uni<Envelope> decode(Call call, Answer answer, AccessToken token, Permit permit) {
        boolean dealtWith = !answer.isNotProcessed();
        if (answer.status() != 401 && answer.status() != 403 && dealtWith) {
            tokens.markAccepted(token);
            refusals.remove(call.caller(), call.operationId());
        }
        if (answer.isSuccess()) {
            permit.markServed();
            return transport
                    .read(call.caller(), answer, call.operation().isRelayed() ? Envelope::ofAnyObject : Envelope::of)
                    .map(envelope -> envelope.orElseThrow(() -> GatewayException.of(UPSTREAM_INVALID_RESPONSE)));
        }
        List<Secret> sent = call.values().secrets();
        sent.add(account.clientSecret());
        sent.add(token.value());
        var decoder = call.operation().isRelayed() ? RefusalDecoder.ofUnknownRequest() : new RefusalDecoder(sent);
        var refusal = decoder.decode(answer);
        if (answer.isThrottledOrUnavailable() && refusal instanceof GatewayException throttled) {
            throw permit.markRefused(throttled, answer.retryDelay());
        }
        if (dealtWith) {
            permit.markServed();
        }
        throw refusal;
    }

    /** One that says nothing of Deepvue stays what it is until it has passed the circuit breaker, which must not count it. */
    private Throwable failed(Call call, ExchangeFailure failure) {
        if (!failure.isOwn()) {
            return problem(failure);
        }
        if (failure.reason() == ExchangeFailure.Reason.NO_MEMORY) {
            call.record().recordFailure(problem(failure));
        }
        return failure;
    }

    private GatewayException problem(ExchangeFailure failure) {
        return switch (failure.reason()) {
            case UNWANTED -> Call.notSentInTime();
            case NEVER_CONNECTED, STALE_CONNECTION, IDLE_TOO_LONG -> GatewayException.of(UPSTREAM_UNAVAILABLE);
            case CONNECTION_LOST -> GatewayException.of(UPSTREAM_CONNECTION_LOST);
            case UNREADABLE, CUT_SHORT, TOO_LARGE, UNDECODABLE -> GatewayException.of(UPSTREAM_INVALID_RESPONSE);
            case TIMED_OUT -> Call.timedOut(transport.answerTimeout());
            case NO_MEMORY ->
                GatewayException.of(
                        UPSTREAM_TIMEOUT, "Deepvue's answer is long, and no memory for it was free in time.");
        };
    }
}
