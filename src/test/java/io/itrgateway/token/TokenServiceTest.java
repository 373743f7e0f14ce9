package io.itrgateway.token;

import static io.itrgateway.problem.ProblemKind.QUOTA_EXHAUSTED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_CREDENTIALS_REFUSED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;
import static io.itrgateway.token.Callers.answersTo;
import static io.itrgateway.token.Callers.callerOf;
import static io.itrgateway.token.Callers.crowd;
import static io.itrgateway.token.Callers.failureOf;
import static io.itrgateway.token.TokenRoom.COMPANY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.itrgateway.TurnableClock;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.secret.Secret;
import io.itrgateway.token.Callers.Failed;
import io.itrgateway.transport.Account;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One token for any number of callers, whatever they, Deepvue and the clock do. */
@ExtendWith(Hushed.class)
class TokenServiceTest {

    /** Of a life of 24 hours. */
    private static final Duration NINETY_PERCENT = Duration.ofMinutes(21 * 60 + 36);

    private static final Duration TO_THE_EARLY_EXPIRY = Duration.ofHours(24).minusSeconds(60);

    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-07T06:30:00Z"));
    private final ScriptedAuthorizer deepvue = new ScriptedAuthorizer(clock);
    private final TokenRoom room = new TokenRoom(clock, deepvue, deepvue);
    private final TokenService tokens = room.tokensOf(COMPANY);

    // ---- Authorize fails

    @Test
    void everyCallThatWaitsForAnAuthorizeThatFailsGetsItsFailure() {
        var crowd = crowd(this::caller);

        deepvue.fails(QUOTA_EXHAUSTED);

        assertThat(answersTo(crowd)).containsExactly(new Failed(QUOTA_EXHAUSTED, Optional.of(1L)));
        assertThat(deepvue.asked()).isOne();
    }

    @Test
    void duringThePauseCallersFailAtOnceWithTheTimeLeftAndDeepvueIsNotAsked() {
        authorizeFailsTimes(3);
        clock.turn(Duration.ofMillis(1_500));

        var crowd = crowd(this::caller);

        var twoAndAHalfOfFour = Optional.of(3L);
        assertThat(answersTo(crowd)).containsExactly(new Failed(UPSTREAM_UNAVAILABLE, twoAndAHalfOfFour));
        assertThat(deepvue.fetches()).isEqualTo(3);
    }

    @Test
    void afterThePauseOneFetchServesAllAndTheFailureIsForgotten() {
        authorizeFailsTimes(1);
        clock.turn(Duration.ofSeconds(1));

        var crowd = crowd(this::caller);
        var token = deepvue.grants();

        assertThat(answersTo(crowd)).containsExactly(token);
        assertThat(deepvue.asked()).isEqualTo(2);
    }

    @Test
    void anAccountThatWasRefusedIsSoUntilItGetsAToken() {
        caller();
        deepvue.fails(UPSTREAM_CREDENTIALS_REFUSED);
        clock.turn(Duration.ofMinutes(5));

        assertThat(tokens.standingFailure()).isEmpty();
        assertThat(tokens.isAccountRefused()).isTrue();

        caller();
        deepvue.grants();
        assertThat(tokens.isAccountRefused()).isFalse();
    }

    @Test
    void anOutageIsOverForAllThatIsKnownWhenThePauseIs() {
        authorizeFailsTimes(1);
        clock.turn(Duration.ofSeconds(1));

        assertThat(tokens.standingFailure()).isEmpty();
        assertThat(tokens.isAccountRefused()).isFalse();
    }

    @Test
    void thePauseDoublesWithEveryFailureInARowUpToThirtySeconds() {
        caller();

        var pauses = IntStream.range(0, 8).mapToObj(failure -> {
            deepvue.fails(UPSTREAM_UNAVAILABLE);
            return secondsUntilAsked();
        });

        assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
    }

    @Test
    void whileAllCallsAreHeldBackDeepvueIsNotAskedAndRetryAfterSaysForHowLong() {
        var caller = caller();
        deepvue.fails(GatewayException.of(QUOTA_EXHAUSTED).withRetryAfter(Duration.ofSeconds(20)));
        clock.turn(Duration.ofSeconds(12));
        var later = caller();
        clock.turn(Duration.ofSeconds(8));
        var last = caller();
        var token = deepvue.grants();

        assertThat(failureOf(caller).retryAfterSeconds()).contains(20L);
        assertThat(failureOf(later).retryAfterSeconds()).contains(8L);
        assertThat(answersTo(List.of(last))).containsExactly(token);
        assertThat(deepvue.fetches()).isEqualTo(2);
    }

    @Test
    void aSuccessEndsTheGrowthOfThePause() {
        authorizeFailsTimes(4);
        clock.turn(Duration.ofSeconds(8));
        fetched();
        clock.turn(TO_THE_EARLY_EXPIRY);

        var caller = caller();
        deepvue.fails(UPSTREAM_UNAVAILABLE);

        assertThat(failureOf(caller).retryAfterSeconds()).contains(1L);
    }

    @Test
    void aRefusedAccountIsPausedTooWithoutARetryAfter() {
        var caller = caller();
        deepvue.fails(UPSTREAM_CREDENTIALS_REFUSED);

        assertThat(answersTo(List.of(caller, caller())))
                .containsExactly(new Failed(UPSTREAM_CREDENTIALS_REFUSED, Optional.empty()));
        assertThat(deepvue.asked()).isOne();
    }

    @Test
    void aBugInTheAuthorizerIsAnUnavailableUpstreamToItsCallers() {
        var caller = caller();

        deepvue.fails(new IllegalStateException("client_secret=client-secret-1"));

        assertThat(failureOf(caller).kind()).isEqualTo(UPSTREAM_UNAVAILABLE);
        assertThat(failureOf(caller)).hasNoCause().hasMessageNotContaining("client-secret-1");
        assertThat(failureOf(caller()).retryAfterSeconds()).contains(1L);
    }

    @Test
    void aCallerWhomTheFailureOfAnotherOvertakesDoesNotAskAgain() {
        var store = new SlowHands(room.storeOf(COMPANY));
        var slow = room.tokensOn(store);
        store.beforeTheNextLoad(() -> {
            callerOf(slow);
            deepvue.fails(UPSTREAM_UNAVAILABLE);
        });

        var overtaken = callerOf(slow);

        assertThat(deepvue.asked()).isOne();
        assertThat(failureOf(overtaken).kind()).isEqualTo(UPSTREAM_UNAVAILABLE);
    }

    // ---- Callers leave

    @Test
    void aCancelledLeaderFailsNoOtherAndTheFetchContinues() {
        var leader = caller();
        var follower = caller();
        assertThat(deepvue.asked()).isOne();

        leader.cancel(true);

        var token = deepvue.grants();
        assertThat(follower).isCompletedWithValue(token);
        assertThat(caller()).isCompletedWithValue(token);
        assertThat(deepvue.asked()).isOne();
    }

    @Test
    void aCancelledFollowerFailsNoOtherAndTheFetchContinues() {
        var leader = caller();
        var follower = caller();
        assertThat(deepvue.asked()).isOne();

        follower.cancel(true);

        var token = deepvue.grants();
        assertThat(leader).isCompletedWithValue(token);
        assertThat(caller()).isCompletedWithValue(token);
        assertThat(deepvue.asked()).isOne();
    }

    @Test
    void aFlightThatAllHaveLeftStillBringsTheTokenForTheNext() {
        var crowd = crowd(this::caller);

        crowd.forEach(caller -> caller.cancel(true));

        var token = deepvue.grants();
        assertThat(caller()).isCompletedWithValue(token);
        assertThat(deepvue.asked()).isOne();
    }

    @Test
    void aFlightThatAllHaveLeftAndThatFailsStillStartsThePause() {
        caller().cancel(true);

        deepvue.fails(UPSTREAM_UNAVAILABLE);

        assertThat(failureOf(caller()).kind()).isEqualTo(UPSTREAM_UNAVAILABLE);
        assertThat(deepvue.asked()).isOne();
    }

    // ---- Tokens are refused

    @Test
    void tenThousandCallersWhoseTokenIsRefusedMakeOneAuthorize() {
        var refused = fetched();

        var crowd = crowd(() -> {
            tokens.discard(refused);
            return caller();
        });
        var token = deepvue.grants();

        assertThat(answersTo(crowd)).containsExactly(token);
        assertThat(deepvue.asked()).isEqualTo(2);
        assertThat(room.countedRefusals()).isOne();
    }

    @Test
    void aRefusedTokenIsNotHandedOutAgain() {
        var refused = fetched();

        tokens.discard(refused);

        var next = caller();
        assertThat(next).isNotDone();
        assertThat(deepvue.grants()).isNotEqualTo(refused);
        assertThat(next).isCompleted();
    }

    @Test
    void theRefusalOfAnOlderTokenLeavesTheNewerOne() {
        var older = fetched();
        tokens.discard(older);
        var newer = fetched();

        tokens.discard(older);

        assertThat(caller()).isCompletedWithValue(newer);
        assertThat(deepvue.asked()).isEqualTo(2);
    }

    @Test
    void theRefusalOfAMuchOlderTokenLeavesTheNewestOne() {
        var oldest = fetched();
        tokens.markAccepted(oldest);
        tokens.discard(oldest);
        tokens.discard(fetched());
        var newest = fetched();

        tokens.discard(oldest);

        assertThat(caller()).isCompletedWithValue(newest);
        assertThat(deepvue.asked()).isEqualTo(3);
    }

    @Test
    void aTokenRefusedTwiceCountsAsOneRefusal() {
        var refused = fetched();

        tokens.discard(refused);
        tokens.discard(refused);

        fetched(); // two refusals would have been followed by a pause
        assertThat(deepvue.asked()).isEqualTo(2);
        assertThat(room.countedRefusals()).isOne();
    }

    @Test
    void tokensThatNeverWorkAreReplacedAtOnceOnceAndThenOnlyAfterGrowingPauses() {
        tokens.discard(fetched());
        tokens.discard(fetched());

        var pauses = IntStream.range(0, 7).mapToObj(refusal -> {
            long pause = secondsUntilAsked();
            tokens.discard(deepvue.grants());
            return pause;
        });

        assertThat(pauses).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Test
    void whileTokensThatNeverWorkArePausedCallsFailWithTheAccountsProblem() {
        tokens.discard(fetched());
        tokens.discard(fetched());

        var crowd = crowd(this::caller);

        assertThat(answersTo(crowd)).containsExactly(new Failed(UPSTREAM_CREDENTIALS_REFUSED, Optional.empty()));
        assertThat(deepvue.fetches()).isEqualTo(2);
    }

    @Test
    void tokensThatAreRefusedForAnOperationAreReplacedAtOnceAndHoldNoOtherCallBack() {
        for (int i = 0; i < 5; i++) {
            tokens.discardWithoutBackoff(fetched());
        }

        fetched();
        assertThat(deepvue.asked()).isEqualTo(6);
        assertThat(tokens.isAccountRefused()).isFalse();
        assertThat(room.countedRefusals()).isEqualTo(5);
    }

    @Test
    void aTokenThatWorksEndsTheSuspicion() {
        tokens.discard(fetched());
        tokens.discard(fetched());
        clock.turn(Duration.ofSeconds(1));
        var works = fetched();
        tokens.markAccepted(works);

        tokens.discard(works);
        tokens.discard(fetched());

        fetched();
        assertThat(deepvue.asked()).isEqualTo(5);
    }

    @Test
    void tokensThatWorkedAreReplacedAtOnceHoweverManyAreRefused() {
        for (int i = 0; i < 10; i++) {
            var works = fetched();
            tokens.markAccepted(works);
            tokens.discard(works);
        }

        fetched();

        assertThat(deepvue.asked()).isEqualTo(11);
    }

    @Test
    void aLateWordThatAnOlderTokenWorkedSaysNothingOfTheNewerOnes() {
        var works = fetched();
        tokens.markAccepted(works);
        tokens.discard(works);
        tokens.discard(fetched());
        tokens.discard(fetched());

        tokens.markAccepted(works);

        clock.turn(Duration.ofSeconds(1));
        tokens.discard(fetched());
        assertThat(secondsUntilAsked()).isEqualTo(2);
    }

    // ---- Tokens expire

    @Test
    void anExpiredTokenIsNotHandedOutAndTenThousandCallersMakeOneAuthorize() {
        fetched();
        clock.turn(TO_THE_EARLY_EXPIRY);

        var crowd = crowd(this::caller);
        var token = deepvue.grants();

        assertThat(answersTo(crowd)).containsExactly(token);
        assertThat(deepvue.asked()).isEqualTo(2);
    }

    @Test
    void aTokenOfTenSecondsServesNineOfThem() {
        var brief = fetched(Duration.ofSeconds(10));

        clock.turn(Duration.ofMillis(7_999));
        assertThat(caller()).isCompletedWithValue(brief);
        clock.turn(Duration.ofMillis(1_001));
        assertThat(caller()).isNotDone();
    }

    @Test
    void theExpiryOfATokenIsNoRefusal() {
        for (int i = 0; i < 5; i++) {
            fetched();
            clock.turn(TO_THE_EARLY_EXPIRY);
        }

        fetched();

        assertThat(deepvue.asked()).isEqualTo(6);
    }

    // ---- Tokens are renewed

    @Test
    void aRenewalThatFailsLeavesTheOldTokenServingAndIsNotRepeatedDuringThePause() {
        var old = fetched();
        clock.turn(NINETY_PERCENT);
        caller();
        deepvue.fails(UPSTREAM_UNAVAILABLE);

        var crowd = crowd(this::caller);

        assertThat(answersTo(crowd)).containsExactly(old);
        assertThat(deepvue.fetches()).isEqualTo(2);
    }

    @Test
    void aRenewalThatFailedIsTriedOnceMoreAfterThePause() {
        var old = fetched();
        clock.turn(NINETY_PERCENT);
        caller();
        deepvue.fails(UPSTREAM_UNAVAILABLE);
        clock.turn(Duration.ofSeconds(1));

        var crowd = crowd(this::caller);

        assertThat(answersTo(crowd)).containsExactly(old);
        assertThat(deepvue.asked()).isEqualTo(3);
        var renewed = deepvue.grants();
        assertThat(caller()).isCompletedWithValue(renewed);
    }

    @Test
    void aRenewalThatFailsToTheEndIsAFailureAndNotAnExpiredToken() {
        fetched();
        clock.turn(TO_THE_EARLY_EXPIRY.minusMillis(500));
        caller();
        deepvue.fails(UPSTREAM_UNAVAILABLE);
        clock.turn(Duration.ofMillis(500));

        var caller = caller();

        assertThat(failureOf(caller).kind()).isEqualTo(UPSTREAM_UNAVAILABLE);
        assertThat(deepvue.asked()).isEqualTo(2);
    }

    @Test
    void aTokenThatIsRefusedDuringItsRenewalIsNotHandedOutAgainAndTheRenewalServes() {
        var old = fetched();
        clock.turn(NINETY_PERCENT);
        caller();
        assertThat(deepvue.asked()).isEqualTo(2);

        tokens.discard(old);

        var crowd = crowd(this::caller);
        var renewed = deepvue.grants();
        assertThat(answersTo(crowd)).containsExactly(renewed);
        assertThat(caller()).isCompletedWithValue(renewed);
        assertThat(deepvue.asked()).isEqualTo(2);
    }

    @Test
    void aTokenThatIsRefusedDuringARenewalThatFailsIsNotHandedOutAgain() {
        var old = fetched();
        clock.turn(NINETY_PERCENT);
        caller();
        tokens.discard(old);
        var waiting = caller();

        deepvue.fails(UPSTREAM_UNAVAILABLE);

        assertThat(failureOf(waiting).kind()).isEqualTo(UPSTREAM_UNAVAILABLE);
        assertThat(failureOf(caller()).kind()).isEqualTo(UPSTREAM_UNAVAILABLE);
        clock.turn(Duration.ofSeconds(1));
        assertThat(fetched()).isNotEqualTo(old);
    }

    @Test
    void aTokenThatExpiresDuringItsRenewalIsNotHandedOutAndTheRenewalServes() {
        fetched();
        clock.turn(NINETY_PERCENT);
        caller();
        clock.turnTo(clock.instant().plus(TO_THE_EARLY_EXPIRY).minus(NINETY_PERCENT));

        var crowd = crowd(this::caller);
        var renewed = deepvue.grants();

        assertThat(answersTo(crowd)).containsExactly(renewed);
        assertThat(deepvue.asked()).isEqualTo(2);
    }

    @Test
    void theLateRefusalOfTheOldTokenLeavesTheRenewedOne() {
        var old = fetched();
        clock.turn(NINETY_PERCENT);
        caller();
        var renewed = deepvue.grants();

        tokens.discard(old);

        assertThat(caller()).isCompletedWithValue(renewed);
        assertThat(deepvue.asked()).isEqualTo(2);
    }

    @Test
    void aTokenIsNotRenewedBeforeNinetyPercentOfItsLife() {
        var token = fetched();
        clock.turn(NINETY_PERCENT.minusNanos(1));

        var crowd = crowd(this::caller);

        assertThat(answersTo(crowd)).containsExactly(token);
        assertThat(deepvue.asked()).isOne();
    }

    @Test
    void fromNinetyPercentOfItsLifeOnItServesWhileItIsRenewedOnce() {
        var old = fetched();
        clock.turn(NINETY_PERCENT);

        var crowd = crowd(this::caller);

        assertThat(answersTo(crowd)).containsExactly(old);
        assertThat(deepvue.asked()).isEqualTo(2);
        assertThat(answersTo(crowd(this::caller))).containsExactly(old);
        assertThat(deepvue.asked()).isEqualTo(2);
    }

    @Test
    void theCallersOfATokenThatIsBeingRenewedDoNotAllQueueForTheNewOne() {
        var store = new SlowHands(room.storeOf(COMPANY));
        var watched = room.tokensOn(store);
        callerOf(watched);
        var old = deepvue.grants();
        clock.turn(NINETY_PERCENT);

        var crowd = crowd(() -> callerOf(watched));

        assertThat(answersTo(crowd)).containsExactly(old);
        assertThat(store.loads()).isEqualTo(2);
    }

    @Test
    void afterTheRenewalTheNewTokenServes() {
        fetched();
        clock.turn(NINETY_PERCENT);
        caller();

        var renewed = deepvue.grants();

        assertThat(answersTo(crowd(this::caller))).containsExactly(renewed);
        assertThat(deepvue.asked()).isEqualTo(2);
    }

    @Test
    void aTokenIsRenewedAgainAndAgain() {
        fetched();

        for (int day = 0; day < 100; day++) {
            clock.turn(NINETY_PERCENT);
            caller();
            assertThat(deepvue.asked()).isEqualTo(day + 2);
            var renewed = deepvue.grants();
            assertThat(caller()).isCompletedWithValue(renewed);
        }
    }

    @Test
    void aTokenThatReplacedARefusedOneIsRenewedToo() {
        tokens.discard(fetched());
        var old = fetched();
        clock.turn(NINETY_PERCENT);

        assertThat(caller()).isCompletedWithValue(old);
        var renewed = deepvue.grants();
        assertThat(caller()).isCompletedWithValue(renewed);
    }

    // ---- The first token, and whose it is

    @Test
    void aColdStartOfTenThousandCallersMakesOneAuthorize() {
        var crowd = crowd(this::caller);
        assertThat(crowd).noneMatch(CompletableFuture::isDone);

        var token = deepvue.grants();

        assertThat(answersTo(crowd)).containsExactly(token);
        assertThat(deepvue.asked()).isOne();
    }

    @Test
    void nothingIsFetchedBeforeSubscription() {
        var unheard = tokens.current();
        assertThat(deepvue.asked()).isZero();

        unheard.subscribeAsCompletionStage();

        assertThat(deepvue.asked()).isOne();
    }

    @Test
    void theTokenIsChosenAtSubscription() {
        var refused = fetched();
        var unheard = tokens.current();
        tokens.discard(refused);

        var listening = unheard.subscribeAsCompletionStage();

        assertThat(listening).isNotDone();
    }

    @Test
    void aCallerWhomTheWholeLifeOfATokenOvertakesGetsTheNextOne() {
        var store = new SlowHands(room.storeOf(COMPANY));
        var slow = room.tokensOn(store);
        store.beforeTheNextLoad(() -> {
            callerOf(slow);
            slow.discard(deepvue.grants());
        });

        var overtaken = callerOf(slow);
        var next = deepvue.grants();

        assertThat(overtaken).isCompletedWithValue(next);
        assertThat(callerOf(slow)).isCompletedWithValue(next);
        assertThat(deepvue.asked()).isEqualTo(2);
    }

    @Test
    void anotherClientSecretNeverMeetsTheTokenOfTheOldOne() {
        var old = fetched();
        var deepvueOfTheNewSecret = new ScriptedAuthorizer(clock);
        var newSecret = room.neighbour(deepvueOfTheNewSecret, deepvueOfTheNewSecret)
                .tokensOf(new Account(COMPANY.clientId(), Secret.of("client-secret-2")));

        var caller = callerOf(newSecret);

        assertThat(caller).isNotDone();
        var token = deepvueOfTheNewSecret.grants();
        assertThat(caller).isCompletedWithValue(token);
        newSecret.discard(token);
        assertThat(caller()).isCompletedWithValue(old);
    }

    // ---- In the words of this room

    private CompletableFuture<AccessToken> caller() {
        return callerOf(tokens);
    }

    /** The token that a caller gets for whom it has to be fetched. */
    private AccessToken fetched() {
        return fetched(Duration.ofHours(24));
    }

    private AccessToken fetched(Duration life) {
        var caller = caller();
        assertThat(caller).isNotDone();
        var token = deepvue.grants(life);
        assertThat(caller).isCompletedWithValue(token);
        return token;
    }

    /** Lets that many authorizes fail in a row, each as soon as the pause before it is over; the last pause has just begun. */
    private void authorizeFailsTimes(int failures) {
        for (int failed = 0; failed < failures; failed++) {
            if (failed > 0) {
                clock.turn(AuthorizeBackoff.length(failed));
            }
            caller();
            deepvue.fails(UPSTREAM_UNAVAILABLE);
        }
    }

    /** Sends a caller just before and at every full second until one is not failed at once, but waits for an authorize. */
    private long secondsUntilAsked() {
        int asked = deepvue.asked();
        for (long seconds = 0; seconds <= 60; seconds++) {
            if (!caller().isDone()) {
                assertThat(deepvue.asked()).isEqualTo(asked + 1);
                return seconds;
            }
            clock.turn(Duration.ofMillis(999));
            failureOf(caller());
            clock.turn(Duration.ofMillis(1));
        }
        return fail("no caller asks any more");
    }

    @Test
    void anAuthorizerThatThrowsFailsItsCallers() throws Exception {
        var flights = Executors.newSingleThreadExecutor();
        var room = new TokenRoom(
                clock,
                generation -> {
                    throw new IllegalStateException("bug");
                },
                flights);

        var caller = room.tokensOf(COMPANY).current().subscribeAsCompletionStage();
        flights.shutdown();
        assertThat(flights.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(caller).isDone();
    }

    @Test
    void aFlightThatCannotTakeOffIsAnUnavailableUpstream() {
        var room = new TokenRoom(clock, generation -> Uni.createFrom().nothing(), task -> {
            throw new RejectedExecutionException("executor is shut down");
        });

        var caller = room.tokensOf(COMPANY).current().subscribeAsCompletionStage();
        assertThat(caller.handle((t, f) -> f).join()).isInstanceOf(GatewayException.class);
    }

    @Test
    void afterTheSecondUnprovenRefusalNoAuthorizeIsSentBeforeThePauseEnds() {
        var deepvue = new ScriptedAuthorizer(clock);
        var room = new TokenRoom(clock, deepvue, deepvue);
        var store = room.storeOf(COMPANY);
        var duringDrop = new AtomicReference<Runnable>(() -> {});
        var tokens = room.tokensOn(new TokenStore() {
            public Optional<AccessToken> held(long g) {
                return store.held(g);
            }

            public Uni<AccessToken> load(long g, TokenFetch f) {
                return store.load(g, f);
            }

            public void drop(long g) {
                duringDrop.getAndSet(() -> {}).run();
                store.drop(g);
            }
        });
        var c1 = tokens.current().subscribeAsCompletionStage();
        deepvue.grants();
        tokens.discard(c1.join());
        tokens.current().subscribeAsCompletionStage();
        var t2 = deepvue.grants();
        // another caller of the same token loses the compare-and-set and asks for the next one, between the winner's
        // compare-and-set and the winner's pause
        duringDrop.set(() -> {
            tokens.discard(t2);
            tokens.current().subscribeAsCompletionStage();
            deepvue.asked();
        });
        tokens.discard(t2);
        assertThat(deepvue.asked()).isEqualTo(2);
    }
}
