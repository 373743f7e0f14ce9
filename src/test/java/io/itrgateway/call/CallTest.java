package io.itrgateway.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.operation.Operations;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CallTest {

    private final Vertx vertx = Vertx.vertx();
    private final Call call = new Call(
            Operations.ITR_DOWNLOAD,
            "demo",
            RequestValues.of(Operations.ITR_DOWNLOAD, Map.of("itr_client_id", "itr_1")),
            Deadline.of(Optional.of(Duration.ofMillis(20)), System.nanoTime(), System::nanoTime),
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
}
