package io.itrgateway.doctor;

import static io.itrgateway.doctor.CheckStatus.FAILED;
import static io.itrgateway.doctor.CheckStatus.OK;
import static io.itrgateway.doctor.CheckStatus.SKIPPED;
import static io.itrgateway.doctor.CheckStatus.WARNING;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.ProblemKind;
import io.itrgateway.token.AuthorizeProbe.Life;
import io.itrgateway.token.AuthorizeProbe.Result;
import io.itrgateway.transport.ExchangeFailure.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AuthorizeFindingsTest {

    private static Result token(Duration life, boolean wasSaid, Duration ahead) {
        return new Result(
                OptionalInt.of(200),
                Optional.of(ahead),
                Optional.empty(),
                Optional.of(new Life("expiry, a duration in words", wasSaid, life)),
                Optional.empty());
    }

    private static Result failure(OptionalInt status, ProblemKind kind) {
        return new Result(status, Optional.empty(), Optional.of(kind), Optional.empty(), Optional.empty());
    }

    private static Result noAnswer(Reason reason) {
        return new Result(
                OptionalInt.empty(),
                Optional.empty(),
                Optional.of(ProblemKind.UPSTREAM_UNAVAILABLE),
                Optional.empty(),
                Optional.of(reason));
    }

    @ParameterizedTest
    @CsvSource({
        "401, UPSTREAM_CREDENTIALS_REFUSED, DEEPVUE_CLIENT_SECRET",
        "429, QUOTA_EXHAUSTED, another client uses this account",
        "200, UPSTREAM_UNAVAILABLE, no token",
        "503, UPSTREAM_UNAVAILABLE, no token"
    })
    void anAnswerWithoutATokenIsAFailureThatSaysWhereToLook(int status, ProblemKind kind, String says) {
        var finding = AuthorizeFindings.authorize(failure(OptionalInt.of(status), kind));

        assertThat(finding.verdict()).isEqualTo(FAILED);
        assertThat(finding.detail()).contains(says).contains("status " + status);
        assertThat(finding.facts()).containsEntry("status", status);
    }

    @Test
    void noAnswerIsAFailureAndTheRestIsSkipped() {
        var result = noAnswer(Reason.NEVER_CONNECTED);

        assertThat(AuthorizeFindings.authorize(result).verdict()).isEqualTo(FAILED);
        assertThat(AuthorizeFindings.authorize(result).detail()).contains("no server listens there");
        assertThat(AuthorizeFindings.expiry(result).verdict()).isEqualTo(SKIPPED);
        assertThat(AuthorizeFindings.clock(result).verdict()).isEqualTo(SKIPPED);
    }

    @Test
    void noConnectionAndNoAnswerAreDistinguished() {
        assertThat(AuthorizeFindings.authorize(noAnswer(Reason.TIMED_OUT)).detail())
                .isEqualTo("a connection was opened and the request was sent, but no whole answer came in time");
        assertThat(AuthorizeFindings.authorize(noAnswer(Reason.NEVER_CONNECTED)).detail())
                .startsWith("no connection could be opened within DEEPVUE_CONNECT_TIMEOUT");
        assertThat(AuthorizeFindings.authorize(failure(OptionalInt.empty(), ProblemKind.UPSTREAM_UNAVAILABLE))
                        .detail())
                .isEqualTo("it was not sent in time");
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void whatEndedWithoutAnAnswerIsAFailureInWords(Reason reason) {
        var finding = AuthorizeFindings.authorize(noAnswer(reason));

        assertThat(finding.verdict()).isEqualTo(FAILED);
        assertThat(finding.detail()).contains(" ");
    }

    @Test
    void anAuthorizeForWhichThePlanHasNoPlaceWasNotSent() {
        var finding = AuthorizeFindings.authorize(failure(OptionalInt.empty(), ProblemKind.QUOTA_EXHAUSTED));

        assertThat(finding.verdict()).isEqualTo(FAILED);
        assertThat(finding.detail()).contains("nothing was sent");
    }

    @Test
    void howTheLifeWasReadIsSaid() {
        var finding = AuthorizeFindings.expiry(token(Duration.ofHours(24), true, Duration.ZERO));

        assertThat(finding.verdict()).isEqualTo(OK);
        assertThat(finding.detail()).isEqualTo("24.0 h left, by expiry, a duration in words");
        assertThat(finding.facts()).containsEntry("life_seconds", 86_400L);
    }

    @Test
    void aMissingExpiryIsAWarning() {
        assertThat(AuthorizeFindings.expiry(token(Duration.ofHours(24), false, Duration.ZERO))
                        .verdict())
                .isEqualTo(WARNING);
    }

    @Test
    void aLifeSoShortThatRenewingCostsCallsIsAWarning() {
        assertThat(AuthorizeFindings.expiry(token(Duration.ofMinutes(5), true, Duration.ZERO))
                        .verdict())
                .isEqualTo(WARNING);
    }

    @ParameterizedTest
    @CsvSource({
        "0, OK, 0.0 s ahead of",
        "4900, OK, 4.9 s ahead of",
        "-4900, OK, 4.9 s behind",
        "5100, WARNING, 5.1 s ahead of",
        "-90000, WARNING, 90.0 s behind"
    })
    void aClockThatIsFarFromTheUpstreamsIsAWarning(long aheadMillis, CheckStatus verdict, String says) {
        var finding = AuthorizeFindings.clock(token(Duration.ofHours(24), true, Duration.ofMillis(aheadMillis)));

        assertThat(finding.verdict()).isEqualTo(verdict);
        assertThat(finding.detail()).startsWith(says);
        assertThat(finding.facts()).containsEntry("ahead_seconds", aheadMillis / 1000.0);
    }

    @Test
    void clocksThatAreDaysApartMayBeTheUpstreamsFault() {
        var finding = AuthorizeFindings.clock(token(Duration.ofHours(24), true, Duration.ofDays(20_000)));

        assertThat(finding.verdict()).isEqualTo(WARNING);
        assertThat(finding.detail()).contains("Deepvue's Date header is wrong");
    }
}
