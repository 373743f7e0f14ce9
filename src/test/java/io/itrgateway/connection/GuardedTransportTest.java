package io.itrgateway.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.nio.NioEventLoopGroup;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuardedTransportTest {

    private static final int SENT_BYTES = 32 * 1024;
    private static final int MOST_READ_BYTES = 2 * 1024;

    /** What was read from which connection, in turn. */
    private record Read(Channel connection, int bytes) {}

    private final NioEventLoopGroup loop = new NioEventLoopGroup(1);
    private final List<Channel> connections = new CopyOnWriteArrayList<>();
    private final List<Read> reads = new CopyOnWriteArrayList<>();

    @AfterEach
    void stop() throws InterruptedException {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
    }

    /** Else 20 connections with small HTTP/2 requests keep the calls of all others waiting for thousands of requests. */
    @Test
    void connectionsThatSendMuchAreReadInTurnsOfTwoKibibytes() throws Exception {
        int port = listen();
        try (var one = new Socket("127.0.0.1", port);
                var other = new Socket("127.0.0.1", port)) {
            await().atMost(Duration.ofMinutes(1)).until(() -> connections.size() == 2);
            var blocked = new CountDownLatch(1);
            var allSent = new CountDownLatch(1);
            loop.execute(() -> {
                blocked.countDown();
                awaitUninterrupted(allSent);
            });
            blocked.await();
            for (Socket caller : List.of(one, other)) {
                caller.getOutputStream().write(new byte[SENT_BYTES]);
            }
            allSent.countDown();
            await().atMost(Duration.ofMinutes(1)).until(() -> readBytes(reads.stream()) == 2 * SENT_BYTES);

            var firstRead = reads.stream().takeWhile(read -> read.connection == reads.get(0).connection);
            assertThat(readBytes(firstRead)).isLessThanOrEqualTo(MOST_READ_BYTES);
            assertThat(reads).allMatch(read -> read.bytes <= MOST_READ_BYTES);
        }
    }

    private int listen() throws InterruptedException {
        var recorder = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                connection.pipeline().addFirst(new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelRead(ChannelHandlerContext context, Object bytes) {
                        reads.add(new Read(connection, ((ByteBuf) bytes).readableBytes()));
                        ((ByteBuf) bytes).release();
                    }
                });
                connections.add(connection);
            }
        };
        Channel listening = new ServerBootstrap()
                .group(loop)
                .channelFactory(new GuardedTransport().serverChannelFactory(false))
                .childHandler(recorder)
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    private static int readBytes(Stream<Read> reads) {
        return reads.mapToInt(Read::bytes).sum();
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
