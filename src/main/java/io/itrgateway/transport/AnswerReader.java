package io.itrgateway.transport;

import io.itrgateway.fairness.EventLoopWork;
import io.itrgateway.fairness.LongWork;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.util.function.Function;

/** Reads answers: long ones on a worker thread, since an event loop would not serve others meanwhile. */
final class AnswerReader {

    private final Vertx vertx;
    private final AnswerMemory memory;

    AnswerReader(Vertx vertx, AnswerMemory memory) {
        this.vertx = vertx;
        this.memory = memory;
    }

    /** What the reader makes of the answer, on the context of the subscriber. A long one counts as held for its caller until that has been passed on. */
    <T> Uni<T> read(String caller, Answer answer, Function<Answer, T> reader) {
        return answer.body().length <= EventLoopWork.LONGEST_BYTES
                ? Uni.createFrom().item(reader.apply(answer))
                : readLong(caller, answer, reader);
    }

    private <T> Uni<T> readLong(String caller, Answer answer, Function<Answer, T> reader) {
        return Uni.createFrom().emitter(emitter -> {
            memory.hold(caller, answer.body());
            Uni.createFrom()
                    .completionStage(() ->
                            LongWork.run(vertx, () -> reader.apply(answer)).toCompletionStage())
                    .onItem()
                    .invoke(emitter::complete)
                    .onFailure()
                    .invoke(emitter::fail)
                    .onTermination()
                    .invoke(() -> memory.release(answer.body()))
                    .subscribe()
                    .with(passedOn -> {}, failure -> {});
        });
    }
}
