package io.itrgateway.idempotency;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/** How a call ended, for all who wait for it. */
final class Ending {

    private static final int KEPT_STATUS = 200;

    private final Result result;
    private final Optional<KeptAnswer> answer;
    private final Throwable failure;

    private Ending(Result result, Optional<KeptAnswer> answer, Throwable failure) {
        this.result = result;
        this.answer = answer;
        this.failure = failure;
    }

    static Ending answered(KeptAnswer answer) {
        return new Ending(Result.NEW, Optional.of(Objects.requireNonNull(answer)), null);
    }

    static Ending failed(Throwable failure) {
        return new Ending(Result.NEW, Optional.empty(), Objects.requireNonNull(failure));
    }

    /** One that nobody carried out. */
    static Ending refused(Result why, GatewayException failure) {
        return new Ending(why, Optional.empty(), failure);
    }

    /** The same, told again to one who comes later. */
    Ending replayed() {
        return new Ending(Result.REPLAYED, answer, failure);
    }

    Result result() {
        return result;
    }

    /** Whether the same call would end in the same way again, so that it need not be made. */
    boolean isFinal() {
        return fold(
                answered -> answered.status() == KEPT_STATUS,
                failed -> failed instanceof GatewayException known && isRefusal(known.kind()));
    }

    static boolean isRefusal(ProblemKind kind) {
        return kind == ProblemKind.UPSTREAM_REJECTED_REQUEST || kind == ProblemKind.UPSTREAM_REJECTED_FIELDS;
    }

    <R> R fold(Function<KeptAnswer, R> answered, Function<Throwable, R> failed) {
        return answer.isPresent() ? answered.apply(answer.get()) : failed.apply(failure);
    }
}
