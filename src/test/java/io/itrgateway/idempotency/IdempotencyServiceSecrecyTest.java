package io.itrgateway.idempotency;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.TurnableClock;
import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.KeyRing;
import io.itrgateway.secret.Secret;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nothing of what a caller sent can be found in what is kept, named, shown or handed over. */
class IdempotencyServiceSecrecyTest {

    private static final String KEY = "ABCDE1234F-2026";
    private static final String USERNAME = "ABCDE1234F";
    private static final String PASSWORD = "correct horse 7#";
    private static final String ANSWER = "{\"data\":{\"client_id\":\"C-1\"}}";
    private static final List<String> SECRETS =
            List.of(KEY, USERNAME, PASSWORD, IdempotencyRoom.CLIENT_SECRET.reveal(), "client_id", "Invalid Pan");

    private final IdempotencyRoom room = new IdempotencyRoom(new TurnableClock(Instant.parse("2026-03-07T06:30:00Z")));
    private final ScriptedClaimStore claims = new ScriptedClaimStore(room.claims);
    private final IdempotencyService service = room.service(claims, 10);
    private final ScriptedWork work = new ScriptedWork();
    private final List<Throwable> failures = new ArrayList<>();

    private static KeyedCall call(String key, String password) {
        return new KeyedCall(
                "demo",
                "create-client",
                Effect.REGISTERS,
                IdempotencyKey.of(List.of(key)).orElseThrow(),
                List.of(Secret.of(USERNAME), Secret.of(password)));
    }

    private void calls(KeyedCall call) {
        service.run(call, Optional::empty, () -> {}, work).subscribe().with(answer -> {}, failures::add);
    }

    /** An answer and a refusal that are kept, a call that was mistaken for one of them, and one that runs. */
    @BeforeEach
    void aDay() {
        calls(call(KEY, PASSWORD));
        work.answers(ANSWER);
        calls(call(KEY + "-2", PASSWORD));
        work.fails(GatewayException.of(ProblemKind.UPSTREAM_REJECTED_FIELDS, "Invalid Pan " + USERNAME));
        failures.clear();
        calls(call(KEY, PASSWORD + "x"));
        calls(call(KEY + "-3", PASSWORD));
    }

    @Test
    void notInTheBytesThatAreKept() {
        assertThat(claims.closed).hasSize(2);
        for (byte[] closed : claims.closed) {
            for (var encoding : List.of(UTF_8, UTF_16BE, ISO_8859_1)) {
                assertThat(new String(closed, encoding)).doesNotContain(SECRETS);
            }
        }
    }

    @Test
    void notInTheBytesSentToOtherReplicas() {
        work.fails(GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE, "Invalid Pan " + USERNAME));

        assertThat(claims.told).hasSize(1);
        for (var encoding : List.of(UTF_8, UTF_16BE, ISO_8859_1)) {
            assertThat(new String(claims.told.get(0), encoding)).doesNotContain(SECRETS);
        }
    }

    @Test
    void notInWhatThePortIsGiven() {
        assertThat(claims.seen).isNotEmpty();
        assertThat(claims.seen.toString()).doesNotContain(SECRETS);
    }

    @Test
    void notInWhatAnyoneShows() {
        var shown = List.of(
                call(KEY, PASSWORD),
                service,
                room.claims,
                ScriptedWork.answer(ANSWER),
                new ClaimState.Completed(ANSWER.getBytes(UTF_8)),
                CallResult.ofAnswer(ScriptedWork.answer(ANSWER)));

        assertThat(shown.toString()).doesNotContain(SECRETS);
    }

    @Test
    void notInAFailure() {
        assertThat(failures).hasSize(1).allSatisfy(failure -> {
            assertThat(failure.toString()).doesNotContain(SECRETS);
            assertThat(((GatewayException) failure).detail()).doesNotContain(SECRETS);
        });
    }

    @Test
    void theSamePayloadUnderAnotherKeyCannotBeRecognised() {
        var fingerprints =
                claims.seen.stream().filter(Fingerprint.class::isInstance).distinct();

        assertThat(fingerprints).hasSize(4);
    }

    @Test
    void noGuessCanBeTriedWithoutTheClientSecret() {
        var stranger = new IdempotencyService(
                claims,
                new KeyRing(Secret.of("another-client-secret")),
                10,
                new IdempotencyTelemetry(new io.micrometer.core.instrument.simple.SimpleMeterRegistry()),
                room.contexts);
        var own = List.copyOf(claims.seen);
        claims.seen.clear();

        stranger.run(call(KEY, PASSWORD), Optional::empty, () -> {}, work)
                .subscribe()
                .with(answer -> {});

        assertThat(claims.seen).isNotEmpty().doesNotContainAnyElementsOf(own);
    }

    @Test
    void anotherProcessOfTheSameAccountReadsWhatIsKept() {
        var body = room.neighbour(claims)
                .run(call(KEY, PASSWORD), Optional::empty, () -> {}, work)
                .await()
                .indefinitely()
                .body();

        assertThat(body).asString(UTF_8).isEqualTo(ANSWER);
    }
}
