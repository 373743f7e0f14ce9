package io.itrgateway.status;

import io.itrgateway.sandbox.OnNativeBinary;
import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
@OnNativeBinary
class NoStatusIT extends NoStatusQuarkusTest {}
