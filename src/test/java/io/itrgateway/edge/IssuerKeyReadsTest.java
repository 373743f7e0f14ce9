package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.TurnableClock;
import io.quarkus.oidc.common.OidcRequestFilter.OidcRequestFilterContext;
import io.quarkus.oidc.common.OidcResponseFilter.OidcResponseFilterContext;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Whether the keys of the issuer are being read. */
class IssuerKeyReadsTest {

    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-07T06:30:00Z"));
    private final IssuerKeyReads reads = new IssuerKeyReads(clock);

    @Test
    void aReadIsUnderWayUntilItsKeysAreInPlace() {
        assertThat(reads.isUnderWay()).isFalse();

        begins();
        assertThat(reads.isUnderWay()).isTrue();

        reads.filter((OidcResponseFilterContext) null).await().indefinitely();
        assertThat(reads.isUnderWay()).isTrue();

        clock.turn(IssuerKeyReads.SETTLING);
        assertThat(reads.isUnderWay()).isFalse();
    }

    @Test
    void theTokenForWhichKeysAreReadIsJudgedByThem() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            Context request = ((ContextInternal) vertx.getOrCreateContext()).duplicate();
            Context another = ((ContextInternal) vertx.getOrCreateContext()).duplicate();

            on(request, () -> {
                begins();
                return null;
            });

            assertThat(on(request, reads::isUnderWay)).isFalse();
            assertThat(on(another, reads::isUnderWay)).isTrue();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static <T> T on(Context context, Callable<T> action) {
        var result = new CompletableFuture<T>();
        context.runOnContext(now -> {
            try {
                result.complete(action.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.join();
    }

    @Test
    void aReadThatIsNeverAnsweredEnds() {
        begins();

        clock.turn(IssuerFailureClassifier.LONGEST_ATTEMPT);

        assertThat(reads.isUnderWay()).isFalse();
    }

    private void begins() {
        reads.filter((OidcRequestFilterContext) null).await().indefinitely();
    }
}
