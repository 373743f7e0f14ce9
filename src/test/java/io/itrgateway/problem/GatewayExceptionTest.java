package io.itrgateway.problem;

import static io.itrgateway.problem.ProblemKind.OVERLOADED;
import static io.itrgateway.problem.ProblemKind.QUOTA_EXHAUSTED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_REJECTED_FIELDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class GatewayExceptionTest {

    private static final List<FieldFault> FAULTS = List.of(FieldFault.of("password", "is required"));

    @Test
    void withoutADetailOfItsOwnAFailureGivesTheAdviceOfItsKind() {
        assertThat(GatewayException.of(OVERLOADED).detail()).isEqualTo(OVERLOADED.advice());
    }

    @Test
    void itsMessageIsTheCodeOnly() {
        var failure = GatewayException.of(UPSTREAM_REJECTED_FIELDS, "Deepvue says: ABCDE1234F is not known")
                .withErrors(List.of(FieldFault.of("username", "ABCDE1234F is not known")))
                .withTransactionId(Optional.of("req_1234567890"));

        assertThat(failure)
                .hasMessage("upstream-rejected")
                .hasToString("io.itrgateway.problem.GatewayException: upstream-rejected");
    }

    @Test
    void itHasNoStackTraceAndNoCause() {
        var failure = GatewayException.of(OVERLOADED);

        assertThat(failure).hasNoCause();
        assertThat(failure.getStackTrace()).isEmpty();
    }

    @Test
    void itKeepsNothingThatWasSuppressedOnItsWay() {
        var failure = GatewayException.of(OVERLOADED);

        failure.addSuppressed(new IllegalStateException("the body was …"));

        assertThat(failure).hasNoSuppressedExceptions();
    }

    @ParameterizedTest
    @CsvSource({
        "PT-5S, 1",
        "PT0S, 1",
        "PT0.001S, 1",
        "PT1S, 1",
        "PT1.001S, 2",
        "PT1.5S, 2",
        "PT1.999S, 2",
        "PT2S, 2",
        "PT24H, 86400"
    })
    void theDelayIsInWholeSecondsRoundedUpAndAtLeastOne(Duration delay, long seconds) {
        assertThat(GatewayException.of(QUOTA_EXHAUSTED).withRetryAfter(delay).retryAfterSeconds())
                .contains(seconds);
    }

    @ParameterizedTest
    @EnumSource(names = {"QUOTA_EXHAUSTED", "CALLER_LIMIT", "UPSTREAM_UNAVAILABLE", "OVERLOADED"})
    void a429OrA503AlwaysSaysWhenToComeBack(ProblemKind kind) {
        assertThat(GatewayException.of(kind).retryAfterSeconds()).contains(1L);
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"QUOTA_EXHAUSTED", "CALLER_LIMIT", "UPSTREAM_UNAVAILABLE", "OVERLOADED"})
    void noOtherFailureSaysWhenToComeBack(ProblemKind kind) {
        assertThat(GatewayException.of(kind)
                        .withRetryAfter(Duration.ofSeconds(7))
                        .retryAfterSeconds())
                .isEmpty();
    }

    @Test
    void whatIsAddedLaterLeavesTheRestAsItWas() {
        var failure = GatewayException.of(QUOTA_EXHAUSTED, "the minute is spent")
                .withRetryAfter(Duration.ofSeconds(7))
                .withErrors(FAULTS)
                .withTransactionId(Optional.of("req_1"));

        assertThat(failure.kind()).isEqualTo(QUOTA_EXHAUSTED);
        assertThat(failure.detail()).isEqualTo("the minute is spent");
        assertThat(failure.errors()).isEqualTo(FAULTS);
        assertThat(failure.transactionId()).contains("req_1");
        assertThat(failure.retryAfterSeconds()).contains(7L);
    }

    @Test
    void aDelayThatIsAddedLastLeavesTheRestAsItWas() {
        var failure = GatewayException.of(QUOTA_EXHAUSTED, "the minute is spent")
                .withTransactionId(Optional.of("req_1"))
                .withErrors(FAULTS)
                .withRetryAfter(Duration.ofSeconds(7));

        assertThat(failure.detail()).isEqualTo("the minute is spent");
        assertThat(failure.errors()).isEqualTo(FAULTS);
        assertThat(failure.transactionId()).contains("req_1");
    }

    @Test
    void whatIsAddedToItMakesAnotherFailure() {
        var failure = GatewayException.of(QUOTA_EXHAUSTED);

        failure.withErrors(FAULTS);
        failure.withTransactionId(Optional.of("req_1"));
        failure.withRetryAfter(Duration.ofSeconds(7));

        assertThat(failure.errors()).isEmpty();
        assertThat(failure.transactionId()).isEmpty();
        assertThat(failure.retryAfterSeconds()).contains(1L);
    }

    @Test
    void aListThatGrowsAfterwardsDoesNotChangeTheFailure() {
        List<FieldFault> faults = new ArrayList<>(FAULTS);
        var failure = GatewayException.of(UPSTREAM_REJECTED_FIELDS).withErrors(faults);

        faults.add(FieldFault.of("username", "is required"));

        assertThat(failure.errors()).isEqualTo(FAULTS);
    }

    @Test
    void theDelayIsRoundedUpFromANanosecond() {
        assertThat(GatewayException.of(ProblemKind.OVERLOADED)
                        .withRetryAfter(Duration.ofSeconds(2).plusNanos(1))
                        .retryAfterSeconds())
                .contains(3L);
    }
}
