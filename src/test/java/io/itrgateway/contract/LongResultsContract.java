package io.itrgateway.contract;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.fairness.EventLoopWork;
import io.itrgateway.idempotency.ClaimStore;
import io.itrgateway.idempotency.KeptAnswer;
import io.itrgateway.idempotency.Replica;
import io.itrgateway.sandbox.CipherThreads;
import io.smallrye.common.vertx.VertxContext;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Long results are sealed and opened where no event loop waits for it, whatever the store. */
public abstract class LongResultsContract {

    private static final int LONG_BYTES = EventLoopWork.LONGEST_BYTES + 1;
    private static final int SHORT_BYTES = 1024;

    protected final Vertx vertx = Vertx.vertx();
    private final CipherThreads ciphers = new CipherThreads();
    private Context context;
    private Replica replica;

    /** A store of its own, on {@link #vertx}. */
    protected abstract ClaimStore open();

    @BeforeEach
    void start() {
        context = VertxContext.createNewDuplicatedContext(vertx.getOrCreateContext());
        replica = new Replica(open(), vertx);
    }

    @AfterEach
    void stop() {
        ciphers.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private record Answered(byte[] body, Context on) {}

    private Answered answerTo(String key, Uni<KeptAnswer> work) throws Exception {
        var answered = new CompletableFuture<Answered>();
        context.runOnContext(here -> replica.calls(key, () -> work).answer().whenComplete((answer, failure) -> {
            if (failure == null) {
                answered.complete(new Answered(answer.body(), Vertx.currentContext()));
            } else {
                answered.completeExceptionally(failure);
            }
        }));
        return answered.get(60, SECONDS);
    }

    private static Uni<KeptAnswer> answerOf(int bytes) {
        byte[] body = new byte[bytes];
        body[0] = '{';
        body[bytes - 1] = '}';
        return Uni.createFrom().item(new KeptAnswer(200, body));
    }

    private static Uni<KeptAnswer> madeAgain() {
        return Uni.createFrom().failure(() -> new AssertionError("made again"));
    }

    @Test
    void aLongResultIsSealedAndOpenedOffTheEventLoopAndDeliveredOnTheContextOfItsCaller() throws Exception {
        var first = answerTo("k-1", answerOf(LONG_BYTES));
        var again = answerTo("k-1", madeAgain());

        assertThat(ciphers.usesOf(LONG_BYTES)).hasSize(2).noneMatch(CipherThreads.Use::isOnEventLoop);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(first.on()).isSameAs(context);
        assertThat(again.on()).isSameAs(context);
    }

    @Test
    void aShortResultIsSealedAndOpenedAtOnce() throws Exception {
        answerTo("k-1", answerOf(SHORT_BYTES));
        answerTo("k-1", madeAgain());

        assertThat(ciphers.usesOf(SHORT_BYTES)).hasSize(2).allMatch(CipherThreads.Use::isOnEventLoop);
    }
}
