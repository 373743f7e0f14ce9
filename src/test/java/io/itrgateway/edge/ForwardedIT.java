package io.itrgateway.edge;

import io.itrgateway.sandbox.OnNativeBinary;
import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
@OnNativeBinary
class ForwardedIT extends ForwardedQuarkusTest {}
