package io.itrgateway.problem;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same, for the packaged service. */
@QuarkusIntegrationTest
class FrameworkIT extends FrameworkQuarkusTest {}
