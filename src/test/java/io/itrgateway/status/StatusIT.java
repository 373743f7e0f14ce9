package io.itrgateway.status;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class StatusIT extends StatusQuarkusTest {}
