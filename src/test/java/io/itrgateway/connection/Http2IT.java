package io.itrgateway.connection;

import io.quarkus.test.junit.QuarkusIntegrationTest;

/** The same, for the packaged service. */
@QuarkusIntegrationTest
class Http2IT extends Http2QuarkusTest {}
