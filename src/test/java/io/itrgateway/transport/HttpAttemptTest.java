package io.itrgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.TurnableClock;
import io.itrgateway.fairness.EventLoopWork;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.impl.VertxInternal;
import jakarta.ws.rs.core.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exchanges with a server that answers a request when the test says so. */
class HttpAttemptTest {

    private static final int CONNECTIONS = 2 * DeepvueTransport.MOST_STALE_CONNECTIONS;
    private static final long PATIENCE_SECONDS = 60;
    private static final int MEMORY_BYTES = 1024 * 1024;
    private static final String CALLER = "demo";

    /** More than the buffers of sockets take. */
    private static final int LARGE_BYTES = 64 * 1024 * 1024;

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    private final TurnableClock clock = new TurnableClock(Instant.EPOCH);
    private final BlockingQueue<HttpServerRequest> arrived = new LinkedBlockingQueue<>();
    private final AnswerMemory memory = new AnswerMemory(MEMORY_BYTES);
    private HttpClient client;
    private int port;

    @BeforeEach
    void listen() {
        port = done(vertx.createHttpServer().requestHandler(arrived::add).listen(0, "127.0.0.1"))
                .actualPort();
        client = vertx.createHttpClient(new HttpClientOptions().setMaxPoolSize(CONNECTIONS));
    }

    @AfterEach
    void close() {
        done(vertx.close());
    }

    @Test
    void aClockThatJumpsAheadFailsNoExchangeHoweverManyConnectionsWereIdle() throws Exception {
        keepConnectionsIdle();
        clock.turn(Duration.ofSeconds(DeepvueTransport.KEPT_IDLE_SECONDS + 1L));

        var answer = exchange();
        answerNext();

        assertThat(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS).status()).isEqualTo(200);
    }

    @Test
    void aShortAnswerIsDecodedWhateverMemoryIsHeld() throws Exception {
        memory.hold(CALLER, new byte[2 * MEMORY_BYTES]);

        var answer = exchange();
        next().response().putHeader("Content-Encoding", "gzip").end(Buffer.buffer(gzip("decoded")));

        assertThat(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS).body())
                .asString()
                .isEqualTo("decoded");
    }

    /** A CDN may add a line of its own. */
    @Test
    void theFirstOfSeveralLinesCountsWhereOnlyOneIsAllowed() throws Exception {
        var answer = exchange();
        var response = next().response().setStatusCode(503);
        response.headers()
                .add("Date", "Sun, 08 Mar 2026 08:49:37 GMT")
                .add("Date", "Sun, 08 Mar 2026 08:49:38 GMT")
                .add("Retry-After", "120")
                .add("Retry-After", "60");
        response.end();

        var received = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(received.date()).contains("Sun, 08 Mar 2026 08:49:37 GMT");
        assertThat(received.retryAfter()).contains("120");
    }

    @Test
    void anAnswerThatIsLongWhenItIsDecodedComesWhenThereIsMemory() throws Exception {
        byte[] held = new byte[2 * MEMORY_BYTES];
        memory.hold(CALLER, held);
        String text = "decoded".repeat(EventLoopWork.LONGEST_BYTES);

        var answer = exchange();
        next().response().putHeader("Content-Encoding", "gzip").end(Buffer.buffer(gzip(text)));
        memory.release(held);

        assertThat(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS).body())
                .asString()
                .isEqualTo(text);
    }

    @Test
    void anAnswerThatIsLongWhenItIsDecodedWaitsForMemoryUntilTheTimeout() throws Exception {
        memory.hold(CALLER, new byte[2 * MEMORY_BYTES]);

        var answer = exchange(() -> true, Duration.ofSeconds(1));
        next().response()
                .putHeader("Content-Encoding", "gzip")
                .end(Buffer.buffer(gzip("decoded".repeat(EventLoopWork.LONGEST_BYTES))));

        assertFails(answer, "NO_MEMORY");
    }

    /** Its own answer has arrived whole, and its connection has been free for others since. */
    @Test
    void aTimeoutBeforeAnAnswerIsDecodedLeavesItsConnectionToTheNextExchange() throws Exception {
        client = vertx.createHttpClient(new HttpClientOptions().setMaxPoolSize(1));
        memory.hold(CALLER, new byte[2 * MEMORY_BYTES]);
        var late = exchange(() -> true, Duration.ofSeconds(1));
        var first = next();
        first.response()
                .putHeader("Content-Encoding", "gzip")
                .end(Buffer.buffer(gzip("decoded".repeat(EventLoopWork.LONGEST_BYTES))));

        var answer = exchange();
        var second = next();
        assertFails(late, "NO_MEMORY");
        second.response().end("next");

        assertThat(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(second.connection()).isSameAs(first.connection());
    }

    /** A worker is not interrupted, and uses the memory until it has finished. */
    @Test
    void theMemoryOfAnAnswerIsHeldAfterTheTimeoutUntilItHasBeenDecoded() throws Exception {
        var workersAreFree = new CountDownLatch(1);
        for (int i = 0; i < VertxOptions.DEFAULT_WORKER_POOL_SIZE; i++) {
            vertx.executeBlocking(() -> workersAreFree.await(PATIENCE_SECONDS, TimeUnit.SECONDS), false);
        }

        var answer = exchange(() -> true, Duration.ofSeconds(1));
        next().response()
                .putHeader("Content-Encoding", "gzip")
                .end(Buffer.buffer(gzip("decoded".repeat(EventLoopWork.LONGEST_BYTES))));
        assertFails(answer, "TIMED_OUT");
        boolean isHeld = memory.isFull(CALLER);
        workersAreFree.countDown();

        assertThat(isHeld).isTrue();
        await().atMost(PATIENCE_SECONDS, TimeUnit.SECONDS).until(() -> !memory.isFull(CALLER));
    }

    @Test
    void anAnswerThatArrivesWaitsForMemoryUntilTheTimeout() throws Exception {
        memory.hold(CALLER, new byte[2 * MEMORY_BYTES]);

        var answer = exchange(() -> true, Duration.ofSeconds(1));
        next().response().end(Buffer.buffer(new byte[MEMORY_BYTES]));

        assertFails(answer, "NO_MEMORY");
    }

    @Test
    void anAnswerThatHasWaitedForMemoryAndStallsAfterwardsTimesOut() throws Exception {
        byte[] held = new byte[2 * MEMORY_BYTES];
        memory.hold(CALLER, held);
        var body = new AnswerBody(memory, CALLER);
        var timeout = new CompletableFuture<Handler<Long>>();
        var answer = new CompletableFuture<Answer>();
        ((VertxInternal) vertx)
                .createEventLoopContext()
                .duplicate()
                .runOnContext(now -> HttpAttempt.send(
                                withTimersIn(timeout),
                                () -> body,
                                Duration.ofDays(1),
                                () -> call(Buffer.buffer()),
                                () -> true,
                                () -> {})
                        .subscribe()
                        .with(answer::complete, answer::completeExceptionally));

        next().response()
                .putHeader("Content-Length", Integer.toString(MEMORY_BYTES))
                .write("{");
        await().atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .until(() -> body.lease().hasWaited());
        memory.release(held);
        vertx.runOnContext(now -> timeout.join().handle(0L));

        assertFails(answer, "TIMED_OUT");
    }

    /** The first timer is the timeout. It ends when the test says so. */
    private Vertx withTimersIn(CompletableFuture<Handler<Long>> first) {
        return (Vertx) Proxy.newProxyInstance(
                Vertx.class.getClassLoader(), new Class<?>[] {Vertx.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("setTimer")) {
                        @SuppressWarnings("unchecked")
                        var handler = (Handler<Long>) arguments[1];
                        first.complete(handler);
                        return -1L;
                    }
                    return method.invoke(vertx, arguments);
                });
    }

    @Test
    void anAnswerThatDoesNotComeTimesOutWhateverMemoryIsHeld() throws Exception {
        memory.hold(CALLER, new byte[2 * MEMORY_BYTES]);

        assertFails(exchange(() -> true, Duration.ofSeconds(1)), "TIMED_OUT");
    }

    /** What is not written holds memory as long as its connection is open. */
    @Test
    void aRequestThatTheUpstreamDoesNotReadIsGivenUpWithItsTimeout() throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
            var answer = exchange(() -> true, Duration.ofSeconds(1), () -> call(Buffer.buffer(new byte[LARGE_BYTES])));
            try (Socket upstream = server.accept()) {
                assertFails(answer, "TIMED_OUT");

                assertThat(lengthOfRest(upstream)).isLessThan(LARGE_BYTES);
            }
        }
    }

    /** Until the other side has closed the connection, in whatever way. */
    private static long lengthOfRest(Socket socket) {
        byte[] part = new byte[64 * 1024];
        long length = 0;
        try {
            for (int more = 0; more >= 0; more = socket.getInputStream().read(part)) {
                length += more;
            }
        } catch (IOException reset) {
            return length;
        }
        return length;
    }

    private static void assertFails(CompletableFuture<Answer> exchange, String reason) {
        assertThat(exchange)
                .failsWithin(Duration.ofSeconds(PATIENCE_SECONDS))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(ExchangeFailure.class)
                .withMessageContaining(reason);
    }

    private static byte[] gzip(String text) throws IOException {
        var coded = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(coded)) {
            gzip.write(text.getBytes(StandardCharsets.US_ASCII));
        }
        return coded.toByteArray();
    }

    private void keepConnectionsIdle() throws Exception {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        List<HttpServerRequest> requests = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            answers.add(exchange());
        }
        for (int i = 0; i < CONNECTIONS; i++) {
            requests.add(next());
        }
        requests.forEach(request -> request.response().end("kept"));
        for (var answer : answers) {
            answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsUnwantedWhenItsConnectionIsThereIsNotSentAndItsConnectionIsFreeAgain(boolean isKept) throws Exception {
        if (isKept) {
            keepConnectionsIdle();
        }
        for (int i = 0; i < 2 * CONNECTIONS; i++) {
            assertFails(exchange(() -> false), "UNWANTED");
        }

        var answer = exchange();
        answerNext();

        assertThat(answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS).status()).isEqualTo(200);
        assertThat(arrived).isEmpty();
    }

    private CompletableFuture<Answer> exchange() {
        return exchange(() -> true);
    }

    private CompletableFuture<Answer> exchange(BooleanSupplier maySend) {
        return exchange(maySend, Duration.ofSeconds(PATIENCE_SECONDS));
    }

    private CompletableFuture<Answer> exchange(BooleanSupplier maySend, Duration timeout) {
        return exchange(maySend, timeout, () -> call(Buffer.buffer()));
    }

    private CompletableFuture<Answer> exchange(
            BooleanSupplier maySend, Duration timeout, Supplier<Uni<Response>> call) {
        var answer = new CompletableFuture<Answer>();
        var context = ((VertxInternal) vertx).createEventLoopContext().duplicate();
        context.runOnContext(
                now -> HttpAttempt.send(vertx, () -> new AnswerBody(memory, CALLER), timeout, call, maySend, () -> {})
                        .subscribe()
                        .with(answer::complete, answer::completeExceptionally));
        return answer;
    }

    /** As the declared client, whose response is not looked at, and which resets a request that is cancelled. */
    private Uni<Response> call(Buffer content) {
        var sent = new AtomicReference<HttpClientRequest>();
        return Uni.createFrom()
                .<Response>emitter(emitter -> client.request(HttpMethod.POST, port, "127.0.0.1", "/")
                        .compose(request -> {
                            sent.set(request);
                            HttpAttempt.onOpen(request, clock, () -> {});
                            return request.send(content);
                        })
                        .compose(HttpClientResponse::body)
                        .onSuccess(body -> emitter.complete(null))
                        .onFailure(emitter::fail))
                .onCancellation()
                .invoke(() -> sent.get().reset());
    }

    private void answerNext() throws InterruptedException {
        next().response().end("new");
    }

    private HttpServerRequest next() throws InterruptedException {
        var request = arrived.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(request).isNotNull();
        return request;
    }

    private static <T> T done(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }
}
