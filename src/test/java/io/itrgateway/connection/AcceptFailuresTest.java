package io.itrgateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.LoggedLines;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AcceptFailuresTest {

    private static final IOException TOO_MANY = new IOException("Too many open files");

    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1);
    private final LoggedLines log = new LoggedLines("");

    @AfterEach
    void stopListening() {
        log.close();
    }

    @Test
    void aLackOfDescriptorsIsOneLineAMinute() {
        var listening = new EmbeddedChannel(new AcceptFailures(nanoTime::get));

        listening.pipeline().fireExceptionCaught(TOO_MANY);
        nanoTime.addAndGet(Duration.ofSeconds(59).toNanos());
        listening.pipeline().fireExceptionCaught(TOO_MANY);

        assertThat(log.all())
                .singleElement()
                .extracting(LoggedLines.Line::message)
                .asString()
                .contains("Too many open files", "ulimit -n")
                .containsPattern("[1-9][0-9]* file descriptors");

        nanoTime.addAndGet(Duration.ofSeconds(1).toNanos());
        listening.pipeline().fireExceptionCaught(TOO_MANY);
        assertThat(log.all()).hasSize(2);
    }

    @Test
    void aListenerPausesAndIsNotLoggedByNetty() throws InterruptedException {
        var group = new NioEventLoopGroup(1);
        try {
            Channel listening = new ServerBootstrap()
                    .group(group)
                    .channelFactory(new GuardedTransport().serverChannelFactory(false))
                    .childHandler(new ChannelInboundHandlerAdapter())
                    .bind("127.0.0.1", 0)
                    .sync()
                    .channel();

            boolean reads = group.submit(() -> {
                        listening.pipeline().fireExceptionCaught(TOO_MANY);
                        return listening.config().isAutoRead();
                    })
                    .sync()
                    .getNow();

            assertThat(reads).isFalse();
            assertThat(log.all())
                    .singleElement()
                    .extracting(LoggedLines.Line::message)
                    .asString()
                    .contains("ulimit -n");
        } finally {
            group.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS)
                    .sync();
        }
    }
}
