package io.itrgateway.token;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.transport.Answer;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;

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
     */
    public record Result(
            OptionalInt status, Optional<Duration> clockAhead, Optional<ProblemKind> failure, Optional<Life> life) {}

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

    private final DeepvueAuthorizer authorizer;
    private final Clock clock;
    private final Vertx vertx;

    AuthorizeProbe(DeepvueAuthorizer authorizer, Clock clock, Vertx vertx) {
        this.authorizer = authorizer;
        this.clock = clock;
        this.vertx = vertx;
    }

    /** Makes it, on a context of its own; fails with nothing that is not a bug. */
    public Uni<Result> run() {
        return Uni.createFrom()
                .emitter(emitter -> VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext())
                        .runOnContext(start -> {
                            var seen = new AtomicReference<Seen>();
                            authorizer
                                    .authorize(NO_GENERATION, answer -> seen.set(new Seen(answer, clock.instant())))
                                    .map(token -> result(seen.get(), Optional.empty()))
                                    .onFailure(GatewayException.class)
                                    .recoverWithItem(failure -> result(seen.get(), Optional.of(failure.kind())))
                                    .subscribe()
                                    .with(emitter::complete, emitter::fail);
                        }));
    }

    private static Result result(Seen seen, Optional<ProblemKind> failure) {
        if (seen == null) {
            return new Result(OptionalInt.empty(), Optional.empty(), failure, Optional.empty());
        }
        return new Result(
                OptionalInt.of(seen.answer.status()),
                seen.upstreamTime().map(theirs -> Duration.between(theirs.plus(HALF_A_SECOND), seen.at)),
                failure,
                failure.isPresent() ? Optional.empty() : Optional.of(life(seen)));
    }

    private static Life life(Seen seen) {
        var reading = Expiry.read(seen.answer.json(), seen.upstreamTime(), seen.at);
        return new Life(reading.form().toString(), reading.form() != Expiry.Form.NOTHING, reading.life());
    }
}
