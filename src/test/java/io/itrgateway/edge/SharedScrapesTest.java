package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedScrapesTest {

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger renderings = new AtomicInteger();

    @AfterEach
    void stop() {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void eachScrapeIsRenderedAfterItWasAskedFor() {
        var scrapes = new SharedScrapes(vertx, () -> new byte[] {(byte) renderings.incrementAndGet()});

        for (int number = 1; number <= 3; number++) {
            assertThat(await(scrapes.scrape())).containsExactly(number);
        }
    }

    @Test
    void aRenderingThatFailsIsTheFailureOfEveryRequestThatWaitedForIt() throws InterruptedException {
        var begun = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var scrapes = new SharedScrapes(vertx, () -> {
            int number = renderings.incrementAndGet();
            if (number == 1) {
                begun.countDown();
                goOn.await();
                throw new IllegalStateException("no metrics");
            }
            return new byte[] {(byte) number};
        });
        Future<byte[]> first = scrapes.scrape();
        begun.await();
        Future<byte[]> later = scrapes.scrape();

        goOn.countDown();

        assertThatThrownBy(() -> await(first)).hasRootCauseMessage("no metrics");
        assertThat(await(later)).containsExactly(2);
    }
}
