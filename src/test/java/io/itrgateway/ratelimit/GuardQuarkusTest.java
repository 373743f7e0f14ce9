package io.itrgateway.ratelimit;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.metric;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Person.magic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.matchesPattern;

import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An upstream that turns calls away, and one that keeps failing, over HTTP. */
@QuarkusTest
@QuarkusTestResource(
        value = Sandbox.class,
        restrictToAnnotatedClass = true,
        initArgs = {
            @ResourceArg(name = "gateway.breaker-attempts", value = "4"),
            @ResourceArg(name = "gateway.breaker-pause", value = "8s"),
            @ResourceArg(name = "gateway.hold-back", value = "60s"),
            @ResourceArg(name = "gateway.max-wait", value = "30s")
        })
class GuardQuarkusTest {

    private static final Duration LONG = Duration.ofMinutes(3);

    @BeforeEach
    void allIsWell() {
        // Whatever a test before has brought about heals by itself.
        for (int served = 0; served < 4; served++) {
            await().atMost(LONG).until(() -> register(ASHA).extract().statusCode() == 200);
        }
        Sandbox.forget();
    }

    @ParameterizedTest
    @CsvSource({"quota-exhausted, 429", "upstream-unavailable, 503"})
    void whenTheUpstreamTurnsOneCallAwayTheOthersAreHeldBackAndThenServed(String code, int status) {
        // Long enough for a busy machine to look while it lasts.
        Sandbox.stubs()
                .stubFor(post(Sandbox.CREATE_CLIENT)
                        .atPriority(1)
                        .withRequestBody(containing("turned-away"))
                        .willReturn(aResponse().withStatus(status).withHeader("Retry-After", "8")));

        register(magic("turned-away"))
                .statusCode(status)
                .body("code", equalTo(code))
                .header("Retry-After", matchesPattern("8|9|10"));

        // Nothing can go at once; calls that wait are served when the pause is over.
        send(caller().header("Prefer", "wait=0"), ASHA.json())
                .statusCode(status)
                .body("code", equalTo(code))
                .body("outcome", equalTo("not_processed"))
                .body("detail", containsString("held back"));
        register(ASHA).statusCode(200);

        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"upstream-error", "upstream-invalid-response", "upstream-connection-lost"})
    void anUpstreamThatKeepsFailingIsNotCalledUntilAProbeSucceeds(String failure) {
        register(magic(failure)).body("outcome", equalTo("unknown"));
        register(magic(failure)).body("outcome", equalTo("unknown"));
        assertThat(metric("gateway_breaker_state")).isEqualTo(1);
        int sent = Sandbox.received(Sandbox.CREATE_CLIENT);

        register(ASHA)
                .statusCode(503)
                .header("Retry-After", matchesPattern("[1-8]"))
                .body("code", equalTo("upstream-unavailable"))
                .body("outcome", equalTo("not_processed"))
                .body("retryable", equalTo(true));

        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isEqualTo(sent);
        await().atMost(LONG).until(() -> register(ASHA).extract().statusCode() == 200);
        assertThat(metric("gateway_breaker_state")).isZero();
        assertThat(metric("gateway_breaker_transitions_total{to=\"open\"}")).isPositive();
        assertThat(metric("gateway_shed_total{reason=\"breaker\"}")).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"upstream-rejected", "upstream-rejected-400"})
    void refusalsOfARequestDoNotOpenTheCircuit(String refusal) {
        for (int i = 0; i < 8; i++) {
            register(magic(refusal)).body("outcome", equalTo("rejected"));
        }

        register(ASHA).statusCode(200);
    }
}
