package io.itrgateway.sandbox;

import static org.awaitility.Awaitility.await;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An upstream whose answers a test holds back and lets go by hand: for what depends on when something happens, without waiting
 * for time to pass.
 */
public class HeldUpstream implements QuarkusTestResourceLifecycleManager {

    private static final String TOKEN = "{\"access_token\":\"held-upstream-token\",\"expiry\":\"24hrs\"}";
    private static final String ENVELOPE =
            "{\"code\":200,\"transaction_id\":\"txn_held\",\"data\":{\"itr_client_id\":\"itr_held\"}}";

    private static final Queue<HttpServerResponse> HELD = new ConcurrentLinkedQueue<>();
    private static final AtomicInteger REGISTRATIONS = new AtomicInteger();
    private static final AtomicInteger AUTHORIZES = new AtomicInteger();
    private static final AtomicInteger RESETS = new AtomicInteger();

    private static Vertx vertx;
    private static HttpServer server;
    private static int port;
    private static volatile boolean holding;

    @Override
    public Map<String, String> start() {
        vertx = Vertx.vertx();
        port = FreePort.next();
        startAgain();
        // Generous times: what is tested here is what happens, on a machine that may be busy.
        return Map.of(
                "deepvue.base-url",
                "http://localhost:" + port,
                "deepvue.connect-timeout",
                "60s",
                "deepvue.timeout",
                "5m",
                "smallrye.config.locations",
                Sandbox.account().toString());
    }

    @Override
    public void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** Listens, on the port of the first time. */
    public static void startAgain() {
        server = vertx.createHttpServer(new HttpServerOptions().setAcceptBacklog(8192))
                .requestHandler(HeldUpstream::handle)
                .listen(port)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    /** Stops listening and closes every connection, the idle ones too. */
    public static void goDown() {
        server.close().toCompletionStage().toCompletableFuture().join();
        // Java gives the port back at the next turn of the event loop that listened, which may be after that.
        await().atMost(Duration.ofMinutes(1)).until(() -> FreePort.isFree(port));
    }

    private static void handle(HttpServerRequest request) {
        if (request.path().equals(Sandbox.AUTHORIZE)) {
            AUTHORIZES.incrementAndGet();
            request.response().putHeader("Content-Type", "application/json").end(TOKEN);
            return;
        }
        REGISTRATIONS.incrementAndGet();
        request.response().exceptionHandler(broken -> RESETS.incrementAndGet());
        request.response().putHeader("Content-Type", "application/json");
        if (holding) {
            HELD.add(request.response());
        } else {
            request.response().end(ENVELOPE);
        }
    }

    /** From now on no registration is answered. */
    public static void hold() {
        HELD.clear();
        REGISTRATIONS.set(0);
        AUTHORIZES.set(0);
        RESETS.set(0);
        holding = true;
    }

    /** Answers all that is held, and everything from now on. */
    public static void letGo() {
        holding = false;
        for (HttpServerResponse held = HELD.poll(); held != null; held = HELD.poll()) {
            held.end(ENVELOPE);
        }
    }

    /** Closes the connections of all that is held, unanswered. */
    public static void hangUpOnHeld() {
        holding = false;
        for (HttpServerResponse held = HELD.poll(); held != null; held = HELD.poll()) {
            held.reset();
        }
    }

    public static int registrations() {
        return REGISTRATIONS.get();
    }

    public static int authorizes() {
        return AUTHORIZES.get();
    }

    /** Registrations whose connection was closed by the other side before they were answered. */
    public static int resets() {
        return RESETS.get();
    }
}
