package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.problem.GatewayException;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One test for each bug that was found here. */
class EdgeRegressionTest {

    private static final String DEMO = "2a97516c354b68848cdbd8f54a226a0a55b21ed138e207ad6c5cbb9c00aa5aea";

    private final ConfigurationFaults faults = new ConfigurationFaults();

    @Test
    void aDigestThatStandsBeforeItsNameIsNotShown() {
        new CallerKeys(() -> Optional.of(DEMO + ":demo"), faults);

        assertThat(faults.lines())
                .hasSize(1)
                .allSatisfy(line -> assertThat(line).doesNotContain(DEMO));
    }

    @Test
    void aKeyThatStandsBeforeItsNameIsNotShown() {
        new CallerKeys(() -> Optional.of("sk_live_51H8xyz:demo"), faults);

        assertThat(faults.lines())
                .hasSize(1)
                .allSatisfy(line -> assertThat(line).doesNotContain("sk_live_51H8xyz"));
    }

    @Test
    void theDigestOfNoKeyAtAllIsAFault() {
        // printf %s "$KEY" | sha256sum, with KEY not set
        var keys = new CallerKeys(
                () -> Optional.of("demo:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), faults);

        assertThat(keys.nameOf("")).isEmpty();
        assertThat(faults.lines()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo=\"a, wait=5\"", "foo=\"a,wait=abc\"", "foo=\"\\\",wait=5\""})
    void aWaitInsideTheQuotedValueOfAnotherPreferenceIsNone(String prefer) {
        assertThat(PreferWaitHeader.of(List.of(prefer))).isEmpty();
    }

    @Test
    void aQuotedValueWithASemicolonDoesNotHideTheWaitThatFollows() {
        assertThat(PreferWaitHeader.of(List.of("foo=\"a;b\", wait=5"))).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"wait=\"10", "wait=10\""})
    void aWaitInHalfAPairOfQuotesIsMalformed(String prefer) {
        Assertions.assertThatThrownBy(() -> PreferWaitHeader.of(List.of(prefer)))
                .isInstanceOf(GatewayException.class);
    }
}
