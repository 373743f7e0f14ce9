package io.itrgateway.drill;

import io.itrgateway.operation.Field;
import io.itrgateway.operation.Operation;
import io.itrgateway.operation.Operation.Method;
import io.itrgateway.operation.Operations;
import io.itrgateway.problem.Effect;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Callers who register one person after the other through whichever replica is in service, as behind a load balancer, and fetch and read
 * the data of every fourth: all seven operations. Every other caller sends an Idempotency-Key, and repeats a registration with it whatever
 * was not a success, even what should not be repeated: cut-off calls until there is an answer, calls of unknown outcome some times more.
 * Fetches and reads are repeated until there is an answer, as their problems allow. All on one event loop.
 */
final class Callers {

    static final String WARM_UP = "/warm-up";

    private static final long AGAIN_MILLIS = 200;

    /** The data of every so-many-th person is fetched and read. */
    private static final int WHOLE_FLOW_EVERY = 4;

    private static final int REPEATS_OF_UNKNOWN = 5;
    private static final long BETWEEN_REPEATS_MILLIS = 500;

    private final Vertx vertx;
    private final HttpClient http;
    private final List<Integer> inService = new ArrayList<>();
    private final Map<String, Integer> problems = new TreeMap<>();
    private final Map<String, Integer> problemsWithoutKey = new TreeMap<>();
    private final List<String> registered = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();
    private final List<String> invited = new ArrayList<>();
    private final List<String> mixedUp = new ArrayList<>();
    private final List<String> givenUp = new ArrayList<>();
    private final Map<String, Integer> done = new TreeMap<>();
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

    /** No caller starts another call; calls in flight are completed. */
    void stop() {
        stopping = true;
    }

    void putIntoService(int port) {
        inService.add(port);
    }

    void takeOut(int port) {
        inService.remove((Integer) port);
    }

    /** Persons whose caller got the answer that they are registered. */
    List<String> registered() {
        return registered;
    }

    /** Persons of whom it is unknown what became. */
    List<String> unknown() {
        return unknown;
    }

    /** Persons whose caller got an answer that says both to look first and that the call may be repeated. */
    List<String> invited() {
        return invited;
    }

    /** Calls whose answer was about another client id than they. */
    List<String> mixedUp() {
        return mixedUp;
    }

    /** Fetches and reads that ended with a problem which does not allow a repeat. */
    List<String> givenUp() {
        return givenUp;
    }

    /** Calls that were answered with 200, by operation. */
    Map<String, Integer> done() {
        return done;
    }

    /** Answers that were no success, by their code. */
    Map<String, Integer> problems() {
        return problems;
    }

    /** Those of them that answered calls without an Idempotency-Key. */
    Map<String, Integer> problemsWithoutKey() {
        return problemsWithoutKey;
    }

    // ---- persons ----------------------------------------------------------------------------------------------------

    /** A person, and which operation of the catalogue comes next. */
    private static final class Person {
        private final String name;
        private final boolean keyed;
        private final int steps;
        private String clientId;
        private int step;
        private int repeats;

        private Person(int number, boolean keyed) {
            this.name = "person-" + number;
            this.keyed = keyed;
            this.steps = number % WHOLE_FLOW_EVERY == 0 ? Operations.ALL.size() : 1;
        }

        private Operation operation() {
            return Operations.ALL.get(step);
        }

        private boolean isRegistering() {
            return operation().effect() == Effect.REGISTERS;
        }

        private Optional<String> key() {
            return keyed && operation().method() == Method.POST
                    ? Optional.of("key-of-" + name + "-" + step)
                    : Optional.empty();
        }

        private String value(Field field) {
            return switch (field.name()) {
                case "username" -> name;
                case "itr_client_id" -> clientId;
                default -> field.example();
            };
        }

        private Map<String, Object> values() {
            Map<String, Object> values = new LinkedHashMap<>();
            operation().fields().forEach(field -> values.put(field.name(), value(field)));
            return values;
        }

        private String uri() {
            return operation().method() == Method.POST
                    ? operation().path()
                    : values().entrySet().stream()
                            .map(value -> value.getKey() + "=" + value.getValue())
                            .collect(Collectors.joining("&", operation().path() + "?", ""));
        }

        private Buffer body() {
            return operation().method() == Method.POST ? new JsonObject(values()).toBuffer() : Buffer.buffer();
        }
    }

    private void next(boolean keyed) {
        if (stopping) {
            calling--;
            return;
        }
        call(new Person(persons++, keyed));
    }

    private void advance(Person person) {
        person.step++;
        if (stopping || person.step == person.steps) {
            next(person.keyed);
        } else {
            call(person);
        }
    }

    private void again(Person person, long millis) {
        vertx.setTimer(Math.max(1, millis), now -> call(person));
    }

    // ---- calls ------------------------------------------------------------------------------------------------------

    private void call(Person person) {
        if (inService.isEmpty()) {
            again(person, AGAIN_MILLIS);
            return;
        }
        int port = inService.get(turn++ % inService.size());
        http.request(new RequestOptions()
                        .setMethod(
                                HttpMethod.valueOf(person.operation().method().name()))
                        .setHost("127.0.0.1")
                        .setPort(port)
                        .setURI(person.uri()))
                .onFailure(notConnected -> again(person, AGAIN_MILLIS))
                .onSuccess(request -> send(request, person));
    }

    private void send(HttpClientRequest request, Person person) {
        request.putHeader("x-api-key", Sandbox.API_KEY).putHeader("Content-Type", "application/json");
        person.key().ifPresent(key -> request.putHeader("Idempotency-Key", key));
        accepted++;
        request.send(person.body())
                .compose(response -> response.body().map(body -> new Answer(response, body)))
                .onSuccess(answer -> answered(answer, person))
                .onFailure(broken -> cutOff(person));
    }

    private record Answer(HttpClientResponse head, Buffer body) {}

    private void answered(Answer answer, Person person) {
        answered++;
        switch (answer.head().statusCode()) {
            case 200 -> succeeded(new JsonObject(answer.body()), person);
            case 202 -> again(person, BETWEEN_REPEATS_MILLIS);
            default -> failed(answer.head(), new JsonObject(answer.body()), person);
        }
    }

    private void succeeded(JsonObject envelope, Person person) {
        String clientId = envelope.getJsonObject("data").getString("itr_client_id");
        done.merge(person.operation().name(), 1, Integer::sum);
        if (person.isRegistering()) {
            registered.add(person.name);
            person.clientId = clientId;
        }
        if (!clientId.equals(EnforcingUpstream.clientIdOf(person.name))) {
            mixedUp.add(person.operation().name() + " of " + person.name);
        }
        advance(person);
    }

    private void failed(HttpClientResponse head, JsonObject problem, Person person) {
        problems.merge(problem.getString("code"), 1, Integer::sum);
        if (person.key().isEmpty()) {
            problemsWithoutKey.merge(problem.getString("code"), 1, Integer::sum);
        }
        boolean mayRepeat = person.isRegistering() || problem.getBoolean("retryable");
        if (problem.getString("outcome").equals("not_processed") && mayRepeat) {
            String after = head.getHeader("Retry-After");
            again(person, after == null ? AGAIN_MILLIS : Long.parseLong(after) * 1_000);
        } else if (person.isRegistering()) {
            unknownOutcome(problem, person);
        } else if (mayRepeat) {
            again(person, BETWEEN_REPEATS_MILLIS);
        } else {
            givenUp.add("%s of %s: %s".formatted(person.operation().name(), person.name, problem.getString("code")));
            next(person.keyed);
        }
    }

    private void unknownOutcome(JsonObject problem, Person person) {
        if (problem.getBoolean("retryable")) {
            invited.add(person.name);
        }
        if (person.keyed && ++person.repeats <= REPEATS_OF_UNKNOWN) {
            again(person, BETWEEN_REPEATS_MILLIS);
        } else {
            unknown.add(person.name);
            next(person.keyed);
        }
    }

    private void cutOff(Person person) {
        cutOff++;
        if (person.keyed || !person.isRegistering()) {
            again(person, AGAIN_MILLIS);
        } else {
            unknown.add(person.name);
            next(false);
        }
    }
}
