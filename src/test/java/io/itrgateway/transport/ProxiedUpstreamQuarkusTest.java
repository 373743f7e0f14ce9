package io.itrgateway.transport;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A service that reaches Deepvue through the proxy of {@code HTTPS_PROXY} only. */
@QuarkusTest
@QuarkusTestResource(value = ProxiedUpstream.class, restrictToAnnotatedClass = true)
class ProxiedUpstreamQuarkusTest {

    @BeforeEach
    void aTokenIsThereAndNoConnection() {
        ProxiedUpstream.proxy().letsPass();
        // The first connection of a process takes long on a busy machine.
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> register(ASHA).statusCode(200));
        ProxiedUpstream.proxy().hangUp();
    }

    @ParameterizedTest
    @ValueSource(ints = {407, 403, 502, 503, 504})
    void whatTheProxyRefusesHasNotBeenSent(int status) {
        ProxiedUpstream.proxy().refuses(status);

        register(ASHA)
                .statusCode(503)
                .body("code", equalTo("upstream-unavailable"))
                .body("outcome", equalTo("not_processed"))
                .body(not(containsString(ProxiedUpstream.PASSWORD)));
    }

    /** The time is bounded by deepvue.connect-timeout (2 s), long before deepvue.timeout (60 s) would be. */
    @Test
    void whatTheProxyDoesNotAnswerHasNotBeenSent() {
        ProxiedUpstream.proxy().hangs();

        register(ASHA)
                .statusCode(503)
                .body("code", equalTo("upstream-unavailable"))
                .body("outcome", equalTo("not_processed"));
    }

    @Test
    void aCallWhoseConnectionIsNotThereByItsDeadlineHasNotBeenSentAndIsRefusedThen() {
        ProxiedUpstream.proxy().hangs();

        send(caller().header("Prefer", "wait=1"), ASHA.json())
                .statusCode(503)
                .body("code", equalTo("upstream-unavailable"))
                .body("outcome", equalTo("not_processed"))
                .body("detail", containsString("deadline"));
    }

    @Test
    void authorizeAndCallsGoThroughTheProxyWhichLooksUpTheName() {
        register(ASHA).statusCode(200).body("data.itr_client_id", equalTo("itr_proxied"));

        assertThat(ProxiedUpstream.proxy().heads())
                .hasSizeGreaterThan(1)
                .allMatch(head -> head.startsWith("CONNECT " + ProxiedUpstream.HOST + ":"));
    }
}
