package io.itrgateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.LoggedLines;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lines are neither lost nor reordered, on an event loop, from another thread, and when the process ends. */
class LineBufferTest {

    private static final String CATEGORY = "io.itrgateway.telemetry.line-buffer-test";

    private final Vertx vertx = Vertx.vertx();
    private final LoggedLines log = new LoggedLines(CATEGORY);
    private final LineBuffer buffer = new LineBuffer(CATEGORY);

    @AfterEach
    void stop() throws Exception {
        log.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private void write(int from, int to) {
        IntStream.range(from, to).forEach(number -> buffer.write(new Line("line").with("number", number), Level.INFO));
    }

    private List<Integer> passed() {
        return log.all().stream()
                .map(line -> Integer.valueOf(line.field("number")))
                .toList();
    }

    private static List<Integer> numbers(int end) {
        return IntStream.range(0, end).boxed().toList();
    }

    /** In one task of an event loop, during which no timer fires. */
    private <T> T onEventLoop(Supplier<T> task) throws Exception {
        var result = new CompletableFuture<T>();
        vertx.runOnContext(start -> result.completeAsync(task, Runnable::run));
        return result.get(30, TimeUnit.SECONDS);
    }

    @Test
    void whatIsHeldWhenTheProcessEndsIsPassedAndWhatComesAfterwardsPassesAtOnce() throws Exception {
        List<Integer> lines = onEventLoop(() -> {
            write(0, 3);
            buffer.close();
            write(3, 5);
            return passed();
        });

        assertThat(lines).isEqualTo(numbers(5));
    }

    @Test
    void moreThanItHoldsIsPassedBeforeTheTimer() throws Exception {
        List<Integer> lines = onEventLoop(() -> {
            write(0, LineBuffer.CAPACITY);
            return passed();
        });

        assertThat(lines).isEqualTo(numbers(LineBuffer.CAPACITY));
    }

    @Test
    void linesOfAnEventLoopPassTogetherWhenTheTimerFires() throws Exception {
        var all = new CompletableFuture<List<Integer>>();
        List<Integer> atOnce = onEventLoop(() -> {
            write(0, 3);
            vertx.setTimer(LineBuffer.DELAY_MILLIS + 1, timer -> all.complete(passed()));
            return passed();
        });

        assertThat(atOnce).isEmpty();
        assertThat(all.get(30, TimeUnit.SECONDS)).isEqualTo(numbers(3));
    }

    @Test
    void aLineFromAThreadWithoutAContextPassesAtOnceAndAfterThoseBeforeIt() throws Exception {
        onEventLoop(() -> {
            write(0, 3);
            var other = new Thread(() -> write(3, 4));
            other.start();
            try {
                other.join(30_000);
            } catch (InterruptedException stopped) {
                throw new IllegalStateException(stopped);
            }
            assertThat(passed()).isEqualTo(numbers(4));
            return null;
        });
    }
}
