package io.itrgateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import org.junit.jupiter.api.Test;

class LingeringCloseTest {

    private final SlowSocket socket = new SlowSocket();
    private final ChannelInboundHandlerAdapter guard = new ChannelInboundHandlerAdapter();
    private final EmbeddedChannel connection = new EmbeddedChannel(socket, guard);
    private final LingeringClose end = new LingeringClose(connection.pipeline().context(guard), LingeringClose.INTERIM);

    @Test
    void aCallerThatClosesItsSideWhileItsLastAnswerLeavesGetsAllOfIt() {
        end.begin();

        end.recordInputEnd();

        assertThat(connection.isOpen()).isTrue();
        socket.written.setSuccess();
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void aCallerThatClosesItsSideAfterItsLastAnswerEndsTheConnection() {
        end.begin();
        socket.written.setSuccess();
        assertThat(connection.isOpen()).isTrue();

        end.recordInputEnd();

        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void aConnectionThatHasEndedLeavesNoTimer() {
        end.begin();
        socket.written.setSuccess();

        connection.pipeline().context(guard).close();

        assertThat(connection.runScheduledPendingTasks())
                .as("the time of the next task")
                .isEqualTo(-1);
    }

    @Test
    void aConnectionThatEndsWhileItIsProbedLeavesNoTimer() {
        end.probe(() -> true, () -> false);

        connection.pipeline().context(guard).close();

        assertThat(connection.runScheduledPendingTasks())
                .as("the time of the next task")
                .isEqualTo(-1);
    }

    /** What is written leaves when the test says so. */
    private static final class SlowSocket extends ChannelOutboundHandlerAdapter {

        private ChannelPromise written;

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            written = promise;
        }
    }
}
