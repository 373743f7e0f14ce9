package io.itrgateway.bench;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;

/**
 * The yardstick: what the gateway would cost if it were nothing but the Vert.x below it.
 * It passes the body on with the two headers of the upstream put in, and the answer back; it checks, limits, measures and
 * logs nothing. Event loops, pool size and the life of idle connections are as in the gateway.
 */
final class BareProxy {

    private static final CharSequence API_KEY = HttpHeaders.createOptimized("x-api-key");
    private static final CharSequence API_KEY_VALUE = HttpHeaders.createOptimized(StubUpstream.CLIENT_SECRET);
    private static final CharSequence AUTHORIZATION_VALUE =
            HttpHeaders.createOptimized("Bearer " + StubUpstream.ACCESS_TOKEN);
    private static final int POOL_SIZE = 1024;
    private static final int KEPT_IDLE_SECONDS = 30;

    private BareProxy() {}

    /** Arguments: the port, and the port of the upstream. */
    public static void main(String[] arguments) {
        var port = Integer.parseInt(arguments[0]);
        var upstreamPort = Integer.parseInt(arguments[1]);
        var everyEventLoop = new DeploymentOptions().setInstances(VertxOptions.DEFAULT_EVENT_LOOP_POOL_SIZE);
        Vertx.vertx()
                .deployVerticle(() -> listeningOn(port, upstreamPort), everyEventLoop)
                .onFailure(BareProxy::giveUp);
    }

    private static void giveUp(Throwable failure) {
        System.err.println("bare proxy: " + failure);
        System.exit(1);
    }

    private static AbstractVerticle listeningOn(int port, int upstreamPort) {
        return new AbstractVerticle() {
            @Override
            public void start(Promise<Void> started) {
                var client = vertx.createHttpClient(
                        new HttpClientOptions()
                                .setDefaultHost("127.0.0.1")
                                .setDefaultPort(upstreamPort)
                                .setKeepAliveTimeout(KEPT_IDLE_SECONDS),
                        new PoolOptions().setHttp1MaxSize(POOL_SIZE));
                vertx.createHttpServer()
                        .requestHandler(request -> forward(client, request))
                        .listen(port, "127.0.0.1")
                        .<Void>mapEmpty()
                        .onComplete(started);
            }
        };
    }

    private static void forward(HttpClient client, HttpServerRequest request) {
        request.body()
                .compose(body -> send(client, request, body))
                .compose(answer -> answer.body().compose(body -> passBack(request, answer, body)))
                .onFailure(failure -> request.response().setStatusCode(502).end());
    }

    private static Future<HttpClientResponse> send(HttpClient client, HttpServerRequest request, Buffer body) {
        var headers = MultiMap.caseInsensitiveMultiMap();
        if (request.headers().contains(HttpHeaders.CONTENT_TYPE)) {
            headers.set(HttpHeaders.CONTENT_TYPE, request.getHeader(HttpHeaders.CONTENT_TYPE));
        }
        headers.set(HttpHeaders.AUTHORIZATION, AUTHORIZATION_VALUE);
        headers.set(API_KEY, API_KEY_VALUE);
        var upstream = new RequestOptions()
                .setMethod(request.method())
                .setURI(request.uri())
                .setHeaders(headers);
        return client.request(upstream).compose(call -> call.send(body));
    }

    private static Future<Void> passBack(HttpServerRequest request, HttpClientResponse answer, Buffer body) {
        return request.response()
                .setStatusCode(answer.statusCode())
                .putHeader(HttpHeaders.CONTENT_TYPE, answer.getHeader(HttpHeaders.CONTENT_TYPE))
                .end(body);
    }
}
