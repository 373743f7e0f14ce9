package io.itrgateway.bench;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The upstream of the benchmark: as little work as an HTTP server can do, so that it never is what is measured.
 * It refuses a call that does not bring the token and the API key, so a proxy that forgot one cannot look fast, and counts
 * the calls it answered with 200 under {@value #COUNT_PATH}.
 */
final class StubUpstream {

    static final String CLIENT_ID = "bench";
    static final String CLIENT_SECRET = "bench-secret";

    /** The number of create-client calls answered with 200 since the start, as decimal text. */
    static final String COUNT_PATH = "/bench/create-client-count";

    /** As long as the upstream's own tokens, which are JWTs; not a JWT, so its life is the {@code expiry} beside it. */
    static final String ACCESS_TOKEN = "bench-token-".repeat(30);

    private static final String BEARER = "Bearer " + ACCESS_TOKEN;
    private static final CharSequence API_KEY = HttpHeaders.createOptimized("x-api-key");
    private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    private static final Buffer CREATED = Buffer.buffer("""
            {"code":200,"timestamp":1772841600000,"transaction_id":"7f1d9a3c-52ab-4a0e-9f7e-0c6f3a1f2b4d",\
            "sub_code":"SUCCESS","message":"Client created successfully.",\
            "data":{"itr_client_id":"itr_qkgtvIwLcuooWhtrFFbK"}}""");

    private static final Buffer UNAUTHORIZED = Buffer.buffer("{\"detail\":\"Could not validate credentials\"}");

    /** By the number of bytes. */
    private final Map<Integer, Buffer> returns = Stream.of(ReadCall.SMALL, ReadCall.LARGE)
            .collect(Collectors.toMap(ReadCall::bytes, read -> envelope(read.bytes())));

    private final LongAdder created = new LongAdder();
    private final Duration answerDelay;

    private StubUpstream(Duration answerDelay) {
        this.answerDelay = answerDelay;
    }

    /** Arguments: the port, and the delay of a create-client answer in milliseconds. */
    public static void main(String[] arguments) {
        var port = Integer.parseInt(arguments[0]);
        var stub = new StubUpstream(Duration.ofMillis(Long.parseLong(arguments[1])));
        var everyCore =
                new DeploymentOptions().setInstances(Runtime.getRuntime().availableProcessors());
        Vertx.vertx().deployVerticle(() -> stub.listeningOn(port), everyCore).onFailure(StubUpstream::giveUp);
    }

    private static void giveUp(Throwable failure) {
        System.err.println("stub upstream: " + failure);
        System.exit(1);
    }

    private AbstractVerticle listeningOn(int port) {
        return new AbstractVerticle() {
            @Override
            public void start(Promise<Void> started) {
                vertx.createHttpServer()
                        .requestHandler(request -> request.endHandler(read -> answer(vertx, request)))
                        .listen(port, "127.0.0.1")
                        .<Void>mapEmpty()
                        .onComplete(started);
            }
        };
    }

    private void answer(Vertx vertx, HttpServerRequest request) {
        if (request.method() == HttpMethod.GET && request.path().equals(COUNT_PATH)) {
            request.response().end(Long.toString(created.sum()));
        } else if (request.method() == HttpMethod.GET && request.path().equals(ReadCall.PATH)) {
            read(request);
        } else if (request.method() != HttpMethod.POST) {
            request.response().setStatusCode(405).end();
        } else if (request.path().equals(CreateClientCall.PATH)) {
            createClient(vertx, request);
        } else if (request.path().equals("/v1/authorize")) {
            json(request, 200, token());
        } else {
            request.response().setStatusCode(404).end();
        }
    }

    private static boolean isAuthorized(HttpServerRequest request) {
        return BEARER.equals(request.getHeader(HttpHeaders.AUTHORIZATION))
                && CLIENT_SECRET.equals(request.getHeader(API_KEY));
    }

    private void read(HttpServerRequest request) {
        if (isAuthorized(request)) {
            var id = request.getParam("itr_id");
            json(request, 200, returns.get(Integer.parseInt(id.substring(0, id.indexOf(ReadCall.SEPARATOR)))));
        } else {
            json(request, 401, UNAUTHORIZED);
        }
    }

    private void createClient(Vertx vertx, HttpServerRequest request) {
        if (!isAuthorized(request)) {
            json(request, 401, UNAUTHORIZED);
        } else if (answerDelay.isZero()) {
            created(request);
        } else {
            vertx.setTimer(answerDelay.toMillis(), due -> created(request));
        }
    }

    private void created(HttpServerRequest request) {
        created.increment();
        json(request, 200, CREATED);
    }

    private static Buffer envelope(int bytes) {
        var head = "{\"code\":200,\"transaction_id\":\"7f1d9a3c-52ab-4a0e-9f7e-0c6f3a1f2b4d\",\"data\":{\"raw_itr\":\"";
        var tail = "\"}}";
        return Buffer.buffer(head + "x".repeat(bytes - head.length() - tail.length()) + tail);
    }

    private static Buffer token() {
        var expiry = Instant.now().plus(Duration.ofHours(24));
        return Buffer.buffer("{\"access_token\":\"%s\",\"token_type\":\"bearer\",\"expiry\":\"%s\"}"
                .formatted(ACCESS_TOKEN, expiry));
    }

    private static void json(HttpServerRequest request, int status, Buffer body) {
        request.response()
                .setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
                .end(body);
    }
}
