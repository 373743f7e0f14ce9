package io.itrgateway.idempotency;

import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.Outcome;
import io.smallrye.mutiny.Uni;
import java.util.Objects;
import java.util.function.Function;

/** How a call with a key ended, for every caller that waits for it. */
final class CallResult {

    /** The end of an in-flight call that was given up before it was sent. Callers that still wait for it start a new call. */
    static final CallResult ABANDONED = ofFailure(new IllegalStateException("abandoned"));

    private final Served served;
    private final KeptAnswer answer;
    private final Throwable failure;

    private CallResult(Served served, KeptAnswer answer, Throwable failure) {
        this.served = served;
        this.answer = answer;
        this.failure = failure;
    }

    static CallResult ofAnswer(KeptAnswer answer) {
        return new CallResult(Served.NEW, Objects.requireNonNull(answer), null);
    }

    static CallResult ofFailure(Throwable failure) {
        return new CallResult(Served.NEW, null, Objects.requireNonNull(failure));
    }

    /** Of a call that was not made. */
    static CallResult ofRefusal(Served why, GatewayException failure) {
        return new CallResult(why, null, failure);
    }

    CallResult asReplayed() {
        return new CallResult(Served.REPLAYED, answer, failure);
    }

    Served served() {
        return served;
    }

    /**
     * Whether it is kept for its key; if not, the key is released. What was surely not processed, or is not complete, is not kept; nor is an
     * unknown outcome where a repeat does no harm.
     */
    boolean isKept(Effect effect) {
        return fold(
                KeptAnswer::isComplete,
                failed -> failed instanceof GatewayException known
                        ? known.kind().outcome() == Outcome.REJECTED
                                || known.kind().outcome() == Outcome.UNKNOWN && !effect.isRepeatable()
                        : !effect.isRepeatable());
    }

    /** Whether it is known that nothing was done. */
    boolean isNotProcessed() {
        return fold(
                answer -> false,
                failed ->
                        failed instanceof GatewayException known && known.kind().outcome() == Outcome.NOT_PROCESSED);
    }

    Uni<KeptAnswer> asUni() {
        return fold(Uni.createFrom()::item, Uni.createFrom()::failure);
    }

    <R> R fold(Function<KeptAnswer, R> answered, Function<Throwable, R> failed) {
        return answer != null ? answered.apply(answer) : failed.apply(failure);
    }
}
