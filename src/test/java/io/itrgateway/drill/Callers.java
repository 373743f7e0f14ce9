package io.itrgateway.drill;

import io.itrgateway.sandbox.Sandbox;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Callers who register one person after the other through whichever replica is in service, as behind a load balancer. Every other one
 * sends an Idempotency-Key, and repeats with it whatever was not a success, even what should not be repeated: cut-off calls until there is
 * an answer, calls of unknown outcome some times more. All on one event loop.
 */
final class Callers {

    static final String WARM_UP = "/warm-up";

    private static final long AGAIN_MILLIS = 200;

    private static final int REPEATS_OF_UNKNOWN = 5;
    private static final long BETWEEN_REPEATS_MILLIS = 500;

    private final Vertx vertx;
    private final HttpClient http;
    private final List<Integer> inService = new ArrayList<>();
    private final Map<String, Integer> problems = new TreeMap<>();
    private final List<String> registered = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();
    private final Map<String, Integer> repeated = new HashMap<>();
    private final List<String> invited = new ArrayList<>();
    private int turn;
    private int persons;
    private boolean stopping;

    /** Requests that went out whole to a replica. */
    int accepted;
    /** Answers to them, whatever they said. */
    int answered;
    /** Requests whose connection broke before the answer. */
    int cutOff;
    /** Callers who have not stopped. */
    int calling;

    Callers(Vertx vertx) {
        this.vertx = vertx;
        this.http = vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout(2_000).setKeepAliveTimeout(60),
                new PoolOptions().setHttp1MaxSize(500));
    }

    /** Whoever measures should not be slow himself: calls that are not counted, one after the other. */
    Future<Void> warmUp(int port, int calls) {
        if (calls == 0) {
            return Future.succeededFuture();
        }
        return http.request(HttpMethod.POST, port, "127.0.0.1", WARM_UP)
                .compose(request -> request.send(Buffer.buffer("{}")))
                .compose(HttpClientResponse::body)
                .compose(body -> warmUp(port, calls - 1));
    }

    void start(int callers) {
        for (int caller = 0; caller < callers; caller++) {
            calling++;
            next(caller % 2 == 0);
        }
    }

    /** Nobody begins with another person; who is being registered will be. */
    void stop() {
        stopping = true;
    }

    void putIntoService(int port) {
        inService.add(port);
    }

    void takeOut(int port) {
        inService.remove((Integer) port);
    }

    /** Persons whose caller was told that they are registered. */
    List<String> registered() {
        return registered;
    }

    /** Persons of whom nobody could say what became. */
    List<String> unknown() {
        return unknown;
    }

    /** Persons whose caller was told to look first and, in the same answer, that the call may be repeated. */
    List<String> invited() {
        return invited;
    }

    /** Answers that were no success, by their code. */
    Map<String, Integer> problems() {
        return problems;
    }

    private void next(boolean keyed) {
        if (stopping) {
            calling--;
            return;
        }
        String person = "person-" + persons++;
        register(person, keyed ? Optional.of("key-of-" + person) : Optional.empty());
    }

    private void again(String person, Optional<String> key, long millis) {
        vertx.setTimer(Math.max(1, millis), now -> register(person, key));
    }

    private void register(String person, Optional<String> key) {
        if (inService.isEmpty()) {
            again(person, key, AGAIN_MILLIS);
            return;
        }
        int port = inService.get(turn++ % inService.size());
        http.request(new RequestOptions()
                        .setMethod(HttpMethod.POST)
                        .setHost("127.0.0.1")
                        .setPort(port)
                        .setURI(Sandbox.CREATE_CLIENT))
                .onFailure(notConnected -> again(person, key, AGAIN_MILLIS))
                .onSuccess(request -> send(request, person, key));
    }

    private void send(HttpClientRequest request, String person, Optional<String> key) {
        request.putHeader("x-api-key", Sandbox.API_KEY).putHeader("Content-Type", "application/json");
        key.ifPresent(text -> request.putHeader("Idempotency-Key", text));
        accepted++;
        request.send(Buffer.buffer("{\"username\":\"" + person + "\",\"password\":\"password-of-it\"}"))
                .compose(response -> response.body().map(body -> new Answer(response, body)))
                .onSuccess(answer -> answered(answer, person, key))
                .onFailure(broken -> cutOff(person, key));
    }

    private record Answer(HttpClientResponse head, Buffer body) {}

    private void answered(Answer answer, String person, Optional<String> key) {
        answered++;
        int status = answer.head().statusCode();
        if (status == 200) {
            registered.add(person);
            next(key.isPresent());
            return;
        }
        var problem = new JsonObject(answer.body());
        problems.merge(problem.getString("code"), 1, Integer::sum);
        if (problem.getString("outcome").equals("not_processed")) {
            String after = answer.head().getHeader("Retry-After");
            again(person, key, after == null ? AGAIN_MILLIS : Long.parseLong(after) * 1_000);
        } else {
            unknownOutcome(problem, person, key);
        }
    }

    private void unknownOutcome(JsonObject problem, String person, Optional<String> key) {
        if (problem.getBoolean("retryable")) {
            invited.add(person);
        }
        if (key.isPresent() && repeated.merge(person, 1, Integer::sum) <= REPEATS_OF_UNKNOWN) {
            again(person, key, BETWEEN_REPEATS_MILLIS);
        } else {
            unknown.add(person);
            next(key.isPresent());
        }
    }

    private void cutOff(String person, Optional<String> key) {
        cutOff++;
        if (key.isPresent()) {
            again(person, key, AGAIN_MILLIS);
        } else {
            unknown.add(person);
            next(false);
        }
    }
}
