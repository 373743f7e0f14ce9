package io.itrgateway.idempotency;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.Outcome;
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

    /** Whether it is kept for its key, so that the same call is not made again; else the key is released. */
    boolean isKept() {
        return fold(answered -> answered.status() == KEPT_STATUS, failed -> isKept(outcome(failed)));
    }

    /** A call that may have registered somebody is not to be made twice: only what surely was not processed releases the key. */
    private static boolean isKept(Outcome outcome) {
        return outcome != Outcome.NOT_PROCESSED;
    }

    /** Of a bug it is not known where it struck. */
    private static Outcome outcome(Throwable failure) {
        return failure instanceof GatewayException known ? known.kind().outcome() : Outcome.UNKNOWN;
    }

    <R> R fold(Function<KeptAnswer, R> answered, Function<Throwable, R> failed) {
        return answer.isPresent() ? answered.apply(answer.get()) : failed.apply(failure);
    }
}
