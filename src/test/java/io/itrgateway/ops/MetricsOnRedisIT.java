package io.itrgateway.ops;

import io.itrgateway.sandbox.OnNativeBinary;
import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
@OnNativeBinary
class MetricsOnRedisIT extends MetricsOnRedisQuarkusTest {}
