package io.itrgateway.api;

import io.itrgateway.edge.CallerHeaders;
import io.itrgateway.upstream.DeepvueClient;
import jakarta.inject.Singleton;
import java.util.Map;

/** {@code RateLimit-Policy} and {@code RateLimit}, where there is a plan. */
@Singleton
class BudgetHeaders implements CallerHeaders {

    private final DeepvueClient deepvue;

    BudgetHeaders(DeepvueClient deepvue) {
        this.deepvue = deepvue;
    }

    @Override
    public Map<String, String> current() {
        return deepvue.budgetHeaders();
    }
}
