package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.RecordingUpstream;
import io.itrgateway.sandbox.SelfSigned;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged service, stopped while callers open a new connection for each call. */
class ConnectionsOnStopIT {

    /** Generous: what is tested here is what happens, on a machine that is kept busy. */
    private static final Duration LONG = Duration.ofMinutes(2);

    private static final int CALLERS = 100;

    /** What comes between the last accept and the close is reset, and on a busy machine the thread may be interrupted there. */
    private static final int MOST_LOST = 5;

    private final RecordingUpstream upstream = new RecordingUpstream();
    private final SelfSigned certificate = SelfSigned.of("localhost", 2);
    private final List<Process> busyLoops = new ArrayList<>();
    private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    private final Queue<String> lost = new ConcurrentLinkedQueue<>();
    private final AtomicInteger calls = new AtomicInteger();
    private PackagedService service;

    private void start(String... namesAndValues) throws IOException {
        Map<String, String> environment = new HashMap<>(upstream.environment());
        environment.put(
                "QUARKUS_HTTP_SSL_CERTIFICATE_KEY_STORE_FILE",
                certificate.store().toString());
        environment.put("QUARKUS_HTTP_SSL_CERTIFICATE_KEY_STORE_PASSWORD", SelfSigned.PASSWORD);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        service = PackagedService.start(environment);
        service.port();
    }

    @AfterEach
    void stop() throws IOException {
        callers.shutdownNow();
        busyLoops.forEach(Process::destroyForcibly);
        if (service != null) {
            service.close();
        }
        upstream.close();
    }

    private void keepTheMachineBusy() throws IOException {
        for (int i = 0; i < 2; i++) {
            busyLoops.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
        }
    }

    @ParameterizedTest(name = "over TLS: {0}")
    @ValueSource(booleans = {false, true})
    void nearlyEveryNewConnectionIsAnsweredOrRefusedWhenTheServiceStops(boolean tls) throws Exception {
        start();
        int port = tls ? service.tlsPort() : service.port();
        SocketFactory sockets = tls ? certificate.sockets() : SocketFactory.getDefault();
        for (int i = 0; i < CALLERS; i++) {
            callers.submit(() -> callUntilConnectionsAreRefused(sockets, port));
        }
        await().atMost(LONG).until(() -> upstream.registrations().size() > 5 * CALLERS);
        keepTheMachineBusy();

        service.terminate();

        callers.shutdown();
        assertThat(callers.awaitTermination(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(lost).as("connected, and not answered").hasSizeLessThanOrEqualTo(MOST_LOST);
    }

    private void callUntilConnectionsAreRefused(SocketFactory sockets, int port) {
        while (true) {
            try (var socket = sockets.createSocket()) {
                if (!connects(socket, port)) {
                    return;
                }
                waitForRetryAfter(answer(socket));
            } catch (IOException | InterruptedException e) {
                lost.add(e.toString());
            }
        }
    }

    private static boolean connects(Socket socket, int port) {
        try {
            socket.connect(new InetSocketAddress("localhost", port));
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private Http1Caller.Answer answer(Socket connected) throws IOException {
        try (var caller = new Http1Caller(connected)) {
            caller.send(Http1Caller.registration("anew-" + calls.incrementAndGet()));
            return caller.answer();
        }
    }

    private void waitForRetryAfter(Http1Caller.Answer answer) throws InterruptedException {
        if (answer.status() == 200) {
            return;
        }
        if (!answer.says("overloaded", "not_processed") || !answer.endsTheConnection()) {
            lost.add(answer.toString());
        }
        TimeUnit.SECONDS.sleep(Long.parseLong(answer.header("Retry-After")));
    }
}
