package io.itrgateway.api;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class RelayIT extends RelayQuarkusTest {}
