package io.itrgateway.transport;

import io.itrgateway.sandbox.OnNativeBinary;
import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
@OnNativeBinary
class TrustedUpstreamIT extends TrustedUpstreamQuarkusTest {}
