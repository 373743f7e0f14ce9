package io.itrgateway.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.TurnableClock;
import io.itrgateway.fairness.EventLoopWork;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What depends on the moment in which bytes arrive, with the event loop and the upstream's socket in the hands of the test. */
class UpstreamHttp1CodecTest {

    private static final int PATIENCE_MILLIS = 60_000;
    private static final String OWN = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nown";
    private static final String FOREIGN = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nforeign";

    /** With one event loop, so that what a handler does happens between the connection's own steps. */
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));

    /** Reports of a connection on which {@link #firstExchange} was the first. */
    private final AtomicInteger surplus = new AtomicInteger();

    private ServerSocket server;
    private HttpClient client;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        client = vertx.createHttpClient(new HttpClientOptions().setMaxPoolSize(1));
    }

    @AfterEach
    void close() throws IOException {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        server.close();
    }

    @Test
    void aRequestIsNotWrittenToAConnectionOnWhichAnAnswerIsWaitingAlready() throws Exception {
        var upstream = firstExchange();

        var second = new AtomicReference<UpstreamHttp1Codec>();
        String answer = get(exchange(request -> {
            second.set(codecOf(request));
            send(upstream, FOREIGN);
        }));

        assertThat(answer).isEqualTo("failed");
        assertThat(second.get().use().endUnused(1)).isTrue();
        assertThat(upstream.getInputStream().read()).isEqualTo(-1);
    }

    /** What HTTP/1.1 does not let a client notice before; the caller has another one's answer then. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerLeftOverAfterAFurtherRequestIsReportedOnce(boolean together) throws Exception {
        var upstream = firstExchange();
        var second = exchange(UpstreamHttp1CodecTest::codecOf);
        readHead(upstream);

        send(upstream, together ? FOREIGN + OWN : FOREIGN);

        assertThat(get(second)).isEqualTo("foreign");
        if (!together) {
            send(upstream, OWN);
        }
        assertThat(upstream.getInputStream().read()).isEqualTo(-1);
        assertThat(surplus).hasValue(1);
    }

    /** Servers send it unasked before they close a connection that was idle for long (RFC 9110, 15.5.9). */
    @Test
    void aRequestTimeoutOnAnIdleConnectionIsNoSurplus() throws Exception {
        var upstream = firstExchange();
        var second = exchange(UpstreamHttp1CodecTest::codecOf);
        readHead(upstream);
        send(upstream, OWN);
        assertThat(get(second)).isEqualTo("own");

        send(upstream, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        assertThat(upstream.getInputStream().read()).isEqualTo(-1);
        assertThat(surplus).hasValue(0);
    }

    @Test
    void bytesAfterTheFirstAnswerAreNotReportedSinceNoCallCanHaveThem() throws Exception {
        var upstream = firstExchange();

        send(upstream, FOREIGN);

        assertThat(upstream.getInputStream().read()).isEqualTo(-1);
        assertThat(surplus).hasValue(0);
    }

    @Test
    void theRestOfAnAnswerThatIsTooLongIsNoSurplus() throws Exception {
        var upstream = firstExchange();
        var body = new AnswerBody(new AnswerMemory(AnswerBody.LONGEST_BYTES), "demo");
        var second = exchange(request -> codecOf(request).readInto(body));
        readHead(upstream);

        vertx.executeBlocking(() -> {
            String chunk = "100000\r\n" + "o".repeat(0x100000) + "\r\n";
            send(upstream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int i = 0; i < 20; i++) {
                send(upstream, chunk);
            }
            return null;
        });

        assertThat(get(second)).isEqualTo("failed");
        assertThat(body.isTooLong()).isTrue();
        assertThat(surplus).hasValue(0);
    }

    @Test
    void aRequestIsNotWrittenToAConnectionThatTheUpstreamHasClosed() throws Exception {
        var upstream = firstExchange();

        var second = new AtomicReference<UpstreamHttp1Codec>();
        String answer = get(exchange(request -> {
            second.set(codecOf(request));
            close(upstream);
        }));

        assertThat(answer).isEqualTo("failed");
        assertThat(second.get().use().endUnused(1)).isTrue();
    }

    /** A negative time means that the clock was set back, so the idle time is unknown. */
    @ParameterizedTest
    @ValueSource(ints = {25_001, -1})
    void aRequestIsNotWrittenToAConnectionThatWasIdleTooLongWhateverThePoolSays(int millis) throws Exception {
        var clock = new TurnableClock(Instant.EPOCH);
        var upstream = firstExchange(clock);
        clock.turn(Duration.ofMillis(millis));

        var second = new AtomicReference<UpstreamHttp1Codec>();
        String answer = get(exchange(request -> second.set(codecOf(request))));

        assertThat(answer).isEqualTo("failed");
        assertThat(second.get().use().endUnused(1)).isTrue();
        assertThat(upstream.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aRequestIsWrittenToAConnectionThatWasIdleForAShorterTime() throws Exception {
        var clock = new TurnableClock(Instant.EPOCH);
        var upstream = firstExchange(clock);
        clock.turn(Duration.ofMillis(25_000));

        var second = exchange(request -> {});
        readHead(upstream);
        send(upstream, OWN);

        assertThat(get(second)).isEqualTo("own");
    }

    /** A request that arrives when the upstream is about to close the connection would be lost. */
    @ParameterizedTest
    @ValueSource(strings = {"timeout=20", "max=100, timeout=20", "Timeout=\"20\""})
    void aRequestIsNotWrittenInTheLastSecondForWhichTheUpstreamKeepsTheConnection(String keepAlive) throws Exception {
        var clock = new TurnableClock(Instant.EPOCH);
        var upstream = firstExchange(clock, keepAlive);
        clock.turn(Duration.ofMillis(19_001));

        String answer = get(exchange(request -> {}));

        assertThat(answer).isEqualTo("failed");
        assertThat(upstream.getInputStream().read()).isEqualTo(-1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "timeout=20|19000",
                "timeout=3600|25000",
                "max=20|25000",
                "timeout=-1|25000",
                "timeout=soon|25000",
                "read-timeout=20|25000"
            })
    void aRequestIsWrittenBeforeThat(String keepAlive, int idleMillis) throws Exception {
        var clock = new TurnableClock(Instant.EPOCH);
        var upstream = firstExchange(clock, keepAlive);
        clock.turn(Duration.ofMillis(idleMillis));

        var second = exchange(request -> {});
        readHead(upstream);
        send(upstream, OWN);

        assertThat(get(second)).isEqualTo("own");
    }

    @Test
    void aRequestThatIsWrittenWhileTheAnswerBeforeItIsReadIsSentAtOnce() throws Exception {
        var first = exchange(request -> codecOf(request));
        var upstream = accept();
        readHead(upstream);
        var waitingForTheConnection = exchange(request -> codecOf(request));
        var waitingForTheAnswer = first.compose(answer -> exchange(request -> codecOf(request)));

        for (var answer : List.of(first, waitingForTheConnection, waitingForTheAnswer)) {
            send(upstream, OWN);
            assertThat(get(answer)).isEqualTo("own");
            if (answer != waitingForTheAnswer) {
                readHead(upstream);
            }
        }
    }

    @Test
    void aRequestThatWasWrittenIsNotCalledUnused() throws Exception {
        var used = new AtomicReference<UpstreamHttp1Codec>();
        var answer = exchange(request -> used.set(codecOf(request)));
        var upstream = accept();
        readHead(upstream);
        close(upstream);

        assertThat(get(answer)).isEqualTo("failed");
        assertThat(used.get().use().endUnused(0)).isFalse();
    }

    @Test
    void nothingIsWrittenToAConnectionThatWasRetired() throws Exception {
        var upstream = firstExchange();

        String answer = get(exchange(
                request -> assertThat(codecOf(request).use().endUnused(1)).isTrue()));

        assertThat(answer).isEqualTo("failed");
        assertThat(upstream.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void anAnswerBeforeTheRequestHasBeenWrittenIsTheLastOfItsConnection() throws Exception {
        var body = Buffer.buffer(new byte[64 * 1024 * 1024]);
        var early = exchange(request -> codecOf(request), body);
        var upstream = accept();
        readHead(upstream);
        send(upstream, OWN);

        assertThat(get(early)).isEqualTo("own");
        var next = exchange(request -> codecOf(request));
        var other = accept();
        send(other, OWN);
        assertThat(get(next)).isEqualTo("own");
    }

    /** Else a connection that is idle would hold the call before, with its password and its answer. */
    @Test
    void whatRunsWhenARequestIsWrittenIsForgottenThen() throws Exception {
        var written = new AtomicInteger();
        var first = exchange(request -> codecOf(request).onWritten(written::incrementAndGet));
        var upstream = accept();
        readHead(upstream);
        send(upstream, OWN);
        get(first);

        var second = exchange(UpstreamHttp1CodecTest::codecOf);
        readHead(upstream);
        send(upstream, OWN);
        get(second);

        assertThat(written).hasValue(1);
    }

    @Test
    void aConnectionIsReadOnAfterAnAnswerThatWasWholeBeforeThereWasMemoryForIt() throws Exception {
        var memory = new AnswerMemory(1);
        memory.lease("demo").acquire(1, () -> {});
        memory.lease("demo").acquire(1, () -> {});
        Socket upstream = null;

        for (int exchanges = 0; exchanges < 2; exchanges++) {
            var body = new AnswerBody(memory, "demo");
            var answer = exchange(request -> codecOf(request).readInto(body));
            upstream = upstream == null ? accept() : upstream;
            readHead(upstream);
            send(
                    upstream,
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n" + "o".repeat(0x10000) + "\r\n");
            send(upstream, "3\r\nown\r\n0\r\n\r\n");

            get(answer);
            assertThat(body.take()).asString().endsWith("own").hasSize(EventLoopWork.LONGEST_BYTES + 3);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 3\r\n\r\nown",
                "Content-Length: 3\r\n\r\nown and more",
                "Transfer-Encoding: chunked\r\n\r\n3\r\nown\r\n0\r\n\r\n",
                "\r\nown"
            })
    void theBuffersOfAnAnswerAreReleased(String rest) throws Exception {
        var body = new AnswerBody(new AnswerMemory(1), "demo");
        var used = new AtomicReference<Channel>();
        var answer = exchange(request -> {
            used.set(channelOf(request));
            codecOf(request).readInto(body);
        });
        readHead(accept());

        var received = Unpooled.copiedBuffer("HTTP/1.1 200 OK\r\n" + rest, US_ASCII);
        used.get().eventLoop().execute(() -> {
            used.get().pipeline().fireChannelRead(received);
            used.get().pipeline().fireChannelReadComplete();
            used.get().pipeline().fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS);
        });

        get(answer);
        assertThat(body.take()).asString().isEqualTo("own");
        assertThat(received.refCnt()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aHeadIsHeardOfBeforeTheFailureThatFollows(boolean inTheBody) throws Exception {
        VertxInternal twoLoops = (VertxInternal) Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
        client = twoLoops.createHttpClient(new HttpClientOptions().setMaxPoolSize(1));
        var used = new AtomicReference<Channel>();
        var first = exchange(request -> used.set(channelOf(request)));
        var upstream = accept();
        readHead(upstream);
        send(upstream, OWN);
        assertThat(get(first)).isEqualTo("own");

        // The loop of the second exchange is busy while that of the connection reads its answer.
        var other = anotherLoop(twoLoops, used.get());
        var released = new CountDownLatch(1);
        var status = new CompletableFuture<Integer>();
        other.runOnContext(now -> client.request(HttpMethod.POST, server.getLocalPort(), "127.0.0.1", "/")
                .compose(request -> {
                    channelOf(request);
                    request.response().map(HttpClientResponse::statusCode).onComplete(result -> settle(status, result));
                    return request.send();
                }));
        readHead(upstream);
        other.runOnContext(now -> await(released));
        used.get().eventLoop().execute(() -> {
            String head =
                    "HTTP/1.1 422 X\r\nTransfer-Encoding: chunked\r\n\r\n" + (inTheBody ? "not a length\r\n" : "");
            used.get().pipeline().fireChannelRead(Unpooled.copiedBuffer(head, US_ASCII));
            if (!inTheBody) {
                used.get().pipeline().fireExceptionCaught(new IOException("reset"));
            }
        });
        used.get().closeFuture().await(PATIENCE_MILLIS);
        released.countDown();

        assertThat(status.get(60, TimeUnit.SECONDS)).isEqualTo(422);
        twoLoops.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void anAnswerWithoutALengthEndsWithTheTlsSessionThoughTheConnectionStaysOpen() throws Exception {
        var used = new AtomicReference<Channel>();
        var answer = exchange(request -> used.set(channelOf(request)));
        readHead(accept());

        used.get().eventLoop().execute(() -> {
            used.get().pipeline().fireChannelRead(Unpooled.copiedBuffer("HTTP/1.1 200 OK\r\n\r\nown", US_ASCII));
            used.get().pipeline().fireUserEventTriggered(SslCloseCompletionEvent.SUCCESS);
        });

        assertThat(get(answer)).isEqualTo("own");
    }

    private static void settle(CompletableFuture<Integer> future, AsyncResult<Integer> result) {
        if (result.succeeded()) {
            future.complete(result.result());
        } else {
            future.completeExceptionally(result.cause());
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Channel channelOf(HttpClientRequest request) {
        codecOf(request);
        return ((ConnectionBase) request.connection()).channel();
    }

    private static ContextInternal anotherLoop(VertxInternal vertx, Channel channel) {
        ContextInternal context = vertx.createEventLoopContext();
        while (context.nettyEventLoop() == channel.eventLoop()) {
            context = vertx.createEventLoopContext();
        }
        return context;
    }

    /** The upstream's side of the connection after one exchange. */
    private Socket firstExchange() throws Exception {
        return firstExchange(Clock.systemUTC());
    }

    private Socket firstExchange(Clock clock) throws Exception {
        return firstExchange(clock, "");
    }

    private Socket firstExchange(Clock clock, String keepAlive) throws Exception {
        var answer = exchange(request -> UpstreamHttp1Codec.of(request.connection(), clock, surplus::incrementAndGet));
        var upstream = accept();
        readHead(upstream);
        send(upstream, OWN.replace("\r\n\r\n", "\r\nKeep-Alive: " + keepAlive + "\r\n\r\n"));
        assertThat(get(answer)).isEqualTo("own");
        return upstream;
    }

    private static UpstreamHttp1Codec codecOf(HttpClientRequest request) {
        return UpstreamHttp1Codec.of(request.connection(), Clock.systemUTC(), () -> {});
    }

    private Future<String> exchange(Consumer<HttpClientRequest> beforeItIsWritten) {
        return exchange(beforeItIsWritten, Buffer.buffer());
    }

    /** The body of the answer, or "failed". */
    private Future<String> exchange(Consumer<HttpClientRequest> beforeItIsWritten, Buffer body) {
        return client.request(HttpMethod.POST, server.getLocalPort(), "127.0.0.1", "/")
                .compose(request -> {
                    beforeItIsWritten.accept(request);
                    return request.send(body);
                })
                .compose(response -> response.body().map(Buffer::toString))
                .otherwise("failed");
    }

    private static String get(Future<String> answer) throws Exception {
        CompletableFuture<String> future = answer.toCompletionStage().toCompletableFuture();
        return future.get(60, TimeUnit.SECONDS);
    }

    private Socket accept() throws IOException {
        server.setSoTimeout(PATIENCE_MILLIS);
        Socket upstream = server.accept();
        upstream.setSoTimeout(PATIENCE_MILLIS);
        return upstream;
    }

    private static void readHead(Socket upstream) throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) upstream.getInputStream().read());
        }
    }

    /** On loopback the bytes are in the other side's socket when this returns. */
    private static void send(Socket upstream, String text) {
        try {
            upstream.getOutputStream().write(text.getBytes(US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(Socket upstream) {
        try {
            upstream.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
