package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.ProblemMapper;
import io.itrgateway.sandbox.RawCaller;
import io.itrgateway.sandbox.RawHttp2;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DrainableEntryTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String REQUEST = "POST /v1/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n";

    private final DrainableEntry door = new DrainableEntry(new ProblemMapper());
    private final Vertx vertx = Vertx.vertx();
    private final List<RoutingContext> inside = new CopyOnWriteArrayList<>();
    private final List<Context> homes = new CopyOnWriteArrayList<>();
    private HttpServer server;

    /** Behind the door the body is read to its end, and the answer held: a call that has not arrived in full is refused when the door closes. */
    @BeforeEach
    void open() {
        var router = Router.router(vertx);
        router.route().handler(door::pass);
        router.route()
                .handler(call -> call.request().end().onSuccess(read -> {
                    homes.add(Vertx.currentContext());
                    inside.add(call);
                }));
        server = join(vertx.createHttpServer().requestHandler(router).listen(0));
    }

    @AfterEach
    void close() {
        join(vertx.close());
    }

    private static <T> T join(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(LONG.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private HttpClient client(HttpVersion version) {
        return vertx.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(version)
                .setHttp2ClearTextUpgrade(false)
                .setDefaultPort(server.actualPort()));
    }

    private static Future<HttpClientResponse> call(HttpClient client) {
        return client.request(HttpMethod.POST, "/v1/x").compose(request -> request.send("x"));
    }

    private void awaitInside(int calls) {
        await().atMost(LONG).until(() -> inside.size() == calls);
    }

    private void answer(RoutingContext context) {
        context.response().end("done");
    }

    private static void awaitDeserted(CompletionStage<Void> deserted) {
        await().atMost(LONG).until(() -> deserted.toCompletableFuture().isDone());
    }

    @Test
    void whereNoCallIsInsideAllHaveLeftAtOnce() {
        assertThat(door.close()).isCompleted();
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpVersion.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void whoIsInsideIsWaitedForAndWhoComesIsTurnedAway(HttpVersion version) {
        var client = client(version);
        var accepted = call(client);
        awaitInside(1);

        var deserted = door.close();

        var turnedAway = join(call(client));
        assertThat(turnedAway.statusCode()).isEqualTo(503);
        assertThat(deserted).isNotCompleted();
        assertThat(door.inside()).isEqualTo(1);
        answer(inside.get(0));
        assertThat(join(accepted).statusCode()).isEqualTo(200);
        awaitDeserted(deserted);
        assertThat(inside).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpVersion.class,
            names = {"HTTP_1_0", "HTTP_1_1"})
    void everyAnswerSaysThatItsConnectionEnds(HttpVersion version) {
        var client = client(version);
        var accepted = call(client);
        awaitInside(1);

        door.close();

        assertThat(join(call(client)).getHeader("Connection")).isEqualTo("close");
        answer(inside.get(0));
        assertThat(join(accepted).getHeader("Connection")).isEqualTo("close");
    }

    /** What a client sends on a connection of which no answer has said that it ends is answered (RFC 9112, 9.6). */
    @Test
    void aConnectionWhoseAnswerHadBegunWhenTheDoorClosedIsOpenForTheNextRequest() throws IOException {
        try (var caller = new RawCaller(server.actualPort())) {
            caller.send(REQUEST + "x");
            awaitInside(1);
            inside.get(0).response().setChunked(true).write("half");
            assertThat(caller.until("half")).doesNotContainIgnoringCase("connection: close");
            var deserted = door.close();
            inside.get(0).response().end();
            awaitDeserted(deserted);

            caller.send(REQUEST + "x");

            assertThat(caller.everything())
                    .contains("HTTP/1.1 503 ", "\"outcome\":\"not_processed\"")
                    .containsIgnoringCase("\r\nconnection: close\r\n");
        }
    }

    /** Many calls are answered in one turn of the event loop, before it does what {@code close()} has asked it for. */
    @Test
    void anAnswerInTheTurnInWhichTheDoorClosesSaysThatItsConnectionEnds() throws IOException {
        try (var caller = new RawCaller(server.actualPort())) {
            caller.send(REQUEST + "x");
            awaitInside(1);

            homes.get(0).runOnContext(now -> {
                door.close();
                answer(inside.get(0));
            });

            assertThat(caller.everything())
                    .containsIgnoringCase("\r\nconnection: close\r\n")
                    .endsWith("done");
        }
    }

    @Test
    void anHttp2ConnectionGoesAwayOnlyWhenItsLastAcceptedCallIsAnswered() {
        var gone = new AtomicBoolean();
        var client = vertx.httpClientBuilder()
                .with(new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false)
                        .setDefaultPort(server.actualPort()))
                .withConnectHandler(connection -> connection.goAwayHandler(goAway -> gone.set(true)))
                .build();
        var first = call(client);
        awaitInside(1);
        var second = call(client);
        awaitInside(2);

        door.close();
        join(call(client));
        answer(inside.get(0));
        join(first);
        assertThat(join(call(client)).statusCode()).isEqualTo(503);
        assertThat(gone).isFalse();
        answer(inside.get(1));

        assertThat(join(second).statusCode()).isEqualTo(200);
        await().atMost(LONG).untilTrue(gone);
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpVersion.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void aCallerWhoLeavesIsNotWaitedFor(HttpVersion version) {
        var client = client(version);
        call(client);
        awaitInside(1);
        var deserted = door.close();

        client.close();

        awaitDeserted(deserted);
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpVersion.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void allCallsInsideCanGetTheSameAnswer(HttpVersion version) {
        var client = client(version);
        var accepted = List.of(call(client), call(client));
        awaitInside(2);
        var deserted = door.close();

        door.answerAll(GatewayException.of(ProblemKind.UPSTREAM_TIMEOUT));

        for (var answer : accepted) {
            assertThat(join(answer).statusCode()).isEqualTo(504);
        }
        awaitDeserted(deserted);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAnswerThatIsReadSlowlyIsWaitedFor(boolean isAnsweredBefore) throws IOException {
        int length = 32 * 1024 * 1024;
        try (var slow = new Socket("localhost", server.actualPort())) {
            slow.getOutputStream().write((REQUEST + "x").getBytes(StandardCharsets.US_ASCII));
            awaitInside(1);
            var answer = Buffer.buffer(new byte[length]);
            if (isAnsweredBefore) {
                inside.get(0).response().end(answer);
            }

            var deserted = door.close();
            if (!isAnsweredBefore) {
                inside.get(0).response().end(answer);
            }

            var read = new AtomicLong();
            var readWhenDeserted = deserted.thenApply(now -> read.get()).toCompletableFuture();
            var chunk = new byte[64 * 1024];
            int bytes = 0;
            while (bytes >= 0 && read.addAndGet(bytes) <= length) {
                bytes = slow.getInputStream().read(chunk);
            }
            assertThat(read).hasValueGreaterThan(length);
            awaitDeserted(deserted);
            // The rest was with the operating system.
            assertThat(readWhenDeserted.join()).isGreaterThan(length / 2);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anHttp2ConnectionGoesAwayOnlyWhenTheWholeAnswerHasFoundRoom(boolean isAnsweredBefore) throws Exception {
        try (var caller = RawHttp2.connect(server.actualPort(), RawHttp2.INITIAL_WINDOW_SIZE, 5)) {
            caller.send(RawHttp2.headers(1, 0, RawHttp2.request("POST", "/v1/x")), RawHttp2.lastData(1, "x"));
            awaitInside(1);
            CompletionStage<Void> deserted;
            if (isAnsweredBefore) {
                inside.get(0).response().end("in two parts");
                assertThat(caller.begun(1).status()).isEqualTo(200);
                deserted = door.close();
            } else {
                deserted = door.close();
                inside.get(0).response().end("in two parts");
                assertThat(caller.begun(1).status()).isEqualTo(200);
            }
            assertThat(caller.isAlive()).isTrue();
            assertThat(deserted).isNotCompleted();

            caller.send(RawHttp2.frame(RawHttp2.WINDOW_UPDATE, 0, 1, RawHttp2.int32(100)));

            assertThat(caller.answer(1).body()).isEqualTo("in two parts");
            assertThat(caller.goAway()).isEqualTo(RawHttp2.NO_ERROR);
            awaitDeserted(deserted);
        }
    }

    @Test
    void anHttp2ConnectionGoesAwayAfterItsLastAcceptedCallAlsoIfAnotherWasReset() throws Exception {
        try (var caller = RawHttp2.connect(server.actualPort())) {
            caller.send(RawHttp2.headers(1, 0, RawHttp2.request("POST", "/v1/x")), RawHttp2.lastData(1, "x"));
            caller.send(RawHttp2.headers(3, 0, RawHttp2.request("POST", "/v1/x")), RawHttp2.lastData(3, "x"));
            awaitInside(2);
            var deserted = door.close();
            caller.send(RawHttp2.frame(RawHttp2.RST_STREAM, 0, 1, RawHttp2.int32(RawHttp2.CANCEL)));
            assertThat(caller.isAlive()).isTrue();

            answer(inside.get(1));

            assertThat(caller.answer(3).body()).isEqualTo("done");
            assertThat(caller.goAway()).isEqualTo(RawHttp2.NO_ERROR);
            awaitDeserted(deserted);
        }
    }

    @Test
    void anHttp2ConnectionGoesAwayWhenItsLastAcceptedCallIsReset() throws Exception {
        try (var caller = RawHttp2.connect(server.actualPort())) {
            caller.send(RawHttp2.headers(1, 0, RawHttp2.request("POST", "/v1/x")), RawHttp2.lastData(1, "x"));
            awaitInside(1);
            var deserted = door.close();

            caller.send(RawHttp2.frame(RawHttp2.RST_STREAM, 0, 1, RawHttp2.int32(RawHttp2.CANCEL)));

            assertThat(caller.goAway()).isEqualTo(RawHttp2.NO_ERROR);
            awaitDeserted(deserted);
        }
    }

    @Test
    void aCallWhoseAnswerIsNotReadEndsWhenItIsCutOff() throws Exception {
        try (var http1 = new RawCaller(server.actualPort());
                var http2 = RawHttp2.connect(server.actualPort(), RawHttp2.INITIAL_WINDOW_SIZE, 0)) {
            http1.send(REQUEST + "x");
            http2.send(RawHttp2.headers(1, 0, RawHttp2.request("POST", "/v1/x")), RawHttp2.lastData(1, "x"));
            awaitInside(2);
            var ended = new AtomicInteger();
            for (RoutingContext call : inside) {
                call.addEndHandler(end -> ended.incrementAndGet());
                call.response().setChunked(true).write(Buffer.buffer(new byte[32 * 1024 * 1024]));
            }
            var deserted = door.close();
            assertThat(deserted).isNotCompleted();

            door.cutOff();

            awaitDeserted(deserted);
            assertThat(ended).hasValue(2);
        }
    }

    @Test
    void aRequestStillArrivingIsRefusedAtOnce() throws IOException {
        try (var slow = new Socket("localhost", server.actualPort())) {
            slow.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
            await().atMost(LONG).until(() -> door.inside() == 1);

            var deserted = door.close();
            awaitDeserted(deserted);
            slow.getOutputStream().write('x');

            assertThat(new String(slow.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 503 ")
                    .containsIgnoringCase("\r\nconnection: close\r\n")
                    .contains("\"code\":\"overloaded\"", "\"outcome\":\"not_processed\"");
        }
    }
}
