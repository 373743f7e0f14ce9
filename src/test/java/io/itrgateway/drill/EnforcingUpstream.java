package io.itrgateway.drill;

import io.itrgateway.operation.Operations;
import io.itrgateway.sandbox.Sandbox;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A Deepvue that knows its account's secrets and keeps its plan: every call, an authorize too, counts in a sliding second and a sliding minute, and one too many is refused
 * with 429. It knows how often each person was registered, and for which client ids it was asked. The first fetch of an annual information
 * statement is answered with 202. All on one event loop, whose thread also reads its counts.
 *
 * <p>While that loop stands still, as on a busy machine, calls arrive that it reads all at once. So a call has a first and a last moment at which
 * it may have arrived, and is one too many only if it is so for any of them.
 */
final class EnforcingUpstream implements AutoCloseable {

    private static final String ENVELOPE =
            "{\"code\":%d,\"transaction_id\":\"txn_drill\",\"data\":{\"itr_client_id\":\"%s\"}}";
    private static final int LEAST_MILLIS = 50;
    private static final int MOST_MILLIS = 300;
    private static final int TURN_MILLIS = 5;

    private final Vertx vertx;
    private final HttpServer server;
    private final Duration second;
    private final int perSecond;
    private final int perMinute;
    private final Random random = new Random(5);
    private final Deque<Long> lastSecond = new ArrayDeque<>();
    private final Deque<Long> lastMinute = new ArrayDeque<>();
    private final Map<String, Integer> registrations = new HashMap<>();
    private final Set<String> pending = new HashSet<>();

    /** The client secrets of the account. */
    final Set<String> accepted = new HashSet<>(Set.of(Sandbox.CLIENT_SECRET));

    /** Of each refusal: how many milliseconds ago the calls of its second came. */
    final List<List<Long>> refusals = new ArrayList<>();

    private long lastTurn = System.nanoTime();
    private long turnBefore = lastTurn;

    int calls;
    int registered;
    int refused;
    int unauthorized;
    int authorizes;
    int mostInASecond;
    int mostInAMinute;

    EnforcingUpstream(Vertx vertx, int perSecond, int perMinute) {
        this(vertx, perSecond, perMinute, Duration.ofSeconds(1));
    }

    /** @param second shorter than one where calls that were sent within a second may come within less, because the machine is busy */
    EnforcingUpstream(Vertx vertx, int perSecond, int perMinute, Duration second) {
        this.vertx = vertx;
        this.second = second;
        this.perSecond = perSecond;
        this.perMinute = perMinute;
        this.server = vertx.createHttpServer(new HttpServerOptions().setAcceptBacklog(1024))
                .requestHandler(this::handle)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        noteTurn();
    }

    /** Not a periodic timer, which makes up for a pause with turns that take no time. */
    private void noteTurn() {
        turnBefore = lastTurn;
        lastTurn = System.nanoTime();
        vertx.setTimer(TURN_MILLIS, due -> noteTurn());
    }

    Map<String, String> environment() {
        return Map.of(
                "DEEPVUE_BASE_URL",
                "http://127.0.0.1:" + server.actualPort(),
                "DEEPVUE_CLIENT_ID",
                "drill",
                "DEEPVUE_CLIENT_SECRET",
                Sandbox.CLIENT_SECRET,
                "DEEPVUE_PLAN",
                perSecond + "/" + perMinute + "/50000",
                "GATEWAY_API_KEYS",
                Sandbox.API_KEYS);
    }

    /** The id of the client that a registration makes. */
    static String clientIdOf(String username) {
        return "itr_of_" + username;
    }

    int registrationsOf(String username) {
        return registrations.getOrDefault(username, 0);
    }

    /** Persons who were registered more than once. */
    List<String> registeredTwice() {
        return registrations.entrySet().stream()
                .filter(person -> person.getValue() > 1)
                .map(Map.Entry::getKey)
                .toList();
    }

    int port() {
        return server.actualPort();
    }

    private void handle(HttpServerRequest request) {
        if (request.path().equals(Callers.WARM_UP)) {
            request.body().onSuccess(body -> request.response().end(ENVELOPE.formatted(200, "")));
            return;
        }
        long now = System.nanoTime();
        boolean within = count(now);
        request.response().putHeader("Content-Type", "application/json");
        if (!within) {
            refused++;
            refusals.add(lastSecond.stream().map(at -> (now - at) / 1_000_000).toList());
            request.response()
                    .setStatusCode(429)
                    .end("{\"detail\":\"Rate limit exceeded. Please retry after some time.\"}");
        } else if (request.path().equals(Sandbox.AUTHORIZE)) {
            request.setExpectMultipart(true); // also for a form
            request.end().onSuccess(whole -> authorize(request));
        } else if (accepted.contains(request.getHeader("x-api-key"))) {
            request.body().onSuccess(body -> answer(request, body));
        } else {
            refuseAccount(request);
        }
    }

    private void authorize(HttpServerRequest request) {
        if (accepted.contains(request.getFormAttribute("client_secret"))) {
            authorizes++;
            request.response().end("{\"access_token\":\"drill-token-" + authorizes + "\",\"expiry\":\"24hrs\"}");
        } else {
            refuseAccount(request);
        }
    }

    private void refuseAccount(HttpServerRequest request) {
        unauthorized++;
        request.response().setStatusCode(401).end("{\"detail\":\"Unauthorized\"}");
    }

    private void answer(HttpServerRequest request, Buffer body) {
        String clientId;
        int status = 200;
        if (request.path().equals(Sandbox.CREATE_CLIENT)) {
            String username = new JsonObject(body).getString("username");
            registered++;
            registrations.merge(username, 1, Integer::sum);
            clientId = clientIdOf(username);
        } else {
            clientId = body.length() > 0
                    ? new JsonObject(body).getString("itr_client_id")
                    : request.getParam("itr_client_id");
            boolean isFirst = request.path().equals(Operations.AIS_DOWNLOAD.path()) && pending.add(clientId);
            status = isFirst ? 202 : 200;
        }
        String envelope = ENVELOPE.formatted(status, clientId);
        request.response().setStatusCode(status);
        vertx.setTimer(
                LEAST_MILLIS + random.nextInt(MOST_MILLIS - LEAST_MILLIS),
                due -> request.response().end(envelope));
    }

    private boolean count(long now) {
        calls++;
        int inSecond = within(lastSecond, now, second);
        int inMinute = within(lastMinute, now, Duration.ofMinutes(1));
        mostInASecond = Math.max(mostInASecond, inSecond);
        mostInAMinute = Math.max(mostInAMinute, inMinute);
        return inSecond <= perSecond && inMinute <= perMinute;
    }

    /** What waits while a turn is late may be read before or after the note of that turn: a call came after the turn before the last at the earliest. */
    private int within(Deque<Long> window, long now, Duration length) {
        window.addLast(turnBefore);
        while (now - window.getFirst() >= length.toNanos()) {
            window.removeFirst();
        }
        return window.size();
    }

    @Override
    public void close() {
        server.close();
    }
}
