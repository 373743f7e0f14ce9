package io.itrgateway.token;

import static io.itrgateway.problem.ProblemKind.OVERLOADED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_CREDENTIALS_REFUSED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;
import static io.itrgateway.token.Callers.failureOf;
import static io.itrgateway.token.TokenRoom.COMPANY;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.TurnableClock;
import io.itrgateway.secret.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What this process makes of the tokens and of the failures of others. */
@ExtendWith(Hushed.class)
class SharedAccessTokensTest {

    private static final Duration LIFE = Duration.ofHours(24);

    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-07T06:30:00Z"));
    private final ScriptedAuthorizer deepvue = new ScriptedAuthorizer(clock);
    private final TokenRoom room = new TokenRoom(clock, deepvue);
    private final OfferingTokenStore store = new OfferingTokenStore(room.storeOf(COMPANY));
    private final TokenService tokens = room.tokensOn(store);

    private CompletableFuture<AccessToken> caller() {
        return Callers.callerOf(tokens);
    }

    /** A token that others have had for that long. */
    private void othersOffer(String value, Duration age) {
        Instant issuedAt = clock.instant().minus(age);
        store.offers(value, issuedAt, issuedAt.plus(LIFE));
    }

    // ---- failures ---------------------------------------------------------------------------------------------------

    @Test
    void theFailureOfAnotherIsKeptForAsLongAsItsPauseWithoutAsking() {
        store.warns(new AuthorizeFailure(UPSTREAM_UNAVAILABLE, 3, Duration.ofSeconds(4)));

        assertThat(failureOf(caller()).retryAfterSeconds()).contains(4L);

        store.offersNothing();
        clock.turn(Duration.ofMillis(3_999));
        assertThat(failureOf(caller()).kind()).isEqualTo(UPSTREAM_UNAVAILABLE);
        assertThat(deepvue.asked()).isZero();
        clock.turn(Duration.ofMillis(1));
        assertThat(caller()).isNotDone();
        assertThat(deepvue.asked()).isOne();
    }

    @Test
    void thePauseGoesOnGrowingWhereTheOthersHaveBroughtIt() {
        store.warns(new AuthorizeFailure(UPSTREAM_UNAVAILABLE, 3, Duration.ofSeconds(4)));
        caller();
        store.offersNothing();
        clock.turn(Duration.ofSeconds(4));

        var caller = caller();
        deepvue.fails(UPSTREAM_UNAVAILABLE);

        assertThat(failureOf(caller).retryAfterSeconds()).contains(8L);
        assertThat(store.setback()).contains(new AuthorizeFailure(UPSTREAM_UNAVAILABLE, 4, Duration.ofSeconds(8)));
    }

    @Test
    void noPauseIsLongerThanTheMaximum() {
        store.warns(new AuthorizeFailure(UPSTREAM_CREDENTIALS_REFUSED, 9, Duration.ofDays(1)));
        caller();
        store.offersNothing();

        clock.turn(Duration.ofSeconds(30));

        assertThat(caller()).isNotDone();
    }

    @Test
    void anUpstreamFailureIsSharedWithOthers() {
        caller();

        deepvue.fails(UPSTREAM_CREDENTIALS_REFUSED);

        assertThat(store.setback())
                .contains(new AuthorizeFailure(UPSTREAM_CREDENTIALS_REFUSED, 1, Duration.ofSeconds(1)));
    }

    @Test
    void thatThisProcessStopsOrIsFullIsNoFailureOfOthers() {
        caller();

        deepvue.fails(OVERLOADED);

        assertThat(store.setback()).isEmpty();
    }

    // ---- tokens -----------------------------------------------------------------------------------------------------

    @Test
    void aTokenOfAnotherThatIsAboutToExpireIsNotAdopted() {
        othersOffer("theirs", LIFE.minusSeconds(60));

        var caller = caller();

        var token = deepvue.grants();
        assertThat(caller).isCompletedWithValue(token);
    }

    @Test
    void aTokenThatIsDueForRenewalItselfIsNoRenewal() {
        othersOffer("old", Duration.ofHours(22));
        caller().join();
        othersOffer("older", Duration.ofHours(23));

        caller();

        assertThat(deepvue.asked()).isOne();
    }

    @Test
    void aRenewalOfAnotherServesWithoutAsking() {
        othersOffer("old", Duration.ofHours(22));
        caller().join();
        othersOffer("renewed", Duration.ofMinutes(1));
        caller();

        assertThat(caller().join().value()).isEqualTo(Secret.of("renewed"));
        assertThat(deepvue.asked()).isZero();
    }

    @Test
    void anAdoptedTokenThatIsRefusedIsReplaced() {
        othersOffer("theirs", Duration.ofHours(1));
        var theirs = caller().join();
        store.offersNothing();

        tokens.discard(theirs);

        var caller = caller();
        var token = deepvue.grants();
        assertThat(caller).isCompletedWithValue(token);
    }

    @Test
    void anAdoptedTokenEndsTheGrowthOfThePause() {
        for (int failures = 1; failures <= 3; failures++) {
            caller();
            deepvue.fails(UPSTREAM_UNAVAILABLE);
            clock.turn(Duration.ofSeconds(4));
        }
        othersOffer("theirs", Duration.ofHours(1));
        var theirs = caller().join();
        tokens.markAccepted(theirs);
        store.offersNothing();
        tokens.discard(theirs);

        var caller = caller();
        deepvue.fails(UPSTREAM_UNAVAILABLE);

        assertThat(failureOf(caller).retryAfterSeconds()).contains(1L);
    }

    @Test
    void anAdoptedTokenIsNoAuthorizeInTheMetricsButHasItsAge() {
        othersOffer("theirs", Duration.ofHours(1));

        caller().join();

        assertThat(room.countedRenewals()).isZero();
        assertThat(room.shownAge()).isEqualTo(3_600);
    }
}
