package io.itrgateway.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.fairness.EventLoopWork;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerBodyTest {

    private static final int LONGEST = AnswerBody.LONGEST_BYTES;
    private static final int UNKNOWN = -1;
    private static final String CALLER = "demo";

    private final EmbeddedChannel connection = new EmbeddedChannel();
    private final AnswerMemory memory = new AnswerMemory(LONGEST);
    private final AnswerBody body = new AnswerBody(memory, CALLER);

    @Test
    void aBodyThatIsAnnouncedAsTooLongIsRefusedAtItsFirstByte() {
        body.begin(connection, LONGEST + 1L);

        assertThat(body.add(connection, Unpooled.wrappedBuffer(new byte[1]))).isFalse();
        assertThat(body.isTooLong()).isTrue();
        assertThat(memory.isFull(CALLER)).isFalse();
    }

    @Test
    void aBodyThatBecomesTooLongIsRefused() {
        body.begin(connection, UNKNOWN);

        assertThat(body.add(connection, Unpooled.wrappedBuffer(new byte[LONGEST])))
                .isTrue();
        assertThat(body.isTooLong()).isFalse();
        assertThat(body.add(connection, Unpooled.wrappedBuffer(new byte[1]))).isFalse();
        assertThat(body.isTooLong()).isTrue();
    }

    @Test
    void whileThereIsNoMemoryTheConnectionIsNotReadAndWhatHadBeenReadIsKept() {
        String rest = "d".repeat(EventLoopWork.LONGEST_BYTES);
        var other = fillMemory();
        body.begin(connection, 3 + rest.length());
        body.add(connection, text("abc"));
        assertThat(connection.config().isAutoRead()).isFalse();

        other.close();
        connection.runPendingTasks();

        assertThat(connection.config().isAutoRead()).isTrue();
        body.add(connection, text(rest));
        assertThat(body.take()).asString().isEqualTo("abc" + rest);
    }

    @ParameterizedTest
    @ValueSource(ints = {UNKNOWN, EventLoopWork.LONGEST_BYTES})
    void aShortBodyIsReadWhateverMemoryThereIs(int announced) {
        fillMemory();
        body.begin(connection, announced);
        for (int bytes = 0; bytes < EventLoopWork.LONGEST_BYTES; bytes += 1024) {
            body.add(connection, Unpooled.wrappedBuffer(new byte[1024]));
            assertThat(connection.config().isAutoRead()).isTrue();
        }

        body.add(connection, Unpooled.wrappedBuffer(new byte[1]));
        assertThat(announced == UNKNOWN && connection.config().isAutoRead()).isFalse();
    }

    @Test
    void anAnswerThatHasFailedMeanwhileTakesNoMemoryWhenThereIsSome() {
        var other = fillMemory();
        body.begin(connection, LONGEST);

        body.lease().close();
        other.close();

        assertThat(memory.isFull(CALLER)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {UNKNOWN, 10_000})
    void theBodyIsWhatCameInParts(int announced) {
        body.begin(connection, announced);
        var expected = new StringBuilder();
        for (int part = 0; part < 1_000; part++) {
            String some = "%010d".formatted(part);
            expected.append(some);
            assertThat(body.add(connection, text(some))).isTrue();
        }

        assertThat(body.take()).asString().isEqualTo(expected.toString());
    }

    /** A connection keeps it until its next exchange. */
    @Test
    void aBodyThatWasTakenIsNotHeldAnyLonger() {
        body.begin(connection, 3);
        body.add(connection, text("abc"));
        body.take();

        assertThat(body.take()).isEmpty();
    }

    @Test
    void noBodyIsAnEmptyOne() {
        body.begin(connection, 0);

        assertThat(body.add(connection, Unpooled.EMPTY_BUFFER)).isTrue();
        assertThat(body.take()).isEmpty();
    }

    /** So that a further answer has to wait. @return what to close for its sake */
    private AnswerMemory.Lease fillMemory() {
        var held = memory.lease(CALLER);
        held.acquire(LONGEST, () -> {});
        memory.lease(CALLER).acquire(1, () -> {});
        return held;
    }

    private static io.netty.buffer.ByteBuf text(String text) {
        return Unpooled.copiedBuffer(text, US_ASCII);
    }
}
