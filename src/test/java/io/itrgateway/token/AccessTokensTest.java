package io.itrgateway.token;

import static io.itrgateway.problem.ProblemKind.QUOTA_EXHAUSTED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_CREDENTIALS_REFUSED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;
import static io.itrgateway.token.TokenRoom.COMPANY;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.itrgateway.TurnableClock;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.Outcome;
import io.itrgateway.secret.Secret;
import io.itrgateway.transport.Account;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One token for any number of callers, whatever they, Deepvue and the clock do. */
class AccessTokensTest {

    private static final int CROWD = 10_000;
    private static final int THREADS = 8;

    /** Of a life of 24 hours. */
    private static final Duration NINETY_PERCENT = Duration.ofMinutes(21 * 60 + 36);

    private static final Duration TO_THE_EARLY_EXPIRY = Duration.ofHours(24).minusSeconds(60);

    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-07T06:30:00Z"));
    private final ScriptedAuthorizer deepvue = new ScriptedAuthorizer(clock);
    private final TokenRoom room = new TokenRoom(clock, deepvue, deepvue);
    private final AccessTokens tokens = room.tokensOf(COMPANY);

    // ---- Authorize fails

    @Test
    void allWhoWaitForAnAuthorizeThatFailsGetItsFailure() {
        var crowd = crowd(this::caller);

        deepvue.fails(QUOTA_EXHAUSTED);

        assertThat(crowd).allSatisfy(caller -> {
            assertThat(failureOf(caller).kind()).isEqualTo(QUOTA_EXHAUSTED);
            assertThat(failureOf(caller).retryAfterSeconds()).contains(1L);
        });
        assertThat(deepvue.asked()).isOne();
    }

    @Test
    void duringThePauseCallersFailAtOnceWithTheTimeLeftAndDeepvueIsNotAsked() {
        authorizeFailsTimes(3);
        clock.turn(Duration.ofMillis(1_500));

        var crowd = crowd(this::caller);

        assertThat(crowd).allSatisfy(caller -> {
            assertThat(failureOf(caller).kind()).isEqualTo(UPSTREAM_UNAVAILABLE);
            assertThat(failureOf(caller).retryAfterSeconds()).contains(3L); // 2.5 of 4 are left
        });
        assertThat(deepvue.asked()).isEqualTo(3);
    }

    @Test
    void afterThePauseOneAsksForAllAndTheFailureIsForgotten() {
        authorizeFailsTimes(1);
        clock.turn(Duration.ofSeconds(1));

        var crowd = crowd(this::caller);
        var token = deepvue.grants();

        assertThat(crowd).allSatisfy(caller -> assertThat(caller).isCompletedWithValue(token));
        assertThat(deepvue.asked()).isEqualTo(2);
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
    void aRefusedAccountIsPausedTooThoughNobodyIsToldToComeBack() {
        var caller = caller();
        deepvue.fails(UPSTREAM_CREDENTIALS_REFUSED);

        assertThat(List.of(caller, caller())).allSatisfy(refused -> {
            assertThat(failureOf(refused).kind()).isEqualTo(UPSTREAM_CREDENTIALS_REFUSED);
            assertThat(failureOf(refused).retryAfterSeconds()).isEmpty();
        });
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
        var shelf = new SlowHands(room.shelfOf(COMPANY));
        var slow = room.tokensOn(shelf);
        shelf.beforeTheNextLoad(() -> {
            callerOf(slow);
            deepvue.fails(UPSTREAM_UNAVAILABLE);
        });

        var overtaken = callerOf(slow);

        assertThat(deepvue.asked()).isOne();
        assertThat(failureOf(overtaken).kind()).isEqualTo(UPSTREAM_UNAVAILABLE);
    }

    // ---- Callers leave

    @Test
    void aLeaderWhoLeavesFailsNobodyAndTheFlightGoesOn() {
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
    void aFollowerWhoLeavesFailsNobodyAndTheFlightGoesOn() {
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

        assertThat(crowd).allSatisfy(caller -> assertThat(caller).isCompletedWithValue(token));
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
        tokens.accepted(oldest);
        tokens.discard(oldest);
        tokens.discard(fetched());
        clock.turn(Duration.ofSeconds(1));
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
    void whileTokensThatNeverWorkArePausedCallersAreToldOfTheAccount() {
        tokens.discard(fetched());
        tokens.discard(fetched());

        var crowd = crowd(this::caller);

        assertThat(crowd)
                .allSatisfy(caller -> assertThat(failureOf(caller).kind()).isEqualTo(UPSTREAM_CREDENTIALS_REFUSED));
        assertThat(deepvue.asked()).isEqualTo(2);
    }

    @Test
    void aTokenThatWorksEndsTheSuspicion() {
        tokens.discard(fetched());
        tokens.discard(fetched());
        clock.turn(Duration.ofSeconds(1));
        var works = fetched();
        tokens.accepted(works);

        tokens.discard(works);
        tokens.discard(fetched());

        fetched();
        assertThat(deepvue.asked()).isEqualTo(5);
    }

    @Test
    void tokensThatWorkedAreReplacedAtOnceHoweverManyAreRefused() {
        for (int i = 0; i < 10; i++) {
            var works = fetched();
            tokens.accepted(works);
            tokens.discard(works);
        }

        fetched();

        assertThat(deepvue.asked()).isEqualTo(11);
    }

    @Test
    void aLateWordThatAnOlderTokenWorkedSaysNothingOfTheNewerOnes() {
        var works = fetched();
        tokens.accepted(works);
        tokens.discard(works);
        tokens.discard(fetched());
        tokens.discard(fetched());

        tokens.accepted(works);

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

        assertThat(crowd).allSatisfy(caller -> assertThat(caller).isCompletedWithValue(token));
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

        assertThat(crowd).allSatisfy(caller -> assertThat(caller).isCompletedWithValue(old));
        assertThat(deepvue.asked()).isEqualTo(2);
    }

    @Test
    void aRenewalThatFailedIsTriedOnceMoreAfterThePause() {
        var old = fetched();
        clock.turn(NINETY_PERCENT);
        caller();
        deepvue.fails(UPSTREAM_UNAVAILABLE);
        clock.turn(Duration.ofSeconds(1));

        var crowd = crowd(this::caller);

        assertThat(crowd).allSatisfy(caller -> assertThat(caller).isCompletedWithValue(old));
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
        assertThat(crowd).allSatisfy(caller -> assertThat(caller).isCompletedWithValue(renewed));
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

        assertThat(crowd).allSatisfy(caller -> assertThat(caller).isCompletedWithValue(renewed));
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
    void beforeNinetyPercentOfItsLifeNobodyRenewsAToken() {
        var token = fetched();
        clock.turn(NINETY_PERCENT.minusNanos(1));

        var crowd = crowd(this::caller);

        assertThat(crowd).allSatisfy(caller -> assertThat(caller).isCompletedWithValue(token));
        assertThat(deepvue.asked()).isOne();
    }

    @Test
    void fromNinetyPercentOfItsLifeOnItServesWhileItIsRenewedOnce() {
        var old = fetched();
        clock.turn(NINETY_PERCENT);

        var crowd = crowd(this::caller);

        assertThat(crowd).allSatisfy(caller -> assertThat(caller).isCompletedWithValue(old));
        assertThat(deepvue.asked()).isEqualTo(2);
        assertThat(crowd(this::caller)).allSatisfy(caller -> assertThat(caller).isCompletedWithValue(old));
        assertThat(deepvue.asked()).isEqualTo(2);
    }

    @Test
    void afterTheRenewalTheNewTokenServes() {
        fetched();
        clock.turn(NINETY_PERCENT);
        caller();

        var renewed = deepvue.grants();

        assertThat(crowd(this::caller)).allSatisfy(caller -> assertThat(caller).isCompletedWithValue(renewed));
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

        assertThat(crowd).allSatisfy(caller -> assertThat(caller).isCompletedWithValue(token));
        assertThat(deepvue.asked()).isOne();
    }

    @Test
    void nobodyIsAskedBeforeSomebodyListens() {
        var unheard = tokens.current();
        assertThat(deepvue.asked()).isZero();

        unheard.subscribeAsCompletionStage();

        assertThat(deepvue.asked()).isOne();
    }

    @Test
    void aCallerWhomTheWholeLifeOfATokenOvertakesGetsTheNextOne() {
        var shelf = new SlowHands(room.shelfOf(COMPANY));
        var slow = room.tokensOn(shelf);
        shelf.beforeTheNextLoad(() -> {
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

    private static CompletableFuture<AccessToken> callerOf(AccessTokens tokens) {
        return tokens.current().subscribeAsCompletionStage();
    }

    /** Ten thousand callers, who come from several threads at the same moment. */
    private static List<CompletableFuture<AccessToken>> crowd(Supplier<CompletableFuture<AccessToken>> caller) {
        var start = new CyclicBarrier(THREADS);
        Callable<List<CompletableFuture<AccessToken>>> some = () -> {
            List<CompletableFuture<AccessToken>> callers = new ArrayList<>(CROWD / THREADS);
            start.await(30, SECONDS);
            for (int i = 0; i < CROWD / THREADS; i++) {
                callers.add(caller.get());
            }
            return callers;
        };
        var threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<CompletableFuture<AccessToken>> crowd = new ArrayList<>(CROWD);
            for (var callers : threads.invokeAll(
                    IntStream.range(0, THREADS).mapToObj(thread -> some).toList())) {
                crowd.addAll(callers.get());
            }
            return crowd;
        } catch (Exception e) {
            return fail("the crowd did not come", e);
        } finally {
            threads.shutdownNow();
        }
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
                clock.turn(Pause.length(failed));
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
        return fail("nobody asks any more");
    }

    /** The failure of that caller, which must say that nothing was registered. */
    private static GatewayException failureOf(CompletableFuture<AccessToken> caller) {
        assertThat(caller).isCompletedExceptionally();
        var failure = caller.handle((token, thrown) -> thrown).join();
        assertThat(failure).isInstanceOf(GatewayException.class);
        var known = (GatewayException) failure;
        assertThat(known.kind().outcome()).isEqualTo(Outcome.NOT_PROCESSED);
        return known;
    }

    /** The shelf, with a moment before a caller reaches into it in which others may be faster. */
    private static final class SlowHands implements TokenShelf {

        private final TokenShelf shelf;
        private final AtomicReference<Runnable> others = new AtomicReference<>(() -> {});

        SlowHands(TokenShelf shelf) {
            this.shelf = shelf;
        }

        void beforeTheNextLoad(Runnable othersAct) {
            others.set(othersAct);
        }

        @Override
        public Optional<AccessToken> held(long generation) {
            return shelf.held(generation);
        }

        @Override
        public Uni<AccessToken> load(long generation, Supplier<Uni<AccessToken>> flight) {
            others.getAndSet(() -> {}).run();
            return shelf.load(generation, flight);
        }

        @Override
        public void drop(long generation) {
            shelf.drop(generation);
        }
    }
}
