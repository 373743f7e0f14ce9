package io.itrgateway.ops;

import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.SharedRedis;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;

/** With everything that replicas share in Redis. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = SharedRedis.class, restrictToAnnotatedClass = true)
@TestProfile(MetricsQuarkusTest.WithAPlan.class)
@Needs(Needs.Tool.REDIS)
class MetricsOnRedisQuarkusTest extends MetricsSpecification {

    @Override
    boolean isElsewhere(String metric) {
        return metric.startsWith("gateway_idempotency_kept_") || metric.equals("gateway_idempotency_evicted_total");
    }
}
