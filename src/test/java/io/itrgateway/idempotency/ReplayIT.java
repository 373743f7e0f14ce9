package io.itrgateway.idempotency;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same, of the packaged service. */
@QuarkusIntegrationTest
class ReplayIT extends ReplayQuarkusTest {}
