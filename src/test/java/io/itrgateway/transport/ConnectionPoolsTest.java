package io.itrgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.impl.CloseFuture;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that answers a request when the test says so. */
class ConnectionPoolsTest {

    private static final int LOOPS = 4;
    private static final long LONG_SECONDS = 60;

    private final BlockingQueue<HttpServerRequest> arrived = new LinkedBlockingQueue<>();
    private final CloseFuture closing = new CloseFuture();
    private Vertx vertx;
    private int port;

    @BeforeEach
    void listen() {
        vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(LOOPS));
        port = done(vertx.createHttpServer().requestHandler(arrived::add).listen(0, "127.0.0.1"))
                .actualPort();
    }

    @AfterEach
    void close() {
        done(closing.close());
        done(vertx.close());
    }

    @Test
    void aCallHasAConnectionOfItsOwnEventLoopThoughOthersHaveIdleOnes() throws InterruptedException {
        var pools = pools(2 * LOOPS);
        List<ContextInternal> contexts = contexts();

        for (ContextInternal context : contexts) {
            var first = begin(pools, context);
            answerNext();
            done(first.ended);
            var second = begin(pools, context);
            answerNext();
            done(second.ended);

            assertThat(loopOf(first)).isSameAs(context.nettyEventLoop());
            assertThat(loopOf(second)).isSameAs(context.nettyEventLoop());
        }
    }

    @Test
    void callsOfOneEventLoopMayUseEveryConnection() throws InterruptedException {
        var pools = pools(LOOPS + 1);
        ContextInternal only = contexts().get(0);

        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < LOOPS + 1; i++) {
            calls.add(begin(pools, only));
        }

        for (int i = 0; i < LOOPS + 1; i++) {
            answerNext();
        }
        calls.forEach(call -> done(call.ended));
    }

    @Test
    void thereAreNoMoreConnectionsThanAskedForWhicheverEventLoopsCall() throws InterruptedException {
        var pools = pools(2);

        List<Call> calls = new ArrayList<>();
        for (ContextInternal context : contexts()) {
            calls.add(begin(pools, context));
            calls.add(begin(pools, context));
        }

        var connections = new ArrayList<Object>();
        for (int i = 0; i < calls.size(); i++) {
            connections.add(answerNext().connection());
        }
        calls.forEach(call -> done(call.ended));
        assertThat(connections.stream().distinct()).hasSize(2);
    }

    @Test
    void aCallThatFailsTakesNoConnectionFromTheNext() throws InterruptedException {
        var pools = pools(1);
        ContextInternal context = contexts().get(0);

        var broken = begin(pools, context);
        next().connection().close();
        assertThat(over(broken.ended).failed()).isTrue();

        var call = begin(pools, context);
        answerNext();
        done(call.ended);
    }

    // ---- the words of this test -------------------------------------------------------------------------------------

    private record Call(Future<HttpClientRequest> opened, Future<Void> ended) {}

    private ConnectionPools pools(int connections) {
        var options = new HttpClientOptions().setMaxPoolSize(connections).setConnectTimeout((int)
                TimeUnit.SECONDS.toMillis(LONG_SECONDS));
        return new ConnectionPools((VertxInternal) vertx, options, closing);
    }

    /** One for each event loop. */
    private List<ContextInternal> contexts() {
        List<ContextInternal> contexts = new ArrayList<>();
        for (int i = 0; i < LOOPS; i++) {
            contexts.add(((VertxInternal) vertx).createEventLoopContext());
        }
        assertThat(contexts.stream().map(ContextInternal::nettyEventLoop).distinct())
                .hasSize(LOOPS);
        return contexts;
    }

    private Call begin(ConnectionPools pools, ContextInternal context) {
        Promise<HttpClientRequest> opened = Promise.promise();
        Promise<Void> ended = Promise.promise();
        context.runOnContext(now -> pools.request(
                        new RequestOptions().setHost("127.0.0.1").setPort(port).setURI("/"))
                .onComplete(opened)
                .compose(HttpClientRequest::send)
                .compose(response -> response.end())
                .onComplete(ended));
        return new Call(opened.future(), ended.future());
    }

    private HttpServerRequest next() throws InterruptedException {
        HttpServerRequest request = arrived.poll(LONG_SECONDS, TimeUnit.SECONDS);
        assertThat(request).as("a request that has arrived").isNotNull();
        return request;
    }

    private HttpServerRequest answerNext() throws InterruptedException {
        HttpServerRequest request = next();
        request.response().end("ok");
        return request;
    }

    private static EventLoop loopOf(Call call) {
        return ((ConnectionBase) done(call.opened).connection()).channel().eventLoop();
    }

    private static <T> T done(Future<T> future) {
        return over(future).result();
    }

    private static <T> Future<T> over(Future<T> future) {
        future.toCompletionStage()
                .handle((result, failure) -> failure)
                .toCompletableFuture()
                .orTimeout(LONG_SECONDS, TimeUnit.SECONDS)
                .join();
        return future;
    }
}
