package io.itrgateway.ops;

import io.quarkus.runtime.Application;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.eclipse.microprofile.health.Startup;

/**
 * Ready from the end of the start, when every port is open (the plain port opens before the one for TLS), to the signal to stop. It does not call the
 * upstream: while that is down, this instance still gives correct answers; and a check must not use a call of the plan.
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
        var application = Application.currentApplication();
        boolean started = application != null && application.isStarted();
        return started && !drain.isStopping() ? HealthCheckResponse.up(NAME) : HealthCheckResponse.down(NAME);
    }
}
