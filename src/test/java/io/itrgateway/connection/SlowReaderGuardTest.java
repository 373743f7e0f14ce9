package io.itrgateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which clients are given up because of what they leave unread, and which are only slow. */
class SlowReaderGuardTest {

    private static final int MIB = 1024 * 1024;

    private final InboundLimits limits = new InboundLimits(10, 20, 100, 1000, 1024L * MIB);
    private final SlowClient client = new SlowClient(limits);

    /** A connection whose client takes only as much as it says. */
    private static final class SlowClient extends EmbeddedChannel {
        private int readable;

        private SlowClient(InboundLimits limits) {
            super(SlowReaderGuard.ofAnswers(new UnreadBytes(limits)));
            freezeTime();
        }

        @Override
        protected void doWrite(ChannelOutboundBuffer waiting) {
            // During construction, too, before the field is set.
            if (waiting != null && readable > 0) {
                int bytes = (int) Math.min(readable, waiting.totalPendingWriteBytes());
                readable = 0;
                waiting.removeBytes(bytes);
            }
        }

        private void take(int bytes) {
            readable = bytes;
            flush();
        }

        private void pass(int seconds) {
            advanceTimeBy(seconds, TimeUnit.SECONDS);
            runPendingTasks();
        }
    }

    @AfterEach
    void release() {
        client.close();
        client.runPendingTasks();
    }

    private void answer(int bytes) {
        client.writeAndFlush(Unpooled.buffer(bytes).writeZero(bytes));
    }

    @Test
    void oneThatTakesNothingIsLetGo() {
        answer(100);

        client.pass(60);

        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void oneThatTakesALongAnswerByteByByteIsLetGo() {
        answer(MIB);

        for (int i = 0; i < 60; i++) {
            client.pass(1);
            client.take(1);
        }

        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void oneThatTakesAShortAnswerSlowlyStays() {
        answer(100);

        for (int i = 0; i < 25; i++) {
            client.pass(1);
            client.take(4);
        }
        client.pass(30);

        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void oneThatLeavesTooMuchUnreadGetsNoFurtherAnswer() {
        answer(9 * MIB);
        answer(100);

        assertThat(client.isOpen()).isFalse();
    }

    /** As those to PINGs: each takes more memory than its bytes say. */
    @Test
    void oneThatLeavesTooManyShortAnswersUnreadIsLetGo() {
        for (int i = 0; i < 40_000 && client.isOpen(); i++) {
            answer(17);
        }

        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void oneThatTakesALongAnswerPieceByPieceStays() {
        answer(16 * MIB);

        for (int i = 0; i < 10; i++) {
            client.pass(20);
            client.take(MIB);
        }

        assertThat(client.isOpen()).isTrue();
    }

    @Test
    void oneThatReadsWhileLongerAnswersComeStays() {
        answer(100);
        client.pass(20);
        client.take(100);
        answer(MIB);

        client.pass(20);

        assertThat(client.isOpen()).isTrue();
    }

    private SlowClient whereOthersHaveTakenAllRoom() {
        var full = new InboundLimits(10, 20, 100, 1000, MIB);
        for (int i = 0; i < 10; i++) {
            full.acquire();
        }
        full.addUnread(MIB);
        return new SlowClient(full);
    }

    @Test
    void whereOthersHaveTakenAllRoomAnAnswerThatIsNotReadEndsItsConnection() {
        var client = whereOthersHaveTakenAllRoom();

        client.writeAndFlush(Unpooled.buffer(MIB).writeZero(MIB / 5));

        assertThat(client.isOpen()).isFalse();
    }

    @Test
    void whereOthersHaveTakenAllRoomAnAnswerThatIsReadOrShortIsNotInTheirWay() {
        var client = whereOthersHaveTakenAllRoom();
        client.readable = MIB / 5;
        client.writeAndFlush(Unpooled.buffer(MIB).writeZero(MIB / 5));

        client.writeAndFlush(Unpooled.buffer(MIB).writeZero(MIB / 20));

        assertThat(client.isOpen()).isTrue();
        client.close();
    }

    @Test
    void aLongAnswerIsFollowedByTheEndOfItsConnection() {
        answer(16 * MIB);

        client.writeAndFlush(Unpooled.EMPTY_BUFFER);

        assertThat(client.isOpen()).isTrue();
    }
}
