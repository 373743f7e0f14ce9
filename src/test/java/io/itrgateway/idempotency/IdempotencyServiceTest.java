package io.itrgateway.idempotency;

import static io.itrgateway.problem.ProblemKind.CALL_INTERRUPTED;
import static io.itrgateway.problem.ProblemKind.IDEMPOTENCY_IN_PROGRESS;
import static io.itrgateway.problem.ProblemKind.IDEMPOTENCY_KEY_REUSED;
import static io.itrgateway.problem.ProblemKind.OVERLOADED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.TurnableClock;
import io.itrgateway.fairness.EventLoopWork;
import io.itrgateway.problem.Effect;
import io.itrgateway.problem.FieldFault;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.Outcome;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.Secret;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Hushed.class)
class IdempotencyServiceTest {

    private static final int MOST_WAITING = 3;
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-07T06:30:00Z"));
    private final IdempotencyRoom room = new IdempotencyRoom(clock);
    private final ScriptedClaimStore claims = new ScriptedClaimStore(room.claims);
    private final IdempotencyService service = room.service(claims, MOST_WAITING);
    private final ScriptedWork work = new ScriptedWork();

    private record Call(String caller, String operation, String key, List<String> payload) {

        static final Call OF_ASHA = new Call("demo", "create-client", "k-1", List.of("ABCDE1234F", "correct horse 7#"));

        Call by(String other) {
            return new Call(other, operation, key, payload);
        }

        Call to(String other) {
            return new Call(caller, other, key, payload);
        }

        Call with(String... other) {
            return new Call(caller, operation, key, List.of(other));
        }

        Call under(String other) {
            return new Call(caller, operation, other, payload);
        }

        KeyedCall keyed() {
            return new KeyedCall(
                    caller,
                    operation,
                    Effect.REGISTERS,
                    IdempotencyKey.of(List.of(key)).orElseThrow(),
                    payload.stream().map(Secret::of).toList());
        }
    }

    /** What one caller sees, in the order in which he sees it; cancelling his answer is leaving. */
    private static final class Caller {
        private final List<String> seen = new ArrayList<>();
        private CompletableFuture<KeptAnswer> answer;

        String body() {
            assertThat(answer).isCompleted();
            return new String(answer.join().body(), UTF_8);
        }

        Throwable failure() {
            assertThat(answer).isCompletedExceptionally();
            return answer.handle((kept, failure) -> failure).join();
        }

        GatewayException problem() {
            assertThat(failure()).isInstanceOf(GatewayException.class);
            return (GatewayException) failure();
        }

        void leaves() {
            answer.cancel(true);
        }

        void stillWaits() {
            assertThat(answer).isNotDone();
        }
    }

    private Caller calls(Call call, Optional<Duration> patience, Work does) {
        var caller = new Caller();
        caller.answer = service.run(call.keyed(), () -> patience, () -> caller.seen.add("replayed"), does)
                .onItemOrFailure()
                .invoke((answer, failure) -> caller.seen.add("ended"))
                .subscribeAsCompletionStage();
        return caller;
    }

    private Caller calls(Call call) {
        return calls(call, Optional.empty(), work);
    }

    private Caller calls() {
        return calls(Call.OF_ASHA);
    }

    private Caller callsWithPatience(Duration patience) {
        return calls(Call.OF_ASHA, Optional.of(patience), work);
    }

    @AfterEach
    void nothingIsLeftWhenAllCallsHaveEnded() {
        work.endsAll();
        claims.proceedAll();
        assertThat(room.running()).as("flights").isZero();
        assertThat(room.waiting()).as("waiters").isZero();
        assertThat(room.contexts.alarms()).as("alarms").isZero();
    }

    // ---- the end of a call ------------------------------------------------------------------------------------------

    @Test
    void aCallIsFinishedWhenItsResultIsStoredAndItsCallerHasIt() {
        var place = room.contexts.place();
        var caller = new AtomicReference<Caller>();
        place.does(() -> caller.set(calls()));
        room.contexts.keepWorkersBusy();
        work.answers(new KeptAnswer(200, new byte[EventLoopWork.LONGEST_BYTES + 1]));
        place.turns();
        assertThat(work.finished()).isZero();

        room.contexts.freeWorkers();
        assertThat(work.finished()).isZero();
        place.turns();

        assertThat(caller.get().answer).isCompleted();
        assertThat(work.finished()).isEqualTo(1);
    }

    @Test
    void aCallWhoseCallerHasLeftIsFinishedAsWell() {
        var caller = calls();
        caller.leaves();
        work.answers("ok");

        assertThat(work.finished()).isEqualTo(1);
    }

    @Test
    void aCallWhoseResultCannotBeSealedDoesNotStayInProgress() {
        calls();
        room.contexts.closeWorkers();
        work.answers(new KeptAnswer(200, new byte[EventLoopWork.LONGEST_BYTES + 1]));

        var repeat = calls();

        assertThat(repeat.problem().kind()).isEqualTo(CALL_INTERRUPTED);
        assertThat(work.carriedOut()).isEqualTo(1);
        assertThat(room.unsettled()).isEqualTo(1);
    }

    // ---- another payload --------------------------------------------------------------------------------------------

    @Test
    void anotherPayloadIsTurnedAwayWhileTheFirstRuns() {
        calls();

        var other = calls(Call.OF_ASHA.with("ABCDE1234F", "another horse 7#"));

        assertThat(other.problem().kind()).isEqualTo(IDEMPOTENCY_KEY_REUSED);
        assertThat(work.carriedOut()).isEqualTo(1);
        assertThat(room.served("reused")).isEqualTo(1);
    }

    @Test
    void anotherPayloadIsTurnedAwayWhenTheAnswerIsKept() {
        calls();
        work.answers("A");

        var other = calls(Call.OF_ASHA.with("ABCDE1234F", "another horse 7#"));

        assertThat(other.problem().kind()).isEqualTo(IDEMPOTENCY_KEY_REUSED);
        assertThat(other.seen).containsExactly("ended");
        assertThat(work.carriedOut()).isEqualTo(1);
    }

    @Test
    void fieldsThatJoinToTheSameTextAreAnotherPayload() {
        calls(Call.OF_ASHA.with("ab", "c"));
        work.answers("A");

        assertThat(calls(Call.OF_ASHA.with("a", "bc")).problem().kind()).isEqualTo(IDEMPOTENCY_KEY_REUSED);
    }

    @Test
    void aPayloadThatIsStillBeingJudgedDoesNotTurnTheRightOneAway() {
        calls();
        work.answers("A");
        claims.slow();
        var wrong = calls(Call.OF_ASHA.with("ABCDE1234F", "another horse 7#"));

        var right = calls();
        claims.proceeds();
        claims.proceeds();

        assertThat(wrong.problem().kind()).isEqualTo(IDEMPOTENCY_KEY_REUSED);
        assertThat(right.body()).isEqualTo("A");
    }

    // ---- claims out of reach ----------------------------------------------------------------------------------------

    @Test
    void aCallThatCannotBeClaimedIsNotMade() {
        claims.refusesToClaim(new IllegalStateException("connection refused to redis://secret@host"));

        var caller = calls();

        assertThat(caller.problem().kind()).isEqualTo(OVERLOADED);
        assertThat(caller.problem().kind().outcome()).isEqualTo(Outcome.NOT_PROCESSED);
        assertThat(caller.problem().detail()).doesNotContain("redis");
        assertThat(work.carriedOut()).isZero();
        assertThat(room.served("overloaded")).isEqualTo(1);
    }

    @Test
    void aKeptResultThatCannotBeReadNowIsNoCallThatWasNotMade() {
        var unread = GatewayException.of(ProblemKind.CALL_INTERRUPTED, "The answer is kept");
        claims.refusesToClaim(unread);

        var caller = calls();

        assertThat(caller.failure()).isSameAs(unread);
        assertThat(work.carriedOut()).isZero();
        assertThat(room.served("replayed")).isEqualTo(1);
        assertThat(room.served("overloaded")).isZero();
    }

    @Test
    void claimsThatThrowAreClaimsOutOfReach() {
        var broken = new ClaimStore() {
            @Override
            public Uni<ClaimState> claim(ClaimName name, Fingerprint fingerprint, Owner owner) {
                throw new IllegalStateException("bug");
            }

            @Override
            public Uni<Void> complete(
                    ClaimName name, Fingerprint fingerprint, Owner owner, Effect effect, byte[] closed) {
                throw new IllegalStateException("bug");
            }

            @Override
            public Uni<Void> release(ClaimName name, Owner owner, Optional<byte[]> closed) {
                throw new IllegalStateException("bug");
            }

            @Override
            public Uni<ClaimState> find(ClaimName name, Fingerprint fingerprint, Owner owner) {
                throw new IllegalStateException("bug");
            }
        };

        var answer = room.neighbour(broken)
                .run(Call.OF_ASHA.keyed(), Optional::empty, () -> {}, work)
                .subscribeAsCompletionStage();

        assertThat(answer.handle((kept, failure) -> failure).join())
                .isInstanceOfSatisfying(
                        GatewayException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(OVERLOADED));
    }

    @Test
    void anAnswerThatCannotBeKeptIsStillTheAnswer() {
        var first = calls();
        var second = calls();
        claims.refusesToSettle(new IllegalStateException("timeout"));

        work.answers("A");

        assertThat(first.body()).isEqualTo("A");
        assertThat(second.body()).isEqualTo("A");
        assertThat(room.unsettled()).isEqualTo(1);
    }

    @Test
    void aFailureWhoseKeyCannotBeFreedIsStillTheFailure() {
        var caller = calls();
        claims.refusesToSettle(new IllegalStateException("timeout"));

        work.fails(GatewayException.of(ProblemKind.UPSTREAM_TIMEOUT));

        assertThat(caller.problem().kind()).isEqualTo(ProblemKind.UPSTREAM_TIMEOUT);
        assertThat(room.unsettled()).isEqualTo(1);
    }

    @Test
    void noCallerIsAnsweredBeforeTheAnswerIsKept() {
        var caller = calls();
        claims.slow();
        work.answers("A");

        caller.stillWaits();
        claims.proceeds();

        assertThat(caller.body()).isEqualTo("A");
    }

    // ---- what cannot be read ----------------------------------------------------------------------------------------

    @Test
    void aCallWhoseKeptAnswerWasChangedIsNotMadeAgain() {
        claims.changes(closed -> {
            byte[] changed = closed.clone();
            changed[changed.length - 1] ^= 1;
            return changed;
        });
        calls();
        work.answers("A");

        var again = calls();

        // Not a problem of the closed list: so the exit for failures takes it for the bug that it is, and says
        // "unknown".
        assertThat(again.failure()).isNotInstanceOf(GatewayException.class);
        assertThat(again.seen).containsExactly("ended");
        assertThat(work.carriedOut()).isEqualTo(1);
    }

    @Test
    void theKeptAnswerOfAnotherKeyIsNotTakenForThisOne() {
        var ofAnother = new AtomicReference<byte[]>();
        claims.changes(closed -> {
            ofAnother.set(closed);
            return closed;
        });
        calls(Call.OF_ASHA.under("k-2"));
        work.answers("of another");
        claims.changes(closed -> ofAnother.get());
        calls();
        work.answers("A");

        assertThat(calls().failure()).isNotInstanceOf(GatewayException.class);
    }

    // ---- the work fails ---------------------------------------------------------------------------------------------

    static Stream<ProblemKind> notProcessed() {
        return Arrays.stream(ProblemKind.values()).filter(kind -> kind.outcome() == Outcome.NOT_PROCESSED);
    }

    static Stream<ProblemKind> everyOther() {
        return Arrays.stream(ProblemKind.values()).filter(kind -> kind.outcome() != Outcome.NOT_PROCESSED);
    }

    @ParameterizedTest
    @MethodSource("notProcessed")
    void aFailureThatWasNotProcessedReleasesTheKey(ProblemKind kind) {
        var failure = GatewayException.of(kind, "this time").withTransactionId(Optional.of("txn-1"));
        var first = calls();
        work.fails(failure);

        var again = calls();
        work.answers("A");

        assertThat(first.failure()).isSameAs(failure);
        assertThat(again.body()).isEqualTo("A");
        assertThat(again.seen).containsExactly("ended");
        assertThat(work.carriedOut()).isEqualTo(2);
    }

    @Test
    void aFreedKeyTakesAnotherPayload() {
        calls();
        work.fails(GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE));

        var other = calls(Call.OF_ASHA.with("ABCDE1234F", "another horse 7#"));
        work.answers("A");

        assertThat(other.body()).isEqualTo("A");
    }

    @Test
    void aCallThatABugBrokeOffIsNotMadeAgain() {
        var bug = new IllegalStateException("bug");
        var first = calls();
        work.fails(bug);

        var again = calls();

        assertThat(first.failure()).isSameAs(bug);
        assertThat(again.seen).containsExactly("replayed", "ended");
        assertThat(again.problem().kind()).isEqualTo(ProblemKind.INTERNAL_ERROR);
        assertThat(work.carriedOut()).isEqualTo(1);
    }

    @Test
    void workThatThrowsKeepsTheKey() {
        var bug = new IllegalStateException("bug");

        var first = calls(Call.OF_ASHA, Optional.empty(), () -> {
            throw bug;
        });

        assertThat(first.failure()).isSameAs(bug);
        assertThat(room.running()).isZero();
        assertThat(calls().problem().kind()).isEqualTo(ProblemKind.INTERNAL_ERROR);
    }

    @Test
    void workThatIsNoneKeepsTheKey() {
        var first = calls(Call.OF_ASHA, Optional.empty(), () -> null);

        assertThat(first.failure()).isInstanceOf(NullPointerException.class);
        assertThat(room.running()).isZero();
        assertThat(calls().problem().kind()).isEqualTo(ProblemKind.INTERNAL_ERROR);
    }

    @Test
    void workThatEndsInNothingKeepsTheKey() {
        var first = calls(Call.OF_ASHA, Optional.empty(), () -> Uni.createFrom().nullItem());

        assertThat(first.failure()).isInstanceOf(NullPointerException.class);
        assertThat(room.running()).isZero();
        assertThat(calls().problem().kind()).isEqualTo(ProblemKind.INTERNAL_ERROR);
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 202, 204})
    void anAnswerThatIsNotDoneFreesTheKey(int status) {
        var first = calls();
        work.answers(new KeptAnswer(status, "later".getBytes(UTF_8)));

        var again = calls();
        work.answers("A");

        assertThat(first.answer.join().status()).isEqualTo(status);
        assertThat(again.body()).isEqualTo("A");
        assertThat(work.carriedOut()).isEqualTo(2);
    }

    // ---- replayed ---------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("everyOther")
    void everyOtherFailureIsReplayedInEveryDetailAndNotMadeAgain(ProblemKind kind) {
        var faults = List.of(FieldFault.of("username", "is no PAN"), FieldFault.of("password", "is too old"));
        var first = calls();
        work.fails(GatewayException.of(kind, "Invalid Pan pattern")
                .withErrors(faults)
                .withTransactionId(Optional.of("txn-1")));

        var again = calls();

        assertThat(first.seen).containsExactly("ended");
        assertThat(again.seen).containsExactly("replayed", "ended");
        assertThat(again.problem().kind()).isEqualTo(kind);
        assertThat(again.problem().detail()).isEqualTo("Invalid Pan pattern");
        assertThat(again.problem().errors()).isEqualTo(faults);
        assertThat(again.problem().transactionId()).contains("txn-1");
        assertThat(work.carriedOut()).isEqualTo(1);
    }

    @Test
    void anAnswerIsGivenAgainWithTheMarkSetBeforeIt() {
        var first = calls();
        work.answers("{\"data\":{\"client_id\":\"C-1\"}}");

        var again = calls();

        assertThat(first.seen).containsExactly("ended");
        assertThat(again.seen).containsExactly("replayed", "ended");
        assertThat(again.body()).isEqualTo("{\"data\":{\"client_id\":\"C-1\"}}");
        assertThat(again.answer.join().status()).isEqualTo(200);
        assertThat(work.carriedOut()).isEqualTo(1);
        assertThat(room.served("new")).isEqualTo(1);
        assertThat(room.served("replayed")).isEqualTo(1);
    }

    @Test
    void concurrentCallsForAKeptAnswerAreAllReplays() {
        calls();
        work.answers("A");
        claims.slow();
        var first = calls();
        var second = calls();

        claims.proceeds();

        assertThat(first.seen).containsExactly("replayed", "ended");
        assertThat(second.seen).containsExactly("replayed", "ended");
        assertThat(room.served("replayed")).isEqualTo(2);
    }

    @Test
    void aMarkThatCannotBeSetFailsItsCallerOnly() {
        calls();
        work.answers("A");
        claims.slow();
        var bug = new IllegalStateException("bug");
        var marked = service.run(
                        Call.OF_ASHA.keyed(),
                        Optional::empty,
                        () -> {
                            throw bug;
                        },
                        work)
                .subscribeAsCompletionStage();
        var other = calls();

        claims.proceeds();

        assertThat(marked.handle((kept, failure) -> failure).join()).isSameAs(bug);
        assertThat(other.body()).isEqualTo("A");
    }

    @Test
    void afterADayTheCallIsMadeAgain() {
        calls();
        work.answers("A");
        clock.turn(Duration.ofHours(24));

        var again = calls();
        work.answers("B");

        assertThat(again.body()).isEqualTo("B");
        assertThat(again.seen).containsExactly("ended");
    }

    @Test
    void aCallThatIsSubscribedToTwiceIsMadeOnce() {
        var run = service.run(Call.OF_ASHA.keyed(), Optional::empty, () -> {}, work);
        assertThat(work.carriedOut()).isZero();

        var first = run.subscribeAsCompletionStage();
        var second = run.subscribeAsCompletionStage();
        work.answers("A");

        assertThat(first.join()).isSameAs(second.join());
        assertThat(work.carriedOut()).isEqualTo(1);
    }

    // ---- whose key --------------------------------------------------------------------------------------------------

    @Test
    void theSameKeyOfAnotherCallerIsAnotherKey() {
        calls();
        calls(Call.OF_ASHA.by("other"));

        assertThat(work.carriedOut()).isEqualTo(2);
    }

    @Test
    void theSameKeyForAnotherOperationIsAnotherKey() {
        calls();
        calls(Call.OF_ASHA.to("profile"));

        assertThat(work.carriedOut()).isEqualTo(2);
    }

    @Test
    void namesThatJoinToTheSameTextAreOtherKeys() {
        calls(Call.OF_ASHA.by("ab").to("c"));
        calls(Call.OF_ASHA.by("a").to("bc"));

        assertThat(work.carriedOut()).isEqualTo(2);
    }

    @Test
    void theSamePayloadUnderAnotherKeyIsAnotherCall() {
        calls();
        calls(Call.OF_ASHA.under("k-2"));

        assertThat(work.carriedOut()).isEqualTo(2);
    }

    @Test
    void aKeyInQuotesIsTheSameKey() {
        calls();
        work.answers("A");

        assertThat(calls(Call.OF_ASHA.under("\"k-1\"")).body()).isEqualTo("A");
    }

    // ---- joining ----------------------------------------------------------------------------------------------------

    @Test
    void oneWhoJoinsGetsTheVerySameAnswerWithoutAMark() {
        var first = calls();
        var second = calls();

        work.answers("A");

        assertThat(second.answer.join()).isSameAs(first.answer.join());
        assertThat(second.seen).containsExactly("ended");
        assertThat(work.carriedOut()).isEqualTo(1);
        assertThat(room.served("joined")).isEqualTo(1);
    }

    @Test
    void oneWhoJoinsGetsTheVerySameFailureWithoutAMark() {
        var first = calls();
        var second = calls();

        work.fails(GatewayException.of(ProblemKind.UPSTREAM_REJECTED_FIELDS));

        assertThat(second.failure()).isSameAs(first.failure());
        assertThat(second.seen).containsExactly("ended");
    }

    @Test
    void oneWhoComesWhileTheAnswerIsBeingKeptGetsIt() {
        calls();
        claims.slow();
        work.answers("A");

        var late = calls();
        claims.proceeds();

        assertThat(late.body()).isEqualTo("A");
        assertThat(work.carriedOut()).isEqualTo(1);
    }

    @Test
    void theWorkGoesOnWhenTheFirstLeaves() {
        var first = calls();
        var second = calls();

        first.leaves();
        work.answers("A");

        assertThat(second.body()).isEqualTo("A");
        assertThat(work.cancelled()).isZero();
    }

    @Test
    void theWorkGoesOnWhenAllLeaveAndItsAnswerIsKept() {
        var first = calls();
        var second = calls();

        first.leaves();
        second.leaves();
        work.answers("A");

        assertThat(work.cancelled()).isZero();
        assertThat(calls().body()).isEqualTo("A");
        assertThat(work.carriedOut()).isEqualTo(1);
    }

    @Test
    void theWorkIsDoneEvenIfTheFirstLeavesBeforeItIsClaimed() {
        claims.slow();
        var first = calls();
        var second = calls();

        first.leaves();
        claims.proceeds();

        assertThat(work.carriedOut()).isEqualTo(1);
        work.answers("A");
        claims.proceeds();
        assertThat(second.body()).isEqualTo("A");
    }

    @Test
    void aCallThatAllLeaveBeforeItIsSentIsNotMadeAndItsKeyIsFree() {
        work.queues();
        var first = calls();
        var second = calls();
        first.leaves();
        assertThat(room.running()).isEqualTo(1);

        second.leaves();

        assertThat(room.running()).isZero();
        work.sends();
        var repeat = calls();
        work.answers("A");
        assertThat(repeat.body()).isEqualTo("A");
        assertThat(repeat.seen).containsExactly("ended");
        assertThat(room.served("new")).isEqualTo(2);
    }

    @Test
    void aCallThatOneStillWaitsForKeepsItsPlaceInTheQueue() {
        work.queues();
        var first = calls();
        var second = calls();

        first.leaves();

        work.answers("A");
        assertThat(second.body()).isEqualTo("A");
        assertThat(work.carriedOut()).isEqualTo(1);
    }

    @Test
    void aCallThatAllLeaveBeforeItIsClaimedIsNotMadeAndItsKeyIsFree() {
        work.queues();
        claims.slow();
        calls().leaves();

        claims.proceedAll();

        assertThat(work.carriedOut()).isZero();
        assertThat(room.running()).isZero();
        var repeat = calls();
        claims.proceeds();
        work.answers("A");
        claims.proceeds();
        assertThat(repeat.body()).isEqualTo("A");
    }

    @Test
    void aCallerThatArrivesWhileACallIsWithdrawnStartsANewOne() {
        work.queues();
        var first = calls();
        claims.slow();
        first.leaves();

        var late = calls();
        work.sends();
        claims.proceeds(); // the release
        claims.proceeds(); // the claim
        work.answers("A");
        claims.proceeds();

        assertThat(late.body()).isEqualTo("A");
        assertThat(work.carriedOut()).isEqualTo(2);
        assertThat(room.served("joined")).isZero();
    }

    @Test
    void oneWhoComesAfterAllHaveLeftGetsWhatBecameOfACallThatWasSent() {
        calls().leaves();

        var late = calls();
        work.fails(GatewayException.of(ProblemKind.UPSTREAM_ERROR));

        assertThat(late.problem().kind()).isEqualTo(ProblemKind.UPSTREAM_ERROR);
        assertThat(work.carriedOut()).isEqualTo(1);
    }

    @Test
    void oneWhoLeavesIsNoLossToTheOthers() {
        var first = calls();
        var second = calls();
        var third = calls();

        second.leaves();
        work.answers("A");

        assertThat(first.body()).isEqualTo("A");
        assertThat(third.body()).isEqualTo("A");
    }

    @Test
    void oneWhoLeavesGivesHisPlaceBackAtOnce() {
        calls();
        var second = calls();
        assertThat(room.waiting()).isEqualTo(1);

        second.leaves();

        assertThat(room.waiting()).isZero();
        assertThat(room.served("joined")).isEqualTo(1);
    }

    // ---- bounds -----------------------------------------------------------------------------------------------------

    @Test
    void oneMoreThanMayWaitIsTurnedAwayAndTheOthersAreNot() {
        var first = calls();
        List<Caller> waiting = List.of(calls(), calls(), calls());

        var oneMore = calls();
        work.answers("A");

        assertThat(oneMore.problem().kind()).isEqualTo(OVERLOADED);
        assertThat(room.served("overloaded")).isEqualTo(1);
        assertThat(first.body()).isEqualTo("A");
        assertThat(waiting).allSatisfy(caller -> assertThat(caller.body()).isEqualTo("A"));
    }

    @Test
    void aCallerThatHasAllItsPlacesTakesNoneOfAnother() {
        for (int i = 0; i <= MOST_WAITING; i++) {
            calls();
        }
        assertThat(calls().problem().kind()).isEqualTo(OVERLOADED);

        calls(Call.OF_ASHA.by("other"));
        calls(Call.OF_ASHA.by("other")).stillWaits();
    }

    @Test
    void thoseWhoBeginCallsDoNotCountAsWaiting() {
        for (int i = 0; i <= MOST_WAITING; i++) {
            calls(Call.OF_ASHA.under("k-" + i)).stillWaits();
        }

        assertThat(room.waiting()).isZero();
        assertThat(room.running()).isEqualTo(MOST_WAITING + 1);
    }

    @Test
    void placesAreThereAgainHoweverTheWaitingEnded() {
        for (int round = 0; round < 10 * MOST_WAITING; round++) {
            calls();
            calls().leaves();
            callsWithPatience(Duration.ZERO);
            var second = calls();
            callsWithPatience(TEN_SECONDS);
            var fourth = calls();
            room.contexts.pass(TEN_SECONDS);
            work.fails(GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE));
            assertThat(second.problem().kind()).isEqualTo(ProblemKind.UPSTREAM_UNAVAILABLE);
            assertThat(fourth.problem().kind()).isEqualTo(ProblemKind.UPSTREAM_UNAVAILABLE);
        }
    }

    // ---- patience ---------------------------------------------------------------------------------------------------

    @Test
    void oneWaiterThatTimesOutDoesNotEndTheOthers() {
        var first = calls();
        var impatient = callsWithPatience(TEN_SECONDS);
        var patient = callsWithPatience(TEN_SECONDS.plusMillis(1));

        room.contexts.pass(TEN_SECONDS);

        assertThat(impatient.problem().kind()).isEqualTo(IDEMPOTENCY_IN_PROGRESS);
        assertThat(impatient.seen).containsExactly("ended");
        first.stillWaits();
        patient.stillWaits();
        work.answers("A");
        assertThat(patient.body()).isEqualTo("A");
        assertThat(room.served("in_progress")).isEqualTo(1);
        assertThat(room.served("joined")).isEqualTo(1);
    }

    @Test
    void oneWithoutAnyPatienceDoesNotWait() {
        calls();

        assertThat(callsWithPatience(Duration.ZERO).problem().kind()).isEqualTo(IDEMPOTENCY_IN_PROGRESS);
    }

    @Test
    void oneWithoutAnyPatienceGetsWhatIsKept() {
        calls();
        work.answers("A");

        assertThat(callsWithPatience(Duration.ZERO).body()).isEqualTo("A");
    }

    @Test
    void thePatienceOfTheFirstIsNotMeasuredHere() {
        var first = callsWithPatience(Duration.ZERO);
        assertThat(room.contexts.alarms()).isZero();

        work.answers("A");

        assertThat(first.body()).isEqualTo("A");
    }

    @Test
    void anAlarmIsCalledOffWhenItsCallerLeaves() {
        calls();
        var second = callsWithPatience(TEN_SECONDS);
        assertThat(room.contexts.alarms()).isEqualTo(1);

        second.leaves();

        assertThat(room.contexts.alarms()).isZero();
    }

    @Test
    void anAlarmIsCalledOffWhenTheCallEnds() {
        calls();
        callsWithPatience(TEN_SECONDS);

        work.answers("A");

        assertThat(room.contexts.alarms()).isZero();
    }

    // ---- where callers are answered ---------------------------------------------------------------------------------

    @Test
    void everyCallerIsAnsweredInHisOwnPlace() {
        var places = List.of(room.contexts.place(), room.contexts.place(), room.contexts.place());
        List<HandTurnedContexts.Place> answeredIn = new ArrayList<>();
        for (var place : places) {
            place.does(() -> service.run(Call.OF_ASHA.keyed(), Optional::empty, () -> {}, work)
                    .subscribe()
                    .with(answer -> answeredIn.add(room.contexts.here())));
        }

        work.answers("A");
        assertThat(answeredIn).isEmpty();
        places.forEach(HandTurnedContexts.Place::turns);

        assertThat(answeredIn).containsExactlyElementsOf(places);
    }

    @Test
    void theMarkOfAReplayIsSetInTheCallersOwnPlace() {
        calls();
        work.answers("A");
        claims.slow();
        var place = room.contexts.place();
        List<HandTurnedContexts.Place> markedIn = new ArrayList<>();
        place.does(
                () -> service.run(Call.OF_ASHA.keyed(), Optional::empty, () -> markedIn.add(room.contexts.here()), work)
                        .subscribe()
                        .with(answer -> {}));

        claims.proceeds();
        place.turns();

        assertThat(markedIn).containsExactly(place);
    }

    @Test
    void aPatienceThatIsOverEndsInTheCallersOwnPlace() {
        calls();
        var place = room.contexts.place();
        List<HandTurnedContexts.Place> failedIn = new ArrayList<>();
        place.does(() -> service.run(Call.OF_ASHA.keyed(), () -> Optional.of(TEN_SECONDS), () -> {}, work)
                .subscribe()
                .with(answer -> {}, failure -> failedIn.add(room.contexts.here())));

        room.contexts.pass(TEN_SECONDS);
        place.turns();

        assertThat(failedIn).containsExactly(place);
    }

    @Test
    void theWorkIsBegunWhereTheFirstCallerIsBeforeHisCallReturns() {
        var place = room.contexts.place();
        List<HandTurnedContexts.Place> begunIn = new ArrayList<>();
        work.atStart(() -> begunIn.add(room.contexts.here()));

        place.does(() -> {
            calls();
            assertThat(begunIn).containsExactly(place);
        });
    }

    @Test
    void theWorkIsBegunWhereTheFirstCallerIsThoughTheClaimIsAnsweredElsewhere() {
        claims.slow();
        var place = room.contexts.place();
        List<HandTurnedContexts.Place> begunIn = new ArrayList<>();
        work.atStart(() -> begunIn.add(room.contexts.here()));
        place.does(this::calls);

        claims.proceeds();
        place.turns();

        assertThat(begunIn).containsExactly(place);
    }

    @Test
    void aCallerWhosePlaceIsClosedDoesNotKeepTheOthersFromTheirAnswer() {
        var first = calls();
        var place = room.contexts.place();
        place.does(this::calls);
        var third = calls();

        place.closes();
        work.answers("A");

        assertThat(first.body()).isEqualTo("A");
        assertThat(third.body()).isEqualTo("A");
    }

    /** As soon as the key is released, another process may make the call, before this one knows that it is. */
    @Test
    void whoComesWhileTheKeyIsBeingReleasedDoesNotGetTheEndOfTheEarlierCall() {
        var first = calls();
        claims.slow();
        work.fails(GatewayException.of(UPSTREAM_UNAVAILABLE));

        var late = calls();
        claims.proceeds();
        claims.proceeds();
        work.answers("A");
        claims.proceeds();

        assertThat(first.problem().kind()).isEqualTo(UPSTREAM_UNAVAILABLE);
        assertThat(late.body()).isEqualTo("A");
    }

    @Test
    void workWhosePlaceIsClosedBeforeItBeginsReleasesTheKey() {
        claims.slow();
        var place = room.contexts.place();
        place.does(this::calls);
        var second = calls();
        place.closes();
        claims.proceeds();
        claims.proceeds();
        assertThat(second.problem().kind()).isEqualTo(OVERLOADED);

        calls();
        claims.proceeds();

        assertThat(work.carriedOut()).isEqualTo(1);
    }
}
