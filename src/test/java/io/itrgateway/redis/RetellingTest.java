package io.itrgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.idempotency.ClaimName;
import io.itrgateway.idempotency.Fingerprint;
import io.itrgateway.idempotency.Owner;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How Redis is told again what it has lost or did not hear. */
class RetellingTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int MANY = 100_000;

    private final Vertx vertx = Vertx.vertx();
    private final OwnPromises promises = new OwnPromises(1024L * MANY, System::nanoTime);
    private final Deque<UniEmitter<? super Void>> open = new ArrayDeque<>();
    private final Retelling retelling = new Retelling(vertx, () -> true, promises, this::told);
    private int told;
    private int mostOpen;

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private synchronized Uni<Void> told(Promise promise) {
        return Uni.createFrom().emitter(emitter -> {
            synchronized (this) {
                told++;
                open.add(emitter);
                mostOpen = Math.max(mostOpen, open.size());
            }
            promises.heard(promise);
        });
    }

    private synchronized int told() {
        return told;
    }

    private void keeps(int number) {
        for (int i = 0; i < number; i++) {
            var kept = new Promise.Kept(
                    new ClaimName("name-" + i), new Fingerprint("payload"), new Owner("owner-" + i), new byte[0]);
            promises.settles(kept, Duration.ofHours(24));
            promises.heard(kept);
        }
    }

    @Test
    void whatFailsIsToldOnceMoreAfterAPause() {
        keeps(10);
        retelling.back(true);

        promises.lost(); // what was under way was not heard
        open.poll().fail(new RedisAway("slow"));

        await().atMost(LONG).until(() -> told() == 20);
    }

    @Test
    void afterAFailureNothingElseIsTriedBeforeThePause() {
        keeps(100);
        retelling.back(true);
        int before = told();

        open.poll().fail(new RedisAway("slow"));

        assertThat(told()).isEqualTo(before);
    }

    @Test
    void thousandsAreToldAFewAtATime() {
        keeps(MANY);

        retelling.back(true);
        while (!open.isEmpty()) {
            open.poll().complete(null);
        }

        assertThat(told()).isEqualTo(MANY);
        assertThat(mostOpen).isEqualTo(32);
        assertThat(promises.unheard()).isEmpty();
    }

    @Test
    void whatWasSettledMeanwhileIsNotToldAndDoesNotHoldUpTheRest() {
        keeps(MANY);
        promises.lost();
        retelling.back(false);
        for (int i = 0; i < MANY - 1; i++) {
            promises.settles(
                    new Promise.Freed(new ClaimName("name-" + i), new Owner("owner-" + i), Optional.empty()),
                    Duration.ZERO);
        }

        while (!open.isEmpty()) {
            open.poll().complete(null);
        }

        assertThat(told()).isEqualTo(32);
    }

    @Test
    void whatRedisHasHeardAndNotLostIsNotToldAgain() {
        keeps(10);

        retelling.back(false);

        assertThat(told()).isZero();
    }
}
