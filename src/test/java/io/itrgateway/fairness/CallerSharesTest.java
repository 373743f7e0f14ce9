package io.itrgateway.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CallerSharesTest {

    private final CallerShares shares = CallerShares.ofPlaces(8);

    private int takesAllItCan(String caller) {
        int places = 0;
        while (shares.take(caller, 1)) {
            places++;
        }
        return places;
    }

    @Test
    void oneCallerAloneGetsTheNumberForOneCaller() {
        assertThat(takesAllItCan("one")).isEqualTo(8);
    }

    @Test
    void eachFurtherCallerGetsHalfOfTheRest() {
        takesAllItCan("one");

        assertThat(takesAllItCan("two")).isEqualTo(4);
        assertThat(takesAllItCan("three")).isEqualTo(2);
    }

    @Test
    void whatIsGivenBackCanBeTaken() {
        takesAllItCan("one");
        takesAllItCan("two");

        shares.giveBack("one", 8);

        assertThat(shares.heldBy("one")).isZero();
        assertThat(shares.taken()).isEqualTo(4);
        assertThat(takesAllItCan("three")).isEqualTo(6);
    }

    @Test
    void oneThatHoldsNothingMayTakeAllThatIsLeft() {
        assertThat(shares.take("one", 16)).isTrue();

        assertThat(shares.take("two", 1)).isFalse();
    }

    @Test
    void moreThanThereIsMayBeTakenWithoutAsking() {
        shares.takeAnyway("one", 20);

        assertThat(shares.left()).isEqualTo(-4);
    }

    @Test
    void whereThereAreNoPlacesNoneCanBeTaken() {
        assertThat(CallerShares.ofPlaces(0).take("one", 1)).isFalse();
    }
}
