package io.itrgateway.idempotency;

import io.itrgateway.sandbox.OnNativeBinary;
import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
@OnNativeBinary
class JoinOnRedisIT extends JoinOnRedisQuarkusTest {}
