package io.itrgateway.transport;

import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Person.ASHA;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.ResourceArg;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

/** The TLS configuration named deepvue: an authority of the company's own, and a client certificate. */
@QuarkusTest
@QuarkusTestResource(
        value = TlsUpstream.class,
        restrictToAnnotatedClass = true,
        initArgs = @ResourceArg(name = "known", value = "true"))
class TrustedUpstreamQuarkusTest {

    @Test
    void isSpokenToWithOurOwnCertificate() {
        register(ASHA).statusCode(200).body("data.itr_client_id", equalTo("itr_tls"));
    }
}
