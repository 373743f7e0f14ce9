package io.itrgateway.api;

import static io.itrgateway.sandbox.RawHttp2.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.edge.RequestEnd;
import io.itrgateway.sandbox.RawHttp2;
import io.itrgateway.sandbox.SelfSigned;
import io.itrgateway.transport.AnswerMemory;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server with one long answer, which takes all the memory there is for answers. */
class BackpressuredBodyWriterTest {

    private static final int LONG_BYTES = 16 * 1024 * 1024;
    private static final long PATIENCE_SECONDS = 60;
    private static final String CALLER = "demo";

    private final Vertx vertx = Vertx.vertx();
    private final AnswerMemory memory = new AnswerMemory(LONG_BYTES);
    private final CountDownLatch over = new CountDownLatch(1);
    private Duration period = Duration.ofMillis(200);
    private volatile boolean isConnectionLost;
    private final AtomicLong mostWaitingBytes = new AtomicLong();
    private final Router router = Router.router(vertx);
    private int port;

    @BeforeEach
    void listen() {
        byte[] body = new byte[LONG_BYTES];
        router.route().handler(context -> {
            RequestEnd.watch(context);
            context.next();
        });
        router.get("/long").handler(context -> {
            if (isConnectionLost) {
                failConnection(context.request());
            }
            measureWaiting(context.request());
            HeldAnswer.hold(body, CALLER, memory, context, vertx.getOrCreateContext());
            BackpressuredBodyWriter.write(body, context, period, over::countDown);
        });
        port = listen(new HttpServerOptions());
    }

    private int listen(HttpServerOptions options) {
        return done(vertx.createHttpServer(options).requestHandler(router).listen(0, "localhost"))
                .actualPort();
    }

    /** How much of the answers waits for the network. */
    private void measureWaiting(HttpServerRequest request) {
        ((ConnectionBase) request.connection())
                .channelHandlerContext()
                .pipeline()
                .addFirst(new ChannelOutboundHandlerAdapter() {
                    @Override
                    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
                        var waiting = context.channel().unsafe().outboundBuffer();
                        if (waiting != null) { // not closed
                            mostWaitingBytes.accumulateAndGet(waiting.totalPendingWriteBytes(), Math::max);
                        }
                        context.write(message, promise);
                    }
                });
    }

    @AfterEach
    void close() {
        done(vertx.close());
    }

    @Test
    void aCallerThatDoesNotReadALongAnswerInTimeIsCutOffAndItsMemoryReleased() throws Exception {
        try (var caller = slowCaller()) {
            awaitOver();

            awaitReleased();
            assertThat(bytesUntilEnd(caller)).isLessThan(LONG_BYTES);
        }
    }

    @Test
    void overHttp2OnlyTheStreamOfTheSlowCallerIsReset() throws Exception {
        try (var caller = RawHttp2.connect(port)) {
            caller.send(get(1, "/long"));
            awaitOver();

            awaitReleased();
            assertThat(caller.reset(1).reset()).isPositive();
            assertThat(caller.isAlive()).isTrue();
        }
    }

    /** Vert.x has run the end handlers of the request by then, and its response does not count as closed yet. */
    @Test
    void anAnswerThatComesWhileItsConnectionFailsIsReleased() throws Exception {
        isConnectionLost = true;
        period = Duration.ofHours(1);
        try (var caller = RawHttp2.connect(port)) {
            caller.send(get(1, "/long"));
            awaitOver();

            awaitReleased();
        }
    }

    private static void failConnection(HttpServerRequest request) {
        var pipeline =
                ((ConnectionBase) request.connection()).channelHandlerContext().pipeline();
        var http2 = pipeline.get(Http2ConnectionHandler.class);
        http2.onError(pipeline.context(http2), true, new IOException("broken pipe"));
    }

    @Test
    void aCallerThatReadsGetsALongAnswerWhole() throws Exception {
        period = Duration.ofHours(1);
        try (var caller = slowCaller()) {
            assertThat(bytesUntilEnd(caller)).isGreaterThan(LONG_BYTES);
        }
        awaitOver();
        awaitReleased();
    }

    /** More of it is written when the caller has taken some, and not all that is left. */
    @Test
    void soDoesACallerOverTlsAndLittleOfItWaitsForTheNetwork() throws Exception {
        period = Duration.ofHours(1);
        var own = SelfSigned.ofKind("EC");
        port = listen(new HttpServerOptions().setSsl(true).setKeyCertOptions(own.options()));
        try (var caller = slowCaller(own.sockets().createSocket())) {
            assertThat(bytesUntilEnd(caller)).isGreaterThan(LONG_BYTES);
        }

        assertThat(mostWaitingBytes).hasValueLessThan(1024 * 1024);
    }

    @Test
    void aCallerHasToTakeAMebibyteOrTheRestInEachPeriod() {
        int mebibyte = 1024 * 1024;
        int rest = LONG_BYTES - 100;

        assertThat(BackpressuredBodyWriter.isTooSlow(0, mebibyte - 1, LONG_BYTES))
                .isTrue();
        assertThat(BackpressuredBodyWriter.isTooSlow(rest, LONG_BYTES - 1, LONG_BYTES))
                .isTrue();
        assertThat(BackpressuredBodyWriter.isTooSlow(mebibyte, 2 * mebibyte, LONG_BYTES))
                .isFalse();
        assertThat(BackpressuredBodyWriter.isTooSlow(rest, LONG_BYTES, LONG_BYTES))
                .isFalse();
        assertThat(BackpressuredBodyWriter.isTooSlow(LONG_BYTES, LONG_BYTES, LONG_BYTES))
                .isFalse();
    }

    private Socket slowCaller() throws IOException {
        return slowCaller(new Socket());
    }

    private Socket slowCaller(Socket caller) throws IOException {
        caller.setReceiveBufferSize(4 * 1024);
        caller.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        caller.connect(new InetSocketAddress("localhost", port));
        caller.getOutputStream()
                .write("GET /long HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        return caller;
    }

    /** A connection that is cut off ends, or is reset where the caller has left something unread. */
    private static long bytesUntilEnd(Socket caller) throws IOException {
        var part = new byte[64 * 1024];
        long bytes = 0;
        try {
            for (int some = caller.getInputStream().read(part);
                    some >= 0;
                    some = caller.getInputStream().read(part)) {
                bytes += some;
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the connection does not end", e);
        } catch (SocketException reset) {
            return bytes;
        }
        return bytes;
    }

    private void awaitReleased() {
        await().atMost(Duration.ofSeconds(PATIENCE_SECONDS)).until(() -> !memory.isFull(CALLER));
    }

    private void awaitOver() throws InterruptedException {
        assertThat(over.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    private static <T> T done(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }
}
