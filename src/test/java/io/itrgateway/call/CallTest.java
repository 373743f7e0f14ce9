package io.itrgateway.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.operation.Operations;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.Outcome;
import io.itrgateway.problem.ProblemKind;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallTest {

    private final Vertx vertx = Vertx.vertx();
    private final Call call = new Call(
            Operations.ITR_DOWNLOAD,
            "demo",
            RequestValues.of(Operations.ITR_DOWNLOAD, Map.of("itr_client_id", "itr_1")),
            Deadline.of(Duration.ofMillis(20), System.nanoTime(), System::nanoTime),
            null,
            vertx);

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private ProblemKind endOfOneThatIsNeverSent(Optional<GatewayException> reasonForWait) throws Exception {
        Uni<Void> never = Uni.createFrom().nothing();
        var failure = call.untilDeadline(call.run(begun -> never, () -> reasonForWait))
                .subscribeAsCompletionStage()
                .handle((item, thrown) -> thrown)
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        return ((GatewayException) failure).kind();
    }

    @Test
    void oneThatWaitsWhenItsDeadlinePassesFailsWithWhatHeldItUp() throws Exception {
        var reason = GatewayException.of(ProblemKind.QUOTA_EXHAUSTED);

        assertThat(endOfOneThatIsNeverSent(Optional.of(reason))).isEqualTo(ProblemKind.QUOTA_EXHAUSTED);
    }

    @Test
    void whereNothingIsKnownToHaveHeldItUpItSaysThatItWasNotSentInTime() throws Exception {
        assertThat(endOfOneThatIsNeverSent(Optional.empty())).isEqualTo(ProblemKind.UPSTREAM_UNAVAILABLE);
    }

    private ProblemKind endOf(Uni<?> run) throws Exception {
        var failure = run.subscribeAsCompletionStage()
                .handle((item, thrown) -> thrown)
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        return ((GatewayException) failure).kind();
    }

    @Test
    void oneThatIsWithdrawnWhileItWaitsIsNotSentAndNotProcessed() throws Exception {
        var run = call.run(begun -> Uni.createFrom().emitter(never -> begun.withdraw()), () -> Optional.empty());

        assertThat(endOf(run).outcome()).isEqualTo(Outcome.NOT_PROCESSED);
        assertThat(call.markSent()).isFalse();
    }

    @Test
    void oneThatIsWithdrawnBeforeItBeginsDoesNotBegin() throws Exception {
        call.withdraw();

        var begun = new AtomicBoolean();
        var run = call.run(
                started -> {
                    begun.set(true);
                    return Uni.createFrom().nothing();
                },
                () -> Optional.empty());

        assertThat(endOf(run).outcome()).isEqualTo(Outcome.NOT_PROCESSED);
        assertThat(begun).isFalse();
    }

    @Test
    void oneWhoseCallerHasGoneIsNotSent() {
        var caller = call.run(begun -> Uni.createFrom().nothing(), () -> Optional.empty())
                .subscribe()
                .with(never -> {});

        caller.cancel();

        assertThat(call.markSent()).isFalse();
    }

    @Test
    void oneThatIsSentAgainIsAskedForOnceMore() {
        call.run(begun -> Uni.createFrom().nothing(), () -> Optional.empty())
                .subscribe()
                .with(never -> {});
        call.markSent();

        call.markUnsent();

        assertThat(call.isSent()).isFalse();
        assertThat(call.markSent()).isTrue();
    }

    @Test
    void oneThatWasSentIsNotWithdrawn() throws Exception {
        var ended = new CompletableFuture<String>();
        var run = call.run(begun -> Uni.createFrom().completionStage(ended), () -> Optional.empty())
                .subscribeAsCompletionStage();
        assertThat(call.markSent()).isTrue();

        call.withdraw();
        ended.complete("answer");

        assertThat(run.get(60, TimeUnit.SECONDS)).isEqualTo("answer");
    }
}
