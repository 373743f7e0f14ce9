package io.itrgateway.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.sandbox.LoggedLines;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TokenTelemetryTest {

    private final TokenTelemetry meter = new TokenTelemetry(new SimpleMeterRegistry(), Clock.systemUTC());

    @Test
    void anIgnoredDateIsLoggedOnceAndAgainAfterOneThatWasBelieved() {
        try (var log = new LoggedLines(TokenTelemetry.class.getName())) {
            meter.recordExpiryClock(false);
            assertThat(log.all()).isEmpty();

            meter.recordExpiryClock(true);
            meter.recordExpiryClock(true);
            assertThat(log.all())
                    .hasSize(1)
                    .first()
                    .extracting(LoggedLines.Line::level)
                    .hasToString("WARN");

            meter.recordExpiryClock(false);
            meter.recordExpiryClock(true);
            assertThat(log.all()).hasSize(2);
        }
    }

    @Test
    void anAuthorizeThatAStopPreventsIsNoWarning() {
        try (var log = new LoggedLines(TokenTelemetry.class.getName())) {
            meter.recordFailure(
                    GatewayException.of(ProblemKind.OVERLOADED, "The service is stopping."), Duration.ofSeconds(1));

            assertThat(log.all()).singleElement().satisfies(line -> {
                assertThat(line.level()).hasToString("INFO");
                assertThat(line.message()).contains("The service is stopping.");
            });
        }
    }
}
