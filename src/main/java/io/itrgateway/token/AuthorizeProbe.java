package io.itrgateway.token;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.transport.Answer;
import io.itrgateway.transport.ExchangeFailure;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executor;

/**
 * Checks by one authorize whether the account works. It counts against the plan like any other, and its token is discarded; a stored
 * token would say nothing of the account as it is now.
 */
@ApplicationScoped
public class AuthorizeProbe {

    /** {@code Date} is in whole seconds: on average it is half of one old. */
    private static final Duration HALF_A_SECOND = Duration.ofMillis(500);

    /** No generation that serves. */
    private static final long NO_GENERATION = 0;

    /**
     * What became of it.
     *
     * @param status of the answer; empty if there was none
     * @param clockAhead how much this host's clock is ahead of the upstream's; negative if it is behind; empty if that was not said
     * @param failure why there is no token
     * @param life of the token, if there is one
     * @param noAnswer why there was no answer, where one was asked for
     */
    public record Result(
            OptionalInt status,
            Optional<Duration> clockAhead,
            Optional<ProblemKind> failure,
            Optional<Life> life,
            Optional<ExchangeFailure.Reason> noAnswer) {}

    /**
     * How long the token is valid.
     *
     * @param form what said so, in words
     * @param wasSaid whether anything did; if not, it is assumed
     */
    public record Life(String form, boolean wasSaid, Duration length) {}

    private record Seen(Answer answer, Instant at) {
        private Optional<Instant> upstreamTime() {
            return DeepvueAuthorizer.date(answer.date());
        }
    }

    private final class AuthorizeRecorder implements DeepvueAuthorizer.AuthorizeObserver {

        private volatile boolean isSent;
        private volatile boolean isDeferred;
        private volatile Seen seen;
        private volatile ExchangeFailure.Reason failure;

        @Override
        public void sent() {
            isSent = true;
        }

        @Override
        public void answered(Answer answer) {
            seen = new Seen(answer, clock.instant());
        }

        @Override
        public void failed(ExchangeFailure.Reason reason) {
            failure = reason;
        }

        /** Whether the plan had no place for it. */
        private boolean hadNoTurn(Throwable failure) {
            return !isSent
                    && failure instanceof GatewayException problem
                    && problem.kind() == ProblemKind.QUOTA_EXHAUSTED;
        }

        private void markDeferred() {
            isDeferred = true;
        }

        private Result result(Optional<ProblemKind> problem) {
            return seen == null
                    ? unanswered(problem, Optional.ofNullable(failure))
                    : AuthorizeProbe.result(seen, problem);
        }

        /** Of an authorize that has not ended. */
        private Result unfinished() {
            return unanswered(
                    Optional.of(isDeferred && !isSent ? ProblemKind.QUOTA_EXHAUSTED : ProblemKind.UPSTREAM_UNAVAILABLE),
                    isSent ? Optional.of(ExchangeFailure.Reason.TIMED_OUT) : Optional.empty());
        }

        private static Result unanswered(Optional<ProblemKind> problem, Optional<ExchangeFailure.Reason> reason) {
            return new Result(OptionalInt.empty(), Optional.empty(), problem, Optional.empty(), reason);
        }
    }

    private final DeepvueAuthorizer authorizer;
    private final Clock clock;
    private final Executor contexts;

    AuthorizeProbe(DeepvueAuthorizer authorizer, Clock clock, Vertx vertx) {
        this.authorizer = authorizer;
        this.clock = clock;
        this.contexts = new OwnContexts(vertx);
    }

    /**
     * Makes it, on a context of its own; fails with nothing that is not a bug.
     *
     * @param longest after which an authorize that has not ended is given up
     */
    public Uni<Result> run(Duration longest) {
        var recorder = new AuthorizeRecorder();
        return Uni.createFrom()
                .<Result>emitter(emitter -> contexts.execute(() -> authorizer
                        .authorize(NO_GENERATION, recorder)
                        // Redis keeps the part of a replica that was killed for about as long as a call waits.
                        .onFailure(recorder::hadNoTurn)
                        .invoke(recorder::markDeferred)
                        .onFailure(recorder::hadNoTurn)
                        .retry()
                        .atMost(1)
                        .map(token -> recorder.result(Optional.empty()))
                        .onFailure(GatewayException.class)
                        .recoverWithItem(failure -> recorder.result(Optional.of(failure.kind())))
                        .subscribe()
                        .with(emitter::complete, emitter::fail)))
                .ifNoItem()
                .after(longest)
                .recoverWithItem(recorder::unfinished);
    }

    private static Result result(Seen seen, Optional<ProblemKind> failure) {
        return new Result(
                OptionalInt.of(seen.answer.status()),
                seen.upstreamTime().map(theirs -> Duration.between(theirs.plus(HALF_A_SECOND), seen.at)),
                failure,
                failure.isPresent() ? Optional.empty() : Optional.of(life(seen)),
                Optional.empty());
    }

    private static Life life(Seen seen) {
        var reading = Expiry.read(seen.answer.json(), seen.upstreamTime(), seen.at);
        return new Life(reading.form().toString(), reading.form() != Expiry.Form.NOTHING, reading.life());
    }
}
