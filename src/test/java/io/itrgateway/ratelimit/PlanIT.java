package io.itrgateway.ratelimit;

import io.itrgateway.sandbox.OnNativeBinary;
import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
@OnNativeBinary
class PlanIT extends PlanQuarkusTest {}
