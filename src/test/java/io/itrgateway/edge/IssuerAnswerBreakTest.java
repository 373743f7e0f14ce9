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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IssuerAnswerBreakTest {

    private static final String GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
    private static final String BROKEN = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n";
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
        CompletableFuture.runAsync(this::answerTwice);
    }

    @AfterEach
    void stop() throws IOException {
        issuer.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** The connection belongs to the first event loop, the exchange to the second. */
    @Test
    void whatCannotBeDecodedFailsTheExchangeBehindItsHead() {
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
                    IssuerAnswerBreak.watch(request.connection());
                    return exchange.apply(request);
                })
                .onSuccess(answer::complete)
                .onFailure(answer::completeExceptionally));
        return answer.orTimeout(LONGEST_SECONDS, TimeUnit.SECONDS);
    }

    private void answerTwice() {
        try (Socket connection = issuer.accept();
                var requests = new BufferedReader(new InputStreamReader(connection.getInputStream(), US_ASCII))) {
            for (String answer : List.of(GOOD, BROKEN)) {
                while (!requests.readLine().isEmpty()) {}
                connection.getOutputStream().write(answer.getBytes(US_ASCII));
            }
            while (requests.readLine() != null) {}
            ended.complete(null);
        } catch (IOException e) {
            ended.completeExceptionally(e);
        }
    }
}
