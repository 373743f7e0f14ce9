package io.itrgateway.token.redis;

import io.itrgateway.sandbox.OnNativeBinary;
import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
@OnNativeBinary
class SharedTokenIT extends SharedTokenQuarkusTest {}
