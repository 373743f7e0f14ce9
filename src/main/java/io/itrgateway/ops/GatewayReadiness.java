package io.itrgateway.ops;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * Ready from the start to the signal to stop. It asks the upstream nothing: an upstream that is down makes truthful answers, not an
 * instance that is taken out; and a check must not spend a call of the plan.
 */
@ApplicationScoped
@Readiness
@Startup
class GatewayReadiness implements HealthCheck {

    private static final String NAME = "accepting calls";

    private final Drain drain;

    GatewayReadiness(Drain drain) {
        this.drain = drain;
    }

    @Override
    public HealthCheckResponse call() {
        return drain.isStopping() ? HealthCheckResponse.down(NAME) : HealthCheckResponse.up(NAME);
    }
}
