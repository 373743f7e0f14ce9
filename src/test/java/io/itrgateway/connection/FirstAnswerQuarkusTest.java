package io.itrgateway.connection;

import static org.awaitility.Awaitility.await;

import io.itrgateway.sandbox.RawCaller;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection whose first request has been answered is not waited for when the service stops, whatever was asked. */
@QuarkusTest
class FirstAnswerQuarkusTest {

    /** Shorter than the time after which a connection without an answer is no longer waited for. */
    private static final Duration SHORT = Duration.ofSeconds(8);

    @Inject
    Vertx vertx;

    @ParameterizedTest
    @ValueSource(strings = {"GET /problems", "OPTIONS *", "GET *", "POST localhost:80"})
    void aConnectionIsAnsweredWithItsFirstAnswer(String request) throws Exception {
        var arrivals = GuardedTransport.arrivals(vertx);
        try (var caller = new RawCaller(RestAssured.port)) {
            caller.send(request + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            caller.until("\r\n\r\n");

            await().atMost(SHORT).until(() -> arrivals.isQuiet(Duration.ZERO));
        }
    }
}
