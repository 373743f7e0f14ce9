package io.itrgateway.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.sandbox.RawCaller;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.vertx.core.Vertx;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ConnectionTrackerTest {

    private static final Duration QUIET = Duration.ofMillis(300);

    private final AtomicLong nanos = new AtomicLong();
    private final ConnectionTracker arrivals = new ConnectionTracker(nanos::get);

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void itIsNotQuietUntilNothingHasComeForThatTime() {
        var connection = new EmbeddedChannel();
        arrivals.trackConnection(connection);
        connection.close();
        pass(QUIET.minusNanos(1));
        assertThat(arrivals.isQuiet(QUIET)).isFalse();

        pass(Duration.ofNanos(1));

        assertThat(arrivals.isQuiet(QUIET)).isTrue();
    }

    @Test
    void itIsNotQuietWhileAConnectionWaitsForItsFirstAnswer() {
        var connection = new EmbeddedChannel();
        arrivals.trackConnection(connection);
        pass(QUIET);
        assertThat(arrivals.isQuiet(QUIET)).isFalse();

        connection.close();

        assertThat(arrivals.isQuiet(QUIET)).isTrue();
    }

    @Test
    void aConnectionThatStaysSilentIsNotWaitedFor() {
        arrivals.trackConnection(new EmbeddedChannel());

        pass(Duration.ofSeconds(10));

        assertThat(arrivals.isQuiet(QUIET)).isTrue();
        assertThat(arrivals.close(Duration.ofSeconds(1))).isCompleted();
    }

    @Test
    void whereThereIsNoTimeLeftNoConnectionIsWaitedFor() {
        arrivals.trackConnection(new EmbeddedChannel());

        var closed = arrivals.close(Duration.ofSeconds(1)).toCompletableFuture();
        assertThat(closed).isNotDone();
        pass(Duration.ofSeconds(1));

        await().until(closed::isDone);
    }

    @Test
    void aStreamOfEventsCountsAsAnsweredWhenItHasBegun() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            var router = Router.router(vertx);
            router.route().handler(request -> {
                arrivals.trackRequest(request);
                request.response()
                        .putHeader("Content-Type", "text/event-stream")
                        .setChunked(true)
                        .write("data");
            });
            int port = vertx.createHttpServer()
                    .connectionHandler(connection -> arrivals.trackConnection(((ConnectionBase) connection).channel()))
                    .requestHandler(router)
                    .listen(0)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(1, TimeUnit.MINUTES)
                    .actualPort();
            try (var watcher = new RawCaller(port)) {
                watcher.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
                watcher.until("data");

                assertThat(arrivals.isQuiet(Duration.ZERO)).isTrue();
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(1, TimeUnit.MINUTES);
        }
    }

    @Test
    void whereItNeverGetsQuietTheWaitEndsAllTheSame() {
        arrivals.trackConnection(new EmbeddedChannel());
        var quiet = arrivals.awaitQuiet(QUIET, Duration.ofSeconds(1)).toCompletableFuture();
        assertThat(quiet).isNotDone();

        pass(Duration.ofSeconds(1));

        await().until(quiet::isDone);
    }

    @Test
    void whatIsQueuedWhenAListeningSocketClosesIsAccepted() throws Exception {
        var loop = new NioEventLoopGroup(1);
        List<Socket> clients = new ArrayList<>();
        try {
            Channel listening = new ServerBootstrap()
                    .group(loop)
                    .channelFactory(ListeningChannel::new)
                    .childHandler(new OneByte())
                    .bind(InetAddress.getLoopbackAddress(), 0)
                    .sync()
                    .channel();

            // On the loop that accepts: all of them are queued when the socket closes.
            loop.submit(() -> {
                        for (int i = 0; i < 20; i++) {
                            clients.add(connect((InetSocketAddress) listening.localAddress()));
                        }
                        return listening.close();
                    })
                    .sync();

            for (Socket client : clients) {
                assertThat(client.getInputStream().read()).isEqualTo('x');
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
        }
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        return new Socket(address.getAddress(), address.getPort());
    }

    @Sharable
    private static final class OneByte extends ChannelInboundHandlerAdapter {
        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {'x'})).addListener(ChannelFutureListener.CLOSE);
        }
    }
}
