package io.itrgateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.itrgateway.operation.RelayedOperations;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.sandbox.LoggedLines;
import io.itrgateway.secret.Pseudonyms;
import io.itrgateway.secret.Secret;
import io.itrgateway.telemetry.CallRecord.Keyed;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import java.net.URI;
import java.util.Optional;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is said of a call, however it ends and whenever that comes to light. */
class CallRecordTest {

    private static final Secret ASHA = Secret.of("ABCDE1234F");
    private static final URI DEEPVUE = URI.create("https://deepvue.example");
    private static final String KEY = "a-key-that-is-hard-to-guess-0123456789";

    private final LoggedLines lines = new LoggedLines(CallLog.CATEGORY);
    private final LoggedLines audit = new LoggedLines(AuditLog.CATEGORY);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    private final CallRecord call = call(Optional.of(KEY));

    private CallRecord call(Optional<String> key) {
        return journal(key).open("id-1", "POST", "/v1/verification/itr/create-client", name -> null);
    }

    private CallTelemetry journal(Optional<String> key) {
        var audit = new AuditLog(new AuditSettings(key.map(Secret::of).map(Pseudonyms::new)));
        return new CallTelemetry(
                new CallTracer(OpenTelemetry.noop(), true),
                new CallMeter(meters, RelayedOperations.none()),
                new CallLog(),
                audit,
                RelayedOperations.none());
    }

    @AfterEach
    void stopListening() {
        lines.close();
        audit.close();
    }

    private void atDeepvue() {
        call.setCaller("acme");
        call.setSubject(ASHA);
        call.startTurnWait().complete();
        call.startAttempt(1, DEEPVUE);
        call.markSent();
    }

    private LoggedLines.Line theLine() {
        assertThat(lines.all()).hasSize(1);
        return lines.all().get(0);
    }

    private void assertIs(LoggedLines.Line line, String outcome, String code, String attempt) {
        assertThat(line.fields())
                .containsEntry("outcome", outcome)
                .containsEntry("code", code)
                .containsEntry("attempt", attempt)
                .containsEntry("operation", "create-client")
                .containsEntry("request_id", "id-1")
                .containsEntry("method", "POST")
                .containsKeys("wait_ms", "upstream_ms", "total_ms");
    }

    /** The metrics say of a caller who left what its line says. */
    private void assertIsGone(String outcome, String attempt) {
        assertIs(theLine(), outcome, "caller-gone", attempt);
        assertThat(meters.find("gateway.calls").timers())
                .filteredOn(timer -> timer.count() > 0)
                .extracting(
                        timer -> timer.getId().getTag("operation"),
                        timer -> timer.getId().getTag("outcome"),
                        timer -> timer.getId().getTag("code"),
                        Timer::count)
                .containsExactly(tuple("create-client", outcome, "caller-gone", 1L));
        assertThat(meters.get("gateway.calls.in.flight").gauge().value()).isZero();
    }

    // ---- callers who are gone ---------------------------------------------------------------------------------------

    @Test
    void aCallWhoseCallerLeavesWhileItWaitsIsNotProcessed() {
        call.setCaller("acme");
        var turn = call.startTurnWait();
        turn.fail(null);

        call.recordCallerGone();

        assertIsGone("not_processed", "0");
        assertThat(theLine().level()).isEqualTo(Level.INFO);
        assertThat(theLine().fields()).doesNotContainKeys("status", "upstream_result", "token_ms");
    }

    @Test
    void aCallWhoseCallerLeavesBeforeThereIsAConnectionIsNotProcessed() {
        call.setCaller("acme");
        call.startTurnWait().complete();
        call.startAttempt(1, DEEPVUE);

        call.recordCallerGone();

        assertIsGone("not_processed", "1");
    }

    @Test
    void aCallerWhoLeftWhileHisCallWasAtDeepvueLeavesItOpenUntilItEnds() {
        atDeepvue();

        call.recordCallerGone();
        assertIsGone("unknown", "1");
        assertThat(theLine().level()).isEqualTo(Level.WARN);
        call.recordProcessed(Optional.of("txn_1"));

        assertThat(lines.all()).hasSize(2);
        var late = lines.all().get(1);
        assertIs(late, "processed", "ok", "1");
        assertThat(late.fields()).containsEntry("event", "ended").containsEntry("transaction_id", "txn_1");
    }

    @Test
    void aCallerWhoLeftWhileHisKeyedCallWaitedMayBeRegisteredAllTheSame() {
        call.setKeyed(Keyed.NEW);
        call.startTurnWait();

        call.recordCallerGone();

        assertIsGone("unknown", "0");
    }

    @Test
    void aCallerWhoLeftJustBeforeHisAnswerWasRegistered() {
        atDeepvue();
        call.recordProcessed(Optional.of("txn_1"));

        call.recordCallerGone();

        assertIsGone("processed", "1");
    }

    @Test
    void aRefusedTokenIsTheEndOfACallForWhichNoCallerWaits() {
        atDeepvue();
        call.recordCallerGone();

        call.recordTokenRefusal();

        assertIs(lines.all().get(1), "not_processed", "upstream-credentials-refused", "1");
    }

    @Test
    void aRefusedTokenIsNotTheEndOfACallThatIsSentAgain() {
        atDeepvue();
        call.recordTokenRefusal();
        call.startAttempt(2, DEEPVUE).completeWith(200);
        call.recordProcessed(Optional.empty());

        call.recordAnswer(200, Optional.empty());

        assertIs(theLine(), "processed", "ok", "2");
        assertThat(theLine().fields()).containsEntry("upstream_result", "200").containsEntry("status", "200");
    }

    // ---- answers ----------------------------------------------------------------------------------------------------

    @Test
    void anAnswerThatCouldNotWaitIsFollowedByWhatBecameOfTheCall() {
        atDeepvue();

        call.recordAnswer(504, Optional.of(ProblemKind.UPSTREAM_TIMEOUT));
        call.recordFailure(GatewayException.of(ProblemKind.UPSTREAM_REJECTED_FIELDS));

        assertThat(lines.all()).extracting(LoggedLines.Line::level).containsExactly(Level.WARN, Level.INFO);
        assertIs(lines.all().get(0), "unknown", "upstream-timeout", "1");
        assertIs(lines.all().get(1), "rejected", "upstream-rejected", "1");
        assertThat(audit.all())
                .extracting(line -> line.field("event"), line -> line.field("outcome"))
                .containsExactly(tuple("answered", "unknown"), tuple("ended", "rejected"));
    }

    @Test
    void theTransactionOfAFailureIsNamed() {
        atDeepvue();
        call.recordFailure(GatewayException.of(ProblemKind.UPSTREAM_ERROR).withTransactionId(Optional.of("req_1")));

        call.recordAnswer(502, Optional.of(ProblemKind.UPSTREAM_ERROR));

        assertThat(theLine().fields()).containsEntry("transaction_id", "req_1");
    }

    @Test
    void aPartThatEndsTwiceIsCountedOnce() {
        var turn = call.startTurnWait();
        turn.complete();

        turn.fail(null);
        call.startAttempt(1, DEEPVUE).failWithoutAnswer("connection_lost");
        call.recordAnswer(502, Optional.of(ProblemKind.UPSTREAM_CONNECTION_LOST));

        assertThat(theLine().fields()).containsEntry("upstream_result", "connection_lost");
    }

    @Test
    void theTextOfALineHasAllThatItsFieldsHave() {
        atDeepvue();

        call.recordAnswer(200, Optional.empty());

        theLine()
                .fields()
                .forEach((name, value) -> assertThat(theLine().message()).contains(name + "=" + value));
    }

    @Test
    void twoLongNamesInTokensDoNotBecomeOne() {
        call.setCaller("oidc:" + "x".repeat(255));

        call.recordAnswer(200, Optional.empty());

        assertThat(theLine().field("caller")).isEqualTo("oidc:" + "x".repeat(255));
    }

    @Test
    void anUnknownMethodIsNotLoggedAsItCame() {
        journal(Optional.empty())
                .open("id-2", "ABCDE1234F", "/v1/", name -> null)
                .recordAnswer(405, Optional.empty());

        assertThat(lines.of("id-2").get(0).field("method")).isEqualTo("_OTHER");
    }

    // ---- the audit --------------------------------------------------------------------------------------------------

    @Test
    void aCallThatWasNotFoundValidIsNotAudited() {
        call.setCaller("acme");

        call.recordAnswer(422, Optional.of(ProblemKind.INVALID_REQUEST));

        assertThat(audit.all()).isEmpty();
        assertIs(theLine(), "not_processed", "invalid-request", "0");
    }

    @Test
    void withoutAKeyNothingIsAudited() {
        var unkeyed = call(Optional.empty());
        unkeyed.setSubject(ASHA);

        unkeyed.recordAnswer(200, Optional.empty());

        assertThat(audit.all()).isEmpty();
    }

    @Test
    void theAuditSaysWhoDidWhatForWhomAndWhatBecameOfIt() {
        atDeepvue();
        call.recordProcessed(Optional.of("txn_1"));

        call.recordAnswer(200, Optional.empty());

        assertThat(audit.all()).hasSize(1);
        assertThat(audit.all().get(0).fields())
                .containsOnlyKeys(
                        "event",
                        "operation",
                        "caller",
                        "user",
                        "outcome",
                        "code",
                        "status",
                        "transaction_id",
                        "request_id")
                .containsEntry("event", "answered")
                .containsEntry("caller", "acme")
                .containsEntry("outcome", "processed")
                .containsEntry("transaction_id", "txn_1")
                .containsEntry("user", new Pseudonyms(Secret.of(KEY)).of(ASHA));
    }

    @Test
    void nothingThatIsSaidNamesThePerson() {
        atDeepvue();

        call.recordAnswer(200, Optional.empty());

        assertThat(lines.all().toString() + audit.all()).doesNotContain("ABCDE1234F");
    }
}
