package io.itrgateway.problem;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** One test for each bug that was found here. */
class ProblemRegressionTest {

    @Test
    void theDelayIsRoundedUpFromANanosecond() {
        assertThat(GatewayException.of(ProblemKind.OVERLOADED)
                        .retryAfter(Duration.ofSeconds(2).plusNanos(1))
                        .retryAfterSeconds())
                .contains(3L);
    }

    @Test
    void aValueOfTwoLinesIsOneFaultAndOneLine() {
        var faults = new ConfigurationFaults();

        faults.readCount("gateway.max-in-flight", "12\nERROR forged line", 1, 9);

        assertThat(faults.lines())
                .hasSize(1)
                .allSatisfy(line -> assertThat(line).doesNotContain("\n"));
    }

    @Test
    void aCountOfOtherScriptsIsJudgedAsATimeOfOtherScriptsIs() {
        var faults = new ConfigurationFaults();

        faults.readCount("gateway.max-in-flight", "١٢", 1, 99);

        assertThat(faults.lines()).hasSize(1);
    }
}
