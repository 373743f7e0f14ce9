package io.itrgateway.problem;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProblemKindTest {

    /** The table of the public documentation: status, code, outcome. A change here breaks callers. */
    private static final List<String> CONTRACT = List.of(
            "400 malformed-request not_processed",
            "401 unauthenticated not_processed",
            "403 forbidden not_processed",
            "404 not-found not_processed",
            "405 method-not-allowed not_processed",
            "406 not-acceptable not_processed",
            "415 unsupported-media-type not_processed",
            "408 request-timeout not_processed",
            "409 idempotency-in-progress not_processed",
            "413 payload-too-large not_processed",
            "422 invalid-request not_processed",
            "422 idempotency-key-reused not_processed",
            "422 upstream-rejected rejected",
            "400 upstream-rejected rejected",
            "429 quota-exhausted not_processed",
            "429 caller-limit not_processed",
            "502 upstream-credentials-refused not_processed",
            "502 upstream-error unknown",
            "502 upstream-invalid-response unknown",
            "502 upstream-connection-lost unknown",
            "502 call-interrupted unknown",
            "503 upstream-unavailable not_processed",
            "503 overloaded not_processed",
            "504 upstream-timeout unknown",
            "500 internal-error unknown");

    @Test
    void theListIsThePublishedOne() {
        assertThat(ProblemKind.values())
                .extracting(kind -> "%d %s %s"
                        .formatted(kind.status(), kind.code(), kind.outcome().wireName()))
                .containsExactlyInAnyOrderElementsOf(CONTRACT);
    }

    @Test
    void aCodeMeansOneKindButForTheUpstreamsRefusals() {
        assertThat(Arrays.stream(ProblemKind.values())
                        .map(ProblemKind::code)
                        .filter(code -> ProblemKind.withCode(code).size() > 1)
                        .distinct())
                .containsExactly("upstream-rejected");
    }

    @Test
    void theUpstreamsRefusalsDifferByStatus() {
        assertThat(ProblemKind.withCode("upstream-rejected"))
                .extracting(ProblemKind::status)
                .containsExactlyInAnyOrder(400, 422);
    }

    @Test
    void aCodeThatIsNotOnTheListHasNoKind() {
        assertThat(ProblemKind.withCode("teapot")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void onlyWhatWasNotProcessedMayBeRetriedUnchanged(ProblemKind kind) {
        assertThat(kind.retryable() && kind.outcome() != Outcome.NOT_PROCESSED).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aProblemWithARetryDelayIsRetryable(ProblemKind kind) {
        assertThat(kind.hasRetryAfter() && !kind.retryable()).isFalse();
    }

    @Test
    void onlyTheStatuses429And503SayWhenToComeBack() {
        assertThat(Arrays.stream(ProblemKind.values())
                        .filter(ProblemKind::hasRetryAfter)
                        .map(ProblemKind::code))
                .containsExactlyInAnyOrder("quota-exhausted", "caller-limit", "upstream-unavailable", "overloaded");
    }

    @ParameterizedTest
    @EnumSource
    void theTypeIsThePathOfItsPage(ProblemKind kind) {
        assertThat(kind.type()).isEqualTo("/problems/" + kind.code());
    }

    @ParameterizedTest
    @EnumSource
    void theCodeCanStandInAPath(ProblemKind kind) {
        assertThat(kind.code()).matches("[a-z]+(-[a-z]+)*");
    }

    @ParameterizedTest
    @EnumSource
    void everyKindHasATitleAndAdvice(ProblemKind kind) {
        assertThat(List.of(kind.title(), kind.advice())).doesNotContain("").allMatch(text -> text.equals(text.strip()));
    }

    /** It is also the detail of a problem that has no other one, and then there is no further detail, and often no field fault. */
    @ParameterizedTest
    @EnumSource
    void adviceDoesNotReferToMembersThatMayBeMissing(ProblemKind kind) {
        assertThat(kind.advice()).doesNotContain("detail");
        assertThat(kind.advice().contains("errors")).isEqualTo(kind == ProblemKind.INVALID_REQUEST);
    }

    @ParameterizedTest
    @EnumSource
    void noTextNamesAClass(ProblemKind kind) {
        assertThat(kind.title() + kind.advice()).doesNotContain("Exception", "java.", "io.", "quarkus");
    }

    @ParameterizedTest
    @CsvSource({
        "400, malformed-request",
        "401, unauthenticated",
        "403, forbidden",
        "404, not-found",
        "405, method-not-allowed",
        "406, not-acceptable",
        "413, payload-too-large",
        "415, unsupported-media-type",
        "411, malformed-request",
        "414, malformed-request",
        "417, malformed-request",
        "431, malformed-request"
    })
    void aStatusOfTheFrameworkIsOneOfOurKinds(int status, String code) {
        assertThat(ProblemKind.ofFrameworkStatus(status)).map(ProblemKind::code).contains(code);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 200, 302, 409, 418, 422, 429, 500, 503, 999})
    void aStatusThatTheFrameworkHasNoBusinessWithIsNoKindOfOurs(int status) {
        assertThat(ProblemKind.ofFrameworkStatus(status)).isEmpty();
    }

    @Test
    void theOutcomesAreThePublishedThree() {
        assertThat(Arrays.stream(Outcome.values()).map(Outcome::wireName).collect(joining(" ")))
                .isEqualTo("not_processed rejected unknown");
    }

    @ParameterizedTest
    @EnumSource(ProblemKind.class)
    void whatToDoNeverContradictsWhetherToRepeat(ProblemKind kind) {
        for (Effect effect : Effect.values()) {
            assertThat(kind.nextStep(effect).startsWith("Repeat the same request"))
                    .as("%s", effect)
                    .isEqualTo(kind.isRetryable(effect));
        }
        assertThat(kind.nextStep(Effect.REGISTERS).contains("transaction_id"))
                .isEqualTo(kind.outcome() == Outcome.UNKNOWN);
    }

    @ParameterizedTest
    @EnumSource(ProblemKind.class)
    void aKeyThatIsKeptForARefusedPayloadIsNotOfAnother(ProblemKind kind) {
        for (Effect effect : Effect.values()) {
            assertThat(kind.nextStep(effect).contains("Idempotency-Key, send it with a new one"))
                    .as("%s", effect)
                    .isEqualTo(kind.outcome() == Outcome.REJECTED);
        }
    }

    @ParameterizedTest
    @EnumSource(ProblemKind.class)
    void onlyAnOperationThatRegistersMayHaveRegistered(ProblemKind kind) {
        assertThat(kind.advice(Effect.REGISTERS).contains("registration may have been made"))
                .isEqualTo(kind.outcome() == Outcome.UNKNOWN);
        assertThat(kind.advice(Effect.FETCHES) + kind.advice(Effect.READS)).doesNotContain("registration");
    }

    @ParameterizedTest
    @EnumSource(ProblemKind.class)
    void aLostAnswerMayBeRepeatedWhereARepeatDoesNoHarm(ProblemKind kind) {
        assertThat(kind.isRetryable(Effect.REGISTERS)).isEqualTo(kind.retryable());
        assertThat(kind.isRetryable(Effect.READS)).isEqualTo(kind.retryable() || kind.outcome() == Outcome.UNKNOWN);
    }

    @ParameterizedTest
    @EnumSource(ProblemKind.class)
    void noRetryIsCalledSafeWhereTheSameRequestIsRefusedAgain(ProblemKind kind) {
        String page = String.join(
                " ",
                kind.advice(),
                kind.nextStep(Effect.REGISTERS),
                kind.outcome().meaning());

        assertThat(kind.retryable() || !page.contains("retry is safe")).isTrue();
    }
}
