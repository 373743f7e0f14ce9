package io.itrgateway.ops;

import io.itrgateway.ratelimit.RateLimiter;
import io.itrgateway.redis.SharedState;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Says what is shared with other replicas, and how that is going. It is never down: a replica that has lost Redis serves on its own, and to
 * take it out, and with it all the others, would make a fault of a slow-down.
 */
@ApplicationScoped
@Readiness
class SharedStateHealth implements HealthCheck {

    private final SharedState shared;
    private final RateLimiter limiter;

    SharedStateHealth(SharedState shared, RateLimiter limiter) {
        this.shared = shared;
        this.limiter = limiter;
    }

    @Override
    public HealthCheckResponse call() {
        var response = HealthCheckResponse.named("shared state").up();
        if (!shared.isInRedis()) {
            return response.withData("redis", "not used").build();
        }
        response.withData("redis", shared.isRedisUp() ? "up" : "away");
        limiter.sharing()
                .ifPresent(budget -> response.withData("budget", budget.isShared() ? "together" : "alone")
                        .withData("replicas", budget.replicas()));
        return response.build();
    }
}
