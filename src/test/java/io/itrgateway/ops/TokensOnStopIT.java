package io.itrgateway.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.Person;
import io.itrgateway.sandbox.RawCaller;
import io.itrgateway.sandbox.RecordingUpstream;
import io.itrgateway.sandbox.Sandbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A service that is stopped while its issuer judges the token of a request that has not come in full. */
class TokensOnStopIT {

    private static final String ACTIVE = "{\"active\":true,\"sub\":\"acme\"}";

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch mayAnswer = new CountDownLatch(1);

    @Test
    void theTokenThatIsJudgedAfterTheAnswerLeavesNoErrorInTheLog() throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        HttpServer issuer = issuer(threads);
        try (var upstream = new RecordingUpstream()) {
            Map<String, String> environment = new HashMap<>(upstream.environment());
            environment.put("QUARKUS_OIDC_AUTH_SERVER_URL", url(issuer));
            environment.put("QUARKUS_OIDC_CLIENT_ID", "gateway");
            environment.put("QUARKUS_OIDC_CREDENTIALS_SECRET", "a-secret-of-the-gateway-at-its-issuer");
            try (var service = PackagedService.start(environment);
                    var caller = new RawCaller(service.port())) {
                String body = Person.ASHA.json();
                caller.send(("POST %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer opaque\r\n"
                                        + "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n")
                                .formatted(Sandbox.CREATE_CLIENT, body.length())
                        + body.substring(0, body.length() / 2));
                assertThat(asked.await(2, TimeUnit.MINUTES)).isTrue();

                service.terminate();
                String answer = caller.until("request_id");
                mayAnswer.countDown();

                assertThat(answer).startsWith("HTTP/1.1 503 ");
                service.exitCode();
                assertThat(service.output()).doesNotContain("ERROR", "Exception");
                assertThat(upstream.registrations()).isEmpty();
            }
        } finally {
            mayAnswer.countDown();
            issuer.stop(0);
            threads.shutdownNow();
        }
    }

    private HttpServer issuer(ExecutorService threads) throws IOException {
        HttpServer issuer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.setExecutor(threads);
        issuer.createContext(
                "/.well-known/openid-configuration",
                exchange -> answer(
                        exchange,
                        "{\"issuer\":\"%1$s\",\"jwks_uri\":\"%1$s/jwks\",\"token_endpoint\":\"%1$s/token\",\"introspection_endpoint\":\"%1$s/introspect\"}"
                                .formatted(url(issuer))));
        issuer.createContext("/jwks", exchange -> answer(exchange, "{\"keys\":[]}"));
        issuer.createContext("/introspect", exchange -> {
            asked.countDown();
            try {
                mayAnswer.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            answer(exchange, ACTIVE);
        });
        issuer.start();
        return issuer;
    }

    private static String url(HttpServer issuer) {
        return "http://localhost:" + issuer.getAddress().getPort();
    }

    private static void answer(HttpExchange exchange, String json) throws IOException {
        byte[] bytes = json.getBytes(UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }
}
