package io.itrgateway.ops;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same, for the packaged service. */
@QuarkusIntegrationTest
class OperatingIT extends OperatingQuarkusTest {}
