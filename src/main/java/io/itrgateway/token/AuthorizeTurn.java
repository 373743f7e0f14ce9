package io.itrgateway.token;

import io.itrgateway.ratelimit.RateLimiter;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** How long an authorize may wait for its turn in the plan. */
@ApplicationScoped
public class AuthorizeTurn {

    private final RateLimiter limiter;

    AuthorizeTurn(RateLimiter limiter) {
        this.limiter = limiter;
    }

    public Duration longestWait() {
        return limiter.longestWait();
    }
}
