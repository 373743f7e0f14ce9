package io.itrgateway.telemetry;

import io.itrgateway.sandbox.OnNativeBinary;
import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
@OnNativeBinary
class TracesIT extends TracesQuarkusTest {}
