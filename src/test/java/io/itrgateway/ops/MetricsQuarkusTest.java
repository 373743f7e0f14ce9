package io.itrgateway.ops;

import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.util.Map;

/** With everything in this process. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@TestProfile(MetricsQuarkusTest.WithAPlan.class)
class MetricsQuarkusTest extends MetricsSpecification {

    public static class WithAPlan implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("deepvue.plan", "1000/10000/100000");
        }
    }

    @Override
    boolean isElsewhere(String metric) {
        return metric.startsWith("gateway_redis_")
                || metric.equals("gateway_budget_together")
                || metric.equals("gateway_replicas");
    }
}
