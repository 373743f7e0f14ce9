package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms are those of RFC 7240, section 2. */
class PreferWaitHeaderTest {

    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wait=10",
                "WAIT=10",
                "Wait=10",
                "wait=\"10\"",
                "wait = 10",
                " wait=10 ",
                "wait=010",
                "respond-async, wait=10",
                "respond-async,wait=10,return=minimal",
                "wait=10; foo=bar",
                "wait=10 ;foo",
                "handling=lenient; wait=3, wait=10",
                "waiting=3, await=4, x-wait=5, wait=10",
                ", ,wait=10,"
            })
    void theCallerSaysHowLongItWillWait(String prefer) {
        assertThat(PreferWaitHeader.of(List.of(prefer))).contains(TEN_SECONDS);
    }

    @Test
    void theWaitMayStandOnALaterLine() {
        assertThat(PreferWaitHeader.of(List.of("respond-async", "return=minimal, wait=10")))
                .contains(TEN_SECONDS);
    }

    @Test
    void theFirstWaitOfALineCounts() {
        assertThat(PreferWaitHeader.of(List.of("wait=10, wait=20"))).contains(TEN_SECONDS);
    }

    @Test
    void theFirstWaitOfSeveralLinesCounts() {
        assertThat(PreferWaitHeader.of(List.of("wait=10", "wait=20"))).contains(TEN_SECONDS);
    }

    @Test
    void aSecondWaitIsNotEvenRead() {
        assertThat(PreferWaitHeader.of(List.of("wait=10", "wait=nonsense"))).contains(TEN_SECONDS);
    }

    @Test
    void aCallerMayWaitNoTimeAtAll() {
        assertThat(PreferWaitHeader.of(List.of("wait=0"))).contains(Duration.ZERO);
    }

    @Test
    void aCallerMayWaitForYears() {
        assertThat(PreferWaitHeader.of(List.of("wait=999999999"))).contains(Duration.ofSeconds(999_999_999));
    }

    @Test
    void withoutTheHeaderNothingIsAsked() {
        assertThat(PreferWaitHeader.of(List.of())).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                ";",
                "=",
                "respond-async",
                "return=representation",
                "waiting=10",
                "x=wait",
                "x=\"wait\"",
                "foo; wait=10",
                "handling=strict; wait=nonsense"
            })
    void otherPreferencesAreIgnored(String prefer) {
        assertThat(PreferWaitHeader.of(List.of(prefer))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "wait",
                "wait=",
                "wait=\"\"",
                "wait=abc",
                "wait=-1",
                "wait=+1",
                "wait=1.5",
                "wait=1e3",
                "wait=10s",
                "wait=1 0",
                "wait='10'",
                "wait=0x10",
                "wait=१०",
                "wait==10",
                "wait=1000000000",
                "wait=99999999999999999999",
                "wait; foo=bar",
                "respond-async, wait=soon"
            })
    void aWaitThatIsNoNumberOfSecondsIsMalformed(String prefer) {
        var failure = catchThrowableOfType(GatewayException.class, () -> PreferWaitHeader.of(List.of(prefer)));

        assertThat(failure.kind()).isEqualTo(ProblemKind.MALFORMED_REQUEST);
        assertThat(failure.detail()).isEqualTo("The header Prefer has a wait that is not a whole number of seconds.");
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
        assertThatThrownBy(() -> PreferWaitHeader.of(List.of(prefer))).isInstanceOf(GatewayException.class);
    }
}
