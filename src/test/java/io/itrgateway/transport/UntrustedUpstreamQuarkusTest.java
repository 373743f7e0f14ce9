package io.itrgateway.transport;

import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Person.ASHA;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

/** An upstream with a certificate that no trusted authority has signed. */
@QuarkusTest
@QuarkusTestResource(value = TlsUpstream.class, restrictToAnnotatedClass = true)
class UntrustedUpstreamQuarkusTest {

    @Test
    void isNotSpokenTo() {
        register(ASHA)
                .statusCode(503)
                .body("code", equalTo("upstream-unavailable"))
                .body("outcome", equalTo("not_processed"));
    }
}
