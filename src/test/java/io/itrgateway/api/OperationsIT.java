package io.itrgateway.api;

import io.itrgateway.sandbox.OnNativeBinary;
import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
@OnNativeBinary
class OperationsIT extends OperationsQuarkusTest {}
