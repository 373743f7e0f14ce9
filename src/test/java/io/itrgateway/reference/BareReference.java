package io.itrgateway.reference;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** The reference page on, as an operator has it in production. */
public class BareReference implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        return Map.of("gateway.reference", "on");
    }

    @Override
    public void stop() {}
}
