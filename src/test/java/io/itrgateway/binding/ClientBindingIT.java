package io.itrgateway.binding;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class ClientBindingIT extends ClientBindingQuarkusTest {}
