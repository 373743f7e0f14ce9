package io.itrgateway.binding;

import io.itrgateway.sandbox.OnNativeBinary;
import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
@OnNativeBinary
class ClientBindingIT extends ClientBindingQuarkusTest {}
