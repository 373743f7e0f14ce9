package io.itrgateway.sandbox;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** An upstream that keeps a record of every registration that reached it, and answers late, or when a test says so. */
public final class RecordingUpstream implements AutoCloseable {

    private static final String TOKEN = "{\"access_token\":\"recording-upstream-token-%d\",\"expiry\":\"%d seconds\"}";
    private static final String ENVELOPE =
            "{\"code\":200,\"transaction_id\":\"txn_recorded\",\"data\":{\"itr_client_id\":\"itr_recorded\"}}";

    /** @param subject the user name of a registration, the client id of a read */
    private record Held(String subject, HttpServerRequest request) {}

    private final Vertx vertx = Vertx.vertx();
    private final Queue<String> headers = new ConcurrentLinkedQueue<>();
    private final Queue<String> usernames = new ConcurrentLinkedQueue<>();
    private final Queue<Held> held = new ConcurrentLinkedQueue<>();
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> tokens = new ConcurrentHashMap<>();
    private final Map<String, Duration> refused = new ConcurrentHashMap<>();
    private final AtomicInteger authorizes = new AtomicInteger();
    private final Duration tokenLife;
    private final HttpServer server;
    private volatile Duration delay = Duration.ZERO;
    private volatile Duration authorizeDelay = Duration.ZERO;
    private volatile boolean holding;

    public RecordingUpstream() {
        this(Duration.ofHours(24));
    }

    /** @param tokenLife how long each token lives */
    public RecordingUpstream(Duration tokenLife) {
        this.tokenLife = tokenLife;
        server = vertx.createHttpServer(new HttpServerOptions().setAcceptBacklog(8192))
                .connectionHandler(connections::add)
                .requestHandler(this::handle)
                .listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** What the service under test needs to call it, and the key "demo". */
    public Map<String, String> environment() {
        return Map.of(
                "DEEPVUE_BASE_URL",
                "http://localhost:" + server.actualPort(),
                "DEEPVUE_CLIENT_ID",
                "sandbox",
                "DEEPVUE_CLIENT_SECRET",
                Sandbox.CLIENT_SECRET,
                "DEEPVUE_CONNECT_TIMEOUT",
                "60s",
                "DEEPVUE_TIMEOUT",
                "5m",
                "GATEWAY_API_KEYS",
                Sandbox.API_KEYS);
    }

    private void handle(HttpServerRequest request) {
        request.headers().names().forEach(name -> headers.add(name.toLowerCase(Locale.ROOT)));
        request.response().putHeader("Content-Type", "application/json");
        if (request.path().equals(Sandbox.AUTHORIZE)) {
            String token = TOKEN.formatted(authorizes.incrementAndGet(), tokenLife.toSeconds());
            vertx.setTimer(
                    Math.max(1, authorizeDelay.toMillis()),
                    due -> request.response().end(token));
        } else if (request.method() == HttpMethod.GET) {
            String clientId = request.getParam("itr_client_id");
            usernames.add(clientId);
            answer(clientId, request);
        } else {
            int token = Integer.parseInt(request.getHeader("Authorization").replaceAll(".*-", ""));
            request.body().onSuccess(body -> {
                String username = new JsonObject(body).getString("username");
                tokens.put(username, token);
                usernames.add(username);
                answer(username, request);
            });
        }
    }

    private void answer(String subject, HttpServerRequest request) {
        HttpServerResponse response = request.response();
        Duration pause = refused.get(subject);
        if (pause != null) {
            response.setStatusCode(503)
                    .putHeader("Retry-After", Long.toString(pause.toSeconds()))
                    .end();
        } else if (holding) {
            held.add(new Held(subject, request));
        } else if (delay.isZero()) {
            response.end(ENVELOPE);
        } else {
            vertx.setTimer(delay.toMillis(), due -> response.end(ENVELOPE));
        }
    }

    /** From now on a registration is answered after this time. */
    public void answersAfter(Duration delay) {
        this.delay = delay;
    }

    /** From now on an authorize is answered after this time. */
    public void authorizesAfter(Duration delay) {
        authorizeDelay = delay;
    }

    /** From now on each registration of that user name is answered at once, with 503 and this time in {@code Retry-After}. */
    public void refuses(String username, Duration pause) {
        refused.put(username, pause);
    }

    /** From now on no registration is answered. */
    public void hold() {
        holding = true;
    }

    /** Answers all that is held, and everything from now on; returns when the held answers are written. */
    public void letGo() {
        holding = false;
        List.copyOf(held).forEach(this::letGo);
    }

    /** From now on each registration is answered; what is held stays so. */
    public void stopHolding() {
        holding = false;
    }

    /** Answers what is held of that subject, and nothing else. */
    public void letGo(String subject) {
        held.stream().filter(call -> call.subject().equals(subject)).toList().forEach(this::letGo);
    }

    private void letGo(Held call) {
        held.remove(call);
        call.request()
                .response()
                .end(ENVELOPE)
                .otherwiseEmpty()
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** Closes those on which no call is held; returns when they are closed on this side. */
    public void closeConnections() {
        Set<HttpConnection> inUse =
                held.stream().map(call -> call.request().connection()).collect(Collectors.toSet());
        for (HttpConnection connection : Set.copyOf(connections)) {
            if (!inUse.contains(connection)) {
                connection.close().toCompletionStage().toCompletableFuture().join();
                connections.remove(connection);
            }
        }
    }

    /** How many tokens were fetched; the newest one has that number. */
    public int authorizes() {
        return authorizes.get();
    }

    /** The number of the token with which the registration of that user name came. */
    public int tokenOf(String username) {
        return tokens.get(username);
    }

    /** The user names of all registrations that came in full, and the client ids of all reads, in their order; one that came twice stands here twice. */
    public List<String> registrations() {
        return List.copyOf(usernames);
    }

    /** The names of all headers that ever came. */
    public Set<String> headers() {
        return new HashSet<>(headers);
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
