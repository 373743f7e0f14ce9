package io.itrgateway.reference;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.Map;

/** The reference page on, as dev mode has it. */
public class SandboxReference implements QuarkusTestResourceLifecycleManager {

    @Override
    public Map<String, String> start() {
        return Map.of("gateway.reference", "sandbox");
    }

    @Override
    public void stop() {}
}
