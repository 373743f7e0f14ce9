package io.itrgateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The plan and the callers' limits as an operator writes them. */
class PlanTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "premium",
                "17",
                "17/1000",
                "17/1000/50000/1",
                "-1/2/3",
                "1.5/2/3",
                "17/1000/x",
                "1/2/1000001",
                "50000/1000/17",
                "17/5/50000",
                "17/0/5"
            })
    void whatIsNoPlanIsRefused(String text) {
        assertThat(Plan.of(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "starter, 1, 30, 1000",
        "business, 2, 100, 10000",
        "growth, 5, 500, 20000",
        "enterprise, 17, 1000, 50000",
        "Enterprise, 17, 1000, 50000",
        "unlimited, 0, 0, 0",
        "3/0/700, 3, 0, 700",
        "5/5/5, 5, 5, 5"
    })
    void aPlanIsANameOrThreeNumbers(String text, int perSecond, int perMinute, int perDay) {
        assertThat(Plan.of(text)).contains(new Plan(perSecond, perMinute, perDay));
    }

    @Test
    void zeroIsNoLimit() {
        assertThat(new Plan(0, 5, 0).windows()).extracting(Window::name).containsExactly("minute");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"acme", "acme:", "acme:5", ":1/2/3", "acme:1/2/3,acme:1/2/3", "acme:1/2/3;b:1/2/3", "acme:3/2/1"
            })
    void callerLimitsThatAreNoneAreAFault(String text) {
        var faults = new ConfigurationFaults();

        CallerLimits.from(Optional.of(text), faults);

        assertThat(faults.lines()).hasSize(1);
        assertThat(faults.lines().get(0)).startsWith("GATEWAY_CALLER_LIMITS is ");
    }

    @Test
    void callerLimitsNameEachCallerOnce() {
        var faults = new ConfigurationFaults();

        Map<String, Plan> limits = CallerLimits.from(
                Optional.of(" acme:5/100/2000 , oidc:asha:0/0/10\r\n oidc-client:svc-a:0/0/20,"), faults);

        assertThat(faults.lines()).isEmpty();
        assertThat(limits)
                .containsOnly(
                        Map.entry("acme", new Plan(5, 100, 2000)),
                        Map.entry("oidc:asha", new Plan(0, 0, 10)),
                        Map.entry("oidc-client:svc-a", new Plan(0, 0, 20)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "acme",
                "acme:",
                "acme:0",
                "acme:101",
                "acme:1.5",
                "acme:-1",
                ":2",
                "acme:2,acme:3",
                "acme:2;b:3",
                "a b:2"
            })
    void callerWeightsThatAreNoneAreAFault(String text) {
        var faults = new ConfigurationFaults();

        RateLimitSettings.weights(Optional.of(text), faults);

        assertThat(faults.lines()).hasSize(1);
        assertThat(faults.lines().get(0)).startsWith("GATEWAY_CALLER_WEIGHTS is ");
    }

    @Test
    void callerWeightsNameEachCallerOnce() {
        var faults = new ConfigurationFaults();

        var weights = RateLimitSettings.weights(Optional.of(" acme:5 \n oidc:asha:100,"), faults);

        assertThat(faults.lines()).isEmpty();
        assertThat(weights).containsOnly(Map.entry("acme", 5), Map.entry("oidc:asha", 100));
    }
}
