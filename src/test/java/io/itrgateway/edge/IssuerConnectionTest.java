package io.itrgateway.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.impl.VertxInternal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IssuerConnectionTest {

    private static final String BROKEN = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n";
    private static final String UNTIL_THE_END = "HTTP/1.1 200 OK\r\n\r\n1";
    private static final int LONGEST_SECONDS = 20;

    private final List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Vertx vertx;
    private ServerSocket issuer;
    private HttpClient client;

    @BeforeEach
    void start() throws IOException {
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
        vertx.exceptionHandler(uncaught::add);
        client = vertx.createHttpClient(new HttpClientOptions().setMaxPoolSize(1));
        issuer = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        issuer.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** The connection belongs to the first event loop, the exchange to the second. */
    @Test
    void whatCannotBeDecodedFailsTheExchangeBehindItsHead() {
        answers(List.of(answer("1"), BROKEN), List.of());
        on(anotherLoop(), request -> request.send().compose(HttpClientResponse::body))
                .join();

        CompletableFuture<Buffer> second = on(anotherLoop(), request -> {
            Future<Buffer> body = request.send().compose(HttpClientResponse::body);
            ended.orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS).join(); // before its event loop is free for the head
            return body;
        });

        assertThatThrownBy(second::join).hasMessageContaining("closed");
        assertThat(uncaught).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103, 104, 110, 199})
    void aResponseBeforeTheAnswerIsNotTheAnswer(int status) {
        String interim = "HTTP/1.1 %d Interim\r\n\r\n".formatted(status);
        answers(List.of(interim + interim + answer("1"), answer("2")), List.of());

        assertThat(bodies(2)).containsExactly("1", "2");
    }

    /** The second exchange waits for the connection of the first one, the only one there may be. */
    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwrong", "wrong\r\n\r\n"})
    void whatFollowsAnAnswerIsNotTheNextAnswer(String surplus) {
        answers(List.of(answer("1") + surplus), List.of(answer("2")));

        assertThat(bodies(2)).containsExactly("1", "2");
    }

    /** Such an end need not be announced (RFC 9112, 6.3). The second exchange waits for the connection. */
    @Test
    void aConnectionWhoseEndIsThatOfAnAnswerIsNotUsedAgain() {
        answers(List.of(UNTIL_THE_END), List.of(answer("2")));

        assertThat(bodies(2)).containsExactly("1", "2");
    }

    @Test
    void aConnectionThatChangesItsProtocolIsNotUsedAgain() {
        answers(
                List.of("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
                List.of(answer("2")));

        assertThatThrownBy(() -> bodies(1)).hasMessageContaining("closed");
        assertThat(bodies(1)).containsExactly("2");
    }

    private static String answer(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body);
    }

    /** Of so many exchanges that begin at once. */
    private List<String> bodies(int exchanges) {
        Context loop = anotherLoop();
        return Stream.generate(() -> on(loop, request -> request.send().compose(HttpClientResponse::body)))
                .limit(exchanges)
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .map(Buffer::toString)
                .toList();
    }

    private Context anotherLoop() {
        return ((VertxInternal) vertx).createEventLoopContext();
    }

    private CompletableFuture<Buffer> on(Context loop, Function<HttpClientRequest, Future<Buffer>> exchange) {
        var answer = new CompletableFuture<Buffer>();
        loop.runOnContext(now -> client.request(
                        HttpMethod.GET,
                        issuer.getLocalPort(),
                        issuer.getInetAddress().getHostAddress(),
                        "/")
                .compose(request -> {
                    IssuerConnection.watch(request.connection());
                    return exchange.apply(request);
                })
                .onSuccess(answer::complete)
                .onFailure(answer::completeExceptionally));
        return answer.orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS);
    }

    private void answers(List<String> onFirstConnection, List<String> onSecondConnection) {
        CompletableFuture.runAsync(
                () -> Stream.of(onFirstConnection, onSecondConnection).forEach(this::answerOnNextConnection));
    }

    private void answerOnNextConnection(List<String> answers) {
        try (Socket connection = issuer.accept();
                var requests = new BufferedReader(new InputStreamReader(connection.getInputStream(), US_ASCII))) {
            for (String answer : answers) {
                while (!requests.readLine().isEmpty()) {}
                connection.getOutputStream().write(answer.getBytes(US_ASCII));
                if (answer.equals(UNTIL_THE_END)) {
                    connection.shutdownOutput();
                }
            }
            while (requests.readLine() != null) {}
            ended.complete(null);
        } catch (IOException e) {
            ended.completeExceptionally(e);
        }
    }
}
