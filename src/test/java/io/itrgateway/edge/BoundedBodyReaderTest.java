package io.itrgateway.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.edge.BoundedBodyReader.Limit;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.test.UniAssertSubscriber;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is kept of a body while its request is not answered: until then Vert.x keeps the reader. */
class BoundedBodyReaderTest {

    /** A body of at most 8 bytes, and room for parts of at most 3. */
    private static final Limit LIMIT =
            new Limit(8, GatewayException.of(ProblemKind.PAYLOAD_TOO_LARGE), part -> part <= 3);

    private final Vertx vertx = Vertx.vertx();
    private final Map<String, Handler<Object>> handlers = new HashMap<>();
    private final AtomicReference<BoundedBodyReader> reader = new AtomicReference<>();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void aBodyThatWasReadIsKeptNoLongerByItsReader() {
        var read = read();
        handlers.get("handler").handle(Buffer.buffer("ab"));
        handlers.get("handler").handle(Buffer.buffer("c"));

        handlers.get("endHandler").handle(null);

        assertThat(read.getItem()).asString().isEqualTo("abc");
        assertThat(reader.get().heldBytes()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"defghi, PAYLOAD_TOO_LARGE", "defg, OVERLOADED"})
    void aBodyThatIsTooLongOrFindsNoRoomIsKeptNoLonger(String part, ProblemKind kind) {
        var read = read();
        handlers.get("handler").handle(Buffer.buffer("abc"));

        handlers.get("handler").handle(Buffer.buffer(part));

        assertThat(kindOf(read)).isEqualTo(kind);
        assertThat(reader.get().heldBytes()).isZero();
    }

    /** As where a token is judged meanwhile. What waits for the body would hold what it has without end. */
    @ParameterizedTest
    @CsvSource({"0, whole", "1, MALFORMED_REQUEST"})
    void readingEndsWhereTheConnectionWasLostBefore(int missingBytes, String outcome) throws Exception {
        var read = new CompletableFuture<String>();
        var router = Router.router(vertx);
        router.route().handler(context -> {
            context.request().pause();
            context.addEndHandler(lost -> vertx.runOnContext(later -> BoundedBodyReader.read(context, LIMIT)
                    .map(body -> "whole")
                    .onFailure(GatewayException.class)
                    .recoverWithItem(failure -> failure.kind().name())
                    .subscribe()
                    .with(read::complete)));
        });
        var server = vertx.createHttpServer()
                .requestHandler(router)
                .listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .get();

        try (var caller = new Socket("localhost", server.actualPort())) {
            String head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + (3 + missingBytes) + "\r\n\r\n";
            caller.getOutputStream().write((head + "abc").getBytes(US_ASCII));
        }

        assertThat(read.get(30, SECONDS)).isEqualTo(outcome);
    }

    private UniAssertSubscriber<byte[]> read() {
        return Uni.createFrom()
                .<byte[]>emitter(emitter -> {
                    reader.set(new BoundedBodyReader(request(), emitter, LIMIT));
                    reader.get().read(vertx);
                })
                .subscribe()
                .withSubscriber(UniAssertSubscriber.create());
    }

    private static ProblemKind kindOf(UniAssertSubscriber<byte[]> read) {
        return ((GatewayException) read.getFailure()).kind();
    }

    /** Keeps the handlers that are set, by the names of the methods that set them. */
    @SuppressWarnings("unchecked")
    private HttpServerRequest request() {
        return (HttpServerRequest) Proxy.newProxyInstance(
                HttpServerRequest.class.getClassLoader(),
                new Class<?>[] {HttpServerRequest.class},
                (request, method, arguments) -> {
                    if (arguments != null && arguments[0] instanceof Handler) {
                        handlers.put(method.getName(), (Handler<Object>) arguments[0]);
                    }
                    if (method.getName().equals("version")) {
                        return HttpVersion.HTTP_2;
                    }
                    return method.getReturnType() == HttpServerRequest.class ? request : null;
                });
    }
}
