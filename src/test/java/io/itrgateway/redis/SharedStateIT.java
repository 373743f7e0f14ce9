package io.itrgateway.redis;

import io.itrgateway.sandbox.OnNativeBinary;
import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
@OnNativeBinary
class SharedStateIT extends SharedStateQuarkusTest {}
