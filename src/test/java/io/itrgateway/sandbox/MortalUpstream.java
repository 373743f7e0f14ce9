package io.itrgateway.sandbox;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** An upstream whose tokens and connections end early, and which knows with which token each registration came. */
public final class MortalUpstream implements AutoCloseable {

    /** How long each token lives. */
    public static final Duration LIFE = Duration.ofSeconds(3);

    private static final String ENVELOPE =
            "{\"code\":200,\"transaction_id\":\"txn_mortal\",\"data\":{\"itr_client_id\":\"itr_mortal\"}}";

    private final Vertx vertx = Vertx.vertx();
    private final Set<HttpConnection> connections = ConcurrentHashMap.newKeySet();
    private final Queue<HttpServerResponse> held = new ConcurrentLinkedQueue<>();
    private final Queue<String> usernames = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> tokens = new ConcurrentHashMap<>();
    private final AtomicInteger authorizes = new AtomicInteger();
    private final HttpServer server;
    private volatile boolean holding;

    public MortalUpstream() {
        server = vertx.createHttpServer()
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
                "GATEWAY_API_KEYS",
                Sandbox.API_KEYS);
    }

    private void handle(HttpServerRequest request) {
        request.response().putHeader("Content-Type", "application/json");
        if (request.path().equals(Sandbox.AUTHORIZE)) {
            request.response()
                    .end("{\"access_token\":\"mortal-%d\",\"expiry\":\"%d seconds\"}"
                            .formatted(authorizes.incrementAndGet(), LIFE.toSeconds()));
            return;
        }
        int token = Integer.parseInt(request.getHeader("Authorization").replaceAll(".*-", ""));
        request.body().onSuccess(body -> {
            String username = new JsonObject(body).getString("username");
            tokens.put(username, token);
            usernames.add(username);
            if (holding) {
                held.add(request.response());
            } else {
                request.response().end(ENVELOPE);
            }
        });
    }

    /** From now on no registration is answered. */
    public void hold() {
        holding = true;
    }

    /** Answers all that is held, and everything from now on. */
    public void letGo() {
        holding = false;
        for (HttpServerResponse response = held.poll(); response != null; response = held.poll()) {
            response.end(ENVELOPE).toCompletionStage().toCompletableFuture().join();
        }
    }

    /** Returns when they are closed on this side. */
    public void closeConnections() {
        for (HttpConnection connection : Set.copyOf(connections)) {
            connection.close().toCompletionStage().toCompletableFuture().join();
            connections.remove(connection);
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

    /** The user names of all registrations, in their order; one that came twice stands here twice. */
    public List<String> registrations() {
        return List.copyOf(usernames);
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
