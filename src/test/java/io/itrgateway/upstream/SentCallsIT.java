package io.itrgateway.upstream;

import io.itrgateway.sandbox.OnNativeBinary;
import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
@OnNativeBinary
class SentCallsIT extends SentCallsQuarkusTest {}
