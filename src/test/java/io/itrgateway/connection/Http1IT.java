package io.itrgateway.connection;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same, for the packaged service. */
@QuarkusIntegrationTest
class Http1IT extends Http1QuarkusTest {}
