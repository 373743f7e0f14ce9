package io.itrgateway.edge;

import static io.itrgateway.sandbox.RawHttp2.END_STREAM;
import static io.itrgateway.sandbox.RawHttp2.INITIAL_WINDOW_SIZE;
import static io.itrgateway.sandbox.RawHttp2.headers;
import static io.itrgateway.sandbox.RawHttp2.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.RawHttp2;
import io.itrgateway.sandbox.Sandbox;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The metrics need no key, and many may ask for them at once. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
class MetricsScrapesQuarkusTest {

    private static final int SCRAPERS = 20;

    @Inject
    MeterRegistry meters;

    private final AtomicInteger renderings = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private Gauge slow;

    @BeforeEach
    void aRenderingLastsUntilTheTestLetsItEnd() {
        slow = Gauge.builder("test.renderings", this::rendered).register(meters);
    }

    private int rendered() {
        int number = renderings.incrementAndGet();
        begun.countDown();
        try {
            goOn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return number;
    }

    @AfterEach
    void letItEnd() {
        goOn.countDown();
        meters.remove(slow);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "*/*", "application/openmetrics-text"})
    void allWhoAskDuringARenderingShareTheNextOne(String accept) throws Exception {
        try (var connection = RawHttp2.connect(RestAssured.port, INITIAL_WINDOW_SIZE, 1 << 20)) {
            scrape(connection, 1, accept);
            begun.await();
            for (int i = 1; i <= SCRAPERS; i++) {
                scrape(connection, 1 + 2 * i, accept);
            }
            // One event loop serves the connection, in order: when this is answered all of them have been received.
            connection.send(RawHttp2.get(99, "/nope"));
            connection.answer(99);

            goOn.countDown();

            assertThat(rendering(connection.answer(1))).isEqualTo("test_renderings 1.0");
            for (int i = 1; i <= SCRAPERS; i++) {
                assertThat(rendering(connection.answer(1 + 2 * i))).isEqualTo("test_renderings 2.0");
            }
        }
    }

    /** The line that says which rendering it is. */
    private static String rendering(RawHttp2.Received answer) {
        assertThat(answer.status()).isEqualTo(200);
        return answer.body()
                .lines()
                .filter(line -> line.startsWith("test_renderings "))
                .findFirst()
                .orElse("");
    }

    private static void scrape(RawHttp2 connection, int stream, String accept) throws IOException {
        connection.send(headers(stream, END_STREAM, request("GET", "/q/metrics", "accept", accept)));
    }
}
