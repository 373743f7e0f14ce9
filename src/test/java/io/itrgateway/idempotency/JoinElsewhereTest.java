package io.itrgateway.idempotency;

import static io.itrgateway.problem.ProblemKind.CALL_INTERRUPTED;
import static io.itrgateway.problem.ProblemKind.IDEMPOTENCY_IN_PROGRESS;
import static io.itrgateway.problem.ProblemKind.OVERLOADED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.TurnableClock;
import io.itrgateway.fairness.EventLoopWork;
import io.itrgateway.problem.Effect;
import io.itrgateway.problem.FieldFault;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What callers get here while the same call runs in another process. */
@ExtendWith(Hushed.class)
class JoinElsewhereTest {

    private static final int MOST_WAITING = 3;
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    private final IdempotencyRoom room = new IdempotencyRoom(new TurnableClock(Instant.parse("2026-03-07T06:30:00Z")));
    private final ScriptedClaimStore claims = new ScriptedClaimStore(room.claims);
    private final IdempotencyService here = room.service(claims, MOST_WAITING);
    private final IdempotencyService elsewhere = room.neighbour(claims);
    private final ScriptedWork work = new ScriptedWork();
    private final ScriptedWork workHere = new ScriptedWork();
    private CompletableFuture<KeptAnswer> firstCall;
    private int callsOfHere;

    /** What one caller sees; cancelling his answer is leaving. */
    private static final class Caller {
        private final List<String> seen = new ArrayList<>();
        private CompletableFuture<KeptAnswer> answer;

        KeptAnswer answer() {
            assertThat(answer).isCompleted();
            return answer.join();
        }

        Throwable failure() {
            assertThat(answer).isCompletedExceptionally();
            return answer.handle((kept, failure) -> failure).join();
        }

        GatewayException problem() {
            assertThat(failure()).isInstanceOf(GatewayException.class);
            return (GatewayException) failure();
        }

        void stillWaits() {
            assertThat(answer).isNotDone();
        }
    }

    private static KeyedCall call(String password) {
        return new KeyedCall(
                "demo",
                "create-client",
                Effect.REGISTERS,
                IdempotencyKey.of(List.of("k-1")).orElseThrow(),
                List.of(Secret.of("ABCDE1234F"), Secret.of(password)));
    }

    private static KeyedCall call() {
        return call("correct horse 7#");
    }

    private Caller calls(Optional<Duration> patience) {
        var caller = new Caller();
        caller.answer = here.run(call(), () -> patience, () -> caller.seen.add("replayed"), workHere)
                .onItemOrFailure()
                .invoke((answer, failure) -> caller.seen.add("ended"))
                .subscribeAsCompletionStage();
        return caller;
    }

    private Caller calls() {
        return calls(Optional.empty());
    }

    private void looksAgain() {
        room.contexts.pass(RemoteResultPoller.LONGEST_PAUSE);
    }

    @BeforeEach
    void aCallRunsElsewhere() {
        firstCall = elsewhere.run(call(), Optional::empty, () -> {}, work).subscribeAsCompletionStage();
    }

    @AfterEach
    void nothingIsLeftAndNothingWasDoneTwice() {
        work.endsAll();
        claims.works();
        claims.proceedAll();
        looksAgain();
        assertThat(workHere.carriedOut()).isEqualTo(callsOfHere);
        assertThat(room.running()).as("flights").isZero();
        assertThat(room.waiting()).as("waiters").isZero();
        assertThat(room.contexts.alarms()).as("alarms").isZero();
    }

    // ---- it is never heard how it ended -----------------------------------------------------------------------------

    @Test
    void whenItsOwnerIsGoneTheCallIsNeitherRetryableNorMade() {
        var first = calls();
        var second = calls();
        claims.losesTheOneBeforeTheLast();

        looksAgain();

        assertThat(first.problem().kind()).isEqualTo(CALL_INTERRUPTED);
        assertThat(first.problem().kind().isRetryable(Effect.REGISTERS)).isFalse();
        assertThat(second.problem().kind()).isEqualTo(CALL_INTERRUPTED);
        assertThat(room.served("joined")).isEqualTo(2);
    }

    @Test
    void whenItsOwnerHasReleasedTheKeyWithoutAResultTheCallIsMadeHere() {
        var first = calls();
        var second = calls();
        claims.changes(closed -> null);
        work.fails(GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE));

        looksAgain();
        claims.changes(closed -> closed);
        workHere.answers("A");
        callsOfHere = 1;

        assertThat(first.answer().body()).asString(UTF_8).isEqualTo("A");
        assertThat(second.answer().body()).asString(UTF_8).isEqualTo("A");
        assertThat(room.served("new")).isEqualTo(1);
        assertThat(room.served("joined")).isEqualTo(1);
    }

    @Test
    void whenAllWhoBeganACallElsewhereHaveLeftItIsMadeHere() {
        work.queues();
        var caller = calls();

        firstCall.cancel(true);
        looksAgain();
        workHere.answers("A");
        callsOfHere = 1;

        assertThat(caller.answer().body()).asString(UTF_8).isEqualTo("A");
    }

    /** A caller that was answered by the process that made it again may repeat it here before this one has looked again. */
    @Test
    void theEndOfACallThatReleasedTheKeyIsNotThatOfOneWhoComesAfterwards() {
        var first = calls();
        work.fails(GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE));
        elsewhere.run(call(), Optional::empty, () -> {}, work).subscribeAsCompletionStage();
        work.answers("A");
        var late = calls();

        looksAgain();

        assertThat(first.problem().kind()).isEqualTo(UPSTREAM_UNAVAILABLE);
        assertThat(late.answer().body()).asString(UTF_8).isEqualTo("A");
        assertThat(late.seen).containsExactly("replayed", "ended");
        assertThat(room.served("joined")).isEqualTo(1);
        assertThat(room.served("replayed")).isEqualTo(1);
    }

    @Test
    void theEndOfACallThatReleasedTheKeyIsThatOfEachWhoCameWhileItRan() {
        var first = calls();
        var second = calls();
        looksAgain();
        work.fails(GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE));

        looksAgain();

        assertThat(first.problem().kind()).isEqualTo(UPSTREAM_UNAVAILABLE);
        assertThat(second.problem().kind()).isEqualTo(UPSTREAM_UNAVAILABLE);
    }

    /** Its key is released, too, but a further call could register twice. */
    @Test
    void aSuccessThatIsNotCompleteIsThatOfEachCallThatWaits() {
        var first = calls();
        var second = calls();
        work.answers(new KeptAnswer(202, "A".getBytes(UTF_8)));

        looksAgain();

        assertThat(first.answer().status()).isEqualTo(202);
        assertThat(second.answer().status()).isEqualTo(202);
    }

    @Test
    void aResultThatWasTamperedWithIsNotShownAndTheCallIsNotMade() {
        claims.changes(closed -> {
            byte[] changed = closed.clone();
            changed[changed.length - 1] ^= 1;
            return changed;
        });
        var caller = calls();
        work.answers("A");

        looksAgain();

        assertThat(caller.failure()).isNotInstanceOf(GatewayException.class);
    }

    @Test
    void pollingIsBoundedWithoutAResult() {
        var caller = calls();
        claims.refusesToTell(new IllegalStateException("timeout"));

        for (long looks = RemoteResultPoller.LONGEST_POLLING.toMillis() / RemoteResultPoller.LONGEST_PAUSE.toMillis();
                looks >= -10;
                looks--) {
            looksAgain();
        }

        assertThat(caller.problem().kind()).isEqualTo(IDEMPOTENCY_IN_PROGRESS);
        assertThat(caller.problem().detail()).contains("still running");
    }

    // ---- bounds -----------------------------------------------------------------------------------------------------

    @Test
    void aPatienceThatIsOverEndsOnlyThatWaiting() {
        var impatient = calls(Optional.of(TEN_SECONDS));
        var patient = calls(Optional.of(TEN_SECONDS.plusMillis(1)));

        room.contexts.pass(TEN_SECONDS);

        assertThat(impatient.problem().kind()).isEqualTo(IDEMPOTENCY_IN_PROGRESS);
        assertThat(impatient.problem().detail()).contains("still running");
        patient.stillWaits();
        work.answers("A");
        looksAgain();
        assertThat(patient.answer().body()).asString(UTF_8).isEqualTo("A");
        assertThat(room.served("in_progress")).isEqualTo(1);
        assertThat(room.served("joined")).isEqualTo(1);
    }

    @Test
    void oneWithoutAnyPatienceDoesNotWait() {
        var caller = calls(Optional.of(Duration.ZERO));

        assertThat(caller.problem().kind()).isEqualTo(IDEMPOTENCY_IN_PROGRESS);
        looksAgain();
        assertThat(claims.asked()).isZero();
    }

    @Test
    void theFirstHereTakesAPlaceLikeAnyOtherCallThatWaits() {
        calls();

        assertThat(room.waiting()).isEqualTo(1);
    }

    @Test
    void whoFindsNoPlaceIsTurnedAwayAndTheOthersAreNot() {
        List<Caller> waiting = List.of(calls(), calls(), calls());

        var oneMore = calls();
        work.answers("A");
        looksAgain();

        assertThat(oneMore.problem().kind()).isEqualTo(OVERLOADED);
        assertThat(waiting)
                .allSatisfy(caller ->
                        assertThat(caller.answer().body()).asString(UTF_8).isEqualTo("A"));
        assertThat(room.served("overloaded")).isEqualTo(1);
        assertThat(room.served("joined")).isEqualTo(MOST_WAITING);
    }

    @Test
    void aFirstOneWhoFindsNoPlaceIsTurnedAway() {
        var full = room.neighbour(claims, 0);
        var answer = full.run(call(), Optional::empty, () -> {}, workHere).subscribeAsCompletionStage();

        assertThat(answer.handle((kept, failure) -> failure).join())
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(OVERLOADED));
    }

    // ---- leaving ----------------------------------------------------------------------------------------------------

    @Test
    void pollingEndsWithTheLastWaiter() {
        var first = calls();
        var second = calls();
        first.answer.cancel(true);
        looksAgain();
        assertThat(claims.asked()).isEqualTo(1);

        second.answer.cancel(true);
        looksAgain();
        looksAgain();

        assertThat(claims.asked()).isEqualTo(1);
        assertThat(room.running()).isZero();
        assertThat(room.served("joined")).isEqualTo(2);
    }

    @Test
    void whoComesAfterAllHaveLeftWaitsAgain() {
        calls().answer.cancel(true);
        looksAgain();

        var late = calls();
        work.answers("A");
        looksAgain();

        assertThat(late.answer()).isNotNull();
    }

    @Test
    void whoComesBeforeItIsSeenThatAllHaveLeftIsWaitedFor() {
        calls().answer.cancel(true);

        var late = calls();
        work.answers("A");
        looksAgain();

        assertThat(late.answer()).isNotNull();
    }

    @Test
    void oneWhoLeftBeforeItWasKnownWhereTheCallRunsHoldsNoPlace() {
        claims.slow();
        var caller = calls();
        caller.answer.cancel(true);

        claims.proceeds();

        assertThat(room.waiting()).isZero();
    }

    // ---- it fails ---------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(ProblemKind.class)
    void itsFailureIsReturnedHereInEveryDetail(ProblemKind kind) {
        var faults = List.of(FieldFault.of("username", "is no PAN"), FieldFault.of("password", "is too old"));
        var failure = GatewayException.of(kind, "this time")
                .withErrors(faults)
                .withTransactionId(Optional.of("txn-1"))
                .withRetryAfter(Duration.ofSeconds(17));
        var caller = calls();
        work.fails(failure);

        looksAgain();

        assertThat(caller.problem().kind()).isEqualTo(kind);
        assertThat(caller.problem().detail()).isEqualTo("this time");
        assertThat(caller.problem().errors()).isEqualTo(faults);
        assertThat(caller.problem().transactionId()).contains("txn-1");
        assertThat(caller.problem().retryAfterSeconds()).isEqualTo(failure.retryAfterSeconds());
        assertThat(caller.seen).containsExactly("ended");
    }

    @Test
    void aBugThereIsReturnedAsToItsOwnCaller() {
        var caller = calls();
        work.fails(new IllegalStateException("bug with ABCDE1234F in it"));

        looksAgain();

        assertThat(caller.problem().kind()).isEqualTo(ProblemKind.INTERNAL_ERROR);
        assertThat(caller.problem().detail()).doesNotContain("ABCDE1234F");
    }

    @Test
    void itsFailureIsReturnedThoughTheNextCallOfThatKeyHasBegun() {
        var caller = calls();
        work.fails(GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE));
        var again = elsewhere
                .run(call("another horse 7#"), Optional::empty, () -> {}, work)
                .subscribeAsCompletionStage();
        work.answers("B");

        looksAgain();

        assertThat(again).isCompleted();
        assertThat(caller.problem().kind()).isEqualTo(ProblemKind.UPSTREAM_UNAVAILABLE);
    }

    // ---- it is answered ---------------------------------------------------------------------------------------------

    @Test
    void itsAnswerIsGivenHereWithoutAMark() {
        var first = calls();
        var second = calls();
        looksAgain();
        first.stillWaits();
        work.answers("A");

        looksAgain();

        assertThat(firstCall.join().body()).asString(UTF_8).isEqualTo("A");
        assertThat(first.answer().body()).asString(UTF_8).isEqualTo("A");
        assertThat(second.answer()).isSameAs(first.answer());
        assertThat(first.seen).containsExactly("ended");
        assertThat(second.seen).containsExactly("ended");
        assertThat(room.served("joined")).isEqualTo(2);
    }

    @Test
    void anAnswerThatIsNotDoneIsGivenHereToo() {
        var caller = calls();
        work.answers(new KeptAnswer(202, "later".getBytes(UTF_8)));

        looksAgain();

        assertThat(caller.answer().status()).isEqualTo(202);
        assertThat(caller.answer().body()).asString(UTF_8).isEqualTo("later");
    }

    /** A store hands over no large one; to make the call here, too, or to invite a repeat, could register twice. */
    @Test
    void aLargeAnswerThatIsNotDoneIsUnknownToEachCallThatWaitsOrRepeats() {
        var first = calls();
        var second = calls();
        var large = new KeptAnswer(202, new byte[2 * ClaimStore.LARGEST_RELEASED_BYTES]);

        work.answers(large);
        looksAgain();

        assertThat(firstCall).isCompletedWithValue(large);
        assertThat(first.problem().kind()).isEqualTo(CALL_INTERRUPTED);
        assertThat(second.problem().kind()).isEqualTo(CALL_INTERRUPTED);
        assertThat(calls().problem().kind()).isEqualTo(CALL_INTERRUPTED);
    }

    @Test
    void anAnswerThatIsNotDoneAndCannotBeSealedIsUnknownToCallsThatWait() {
        var waiting = calls();
        room.contexts.closeWorkers();

        work.answers(new KeptAnswer(202, new byte[EventLoopWork.LONGEST_BYTES + 1]));
        looksAgain();

        assertThat(waiting.problem().kind()).isEqualTo(CALL_INTERRUPTED);
    }

    @Test
    void thatItCannotBeAskedForAWhileEndsNoWaiting() {
        var caller = calls();
        claims.refusesToTell(new IllegalStateException("timeout"));
        looksAgain();
        looksAgain();
        caller.stillWaits();
        claims.works();
        work.answers("A");

        looksAgain();

        assertThat(caller.answer().body()).asString(UTF_8).isEqualTo("A");
    }

    @Test
    void aLaterCallGetsWhatIsKept() {
        calls();
        work.answers("A");
        looksAgain();

        var again = calls();

        assertThat(again.seen).containsExactly("replayed", "ended");
    }

    @Test
    void aCallThatWaitsIsAnsweredInItsOwnPlace() {
        var place = room.contexts.place();
        List<HandTurnedContexts.Place> answeredIn = new ArrayList<>();
        place.does(() -> here.run(call(), Optional::empty, () -> {}, workHere)
                .subscribe()
                .with(answer -> answeredIn.add(room.contexts.here())));
        work.answers("A");

        looksAgain();
        place.turns();

        assertThat(answeredIn).containsExactly(place);
    }
}
