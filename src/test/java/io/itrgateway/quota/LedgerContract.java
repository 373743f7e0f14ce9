package io.itrgateway.quota;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What everyone who implements {@link Ledger} has promised, as one process sees it. It stands here and not with the other suites since the port is this room's own. */
abstract class LedgerContract {

    private static final Duration MARGIN = SlidingWindows.JITTER;

    /** A ledger may book in a slot that comes soon. */
    private static final Duration STEP = Duration.ofMillis(5);

    protected final VirtualTime time = new VirtualTime();

    /** The ledger to be judged: of that plan and nothing booked. */
    protected abstract Ledger ledger(String plan);

    /** What became of a wish to book: that it was booked, or when to ask again. */
    private static final class Wish {
        private boolean booked;
        private Duration askAgain;
        private Throwable failure;

        private Wish(Ledger ledger) {
            ledger.book()
                    .subscribe()
                    .with(
                            admission -> admission.fold(() -> booked = true, delay -> {
                                askAgain = delay;
                                return false;
                            }),
                            failed -> failure = failed);
        }
    }

    private Wish answered(Ledger ledger) {
        var wish = new Wish(ledger);
        do {
            time.pass(STEP);
        } while (!wish.booked && wish.askAgain == null && wish.failure == null);
        return wish;
    }

    private boolean isBooked(Ledger ledger) {
        return answered(ledger).booked;
    }

    private boolean goes(Ledger ledger) {
        boolean booked = isBooked(ledger);
        if (booked) {
            ledger.sent();
        }
        return booked;
    }

    private static List<Integer> left(Ledger ledger) {
        return ledger.left().stream().map(Ledger.Left::calls).toList();
    }

    @Test
    void whatIsFullBooksNothingMoreAndSaysWhenToAsk() {
        var ledger = ledger("0/3/0");
        for (int i = 0; i < 3; i++) {
            assertThat(goes(ledger)).isTrue();
        }

        var wish = answered(ledger);

        assertThat(wish.failure).isNull();
        assertThat(wish.booked).isFalse();
        assertThat(wish.askAgain).isPositive();
    }

    @Test
    void aCallThatIsBookedAndNotSentKeepsItsPlaceForAsLongAsThatIsSo() {
        var ledger = ledger("0/1/0");
        assertThat(isBooked(ledger)).isTrue();

        time.pass(Duration.ofSeconds(90));
        assertThat(goes(ledger)).isFalse();

        ledger.unsent();
        assertThat(goes(ledger)).isTrue();
    }

    @Test
    void aCallCountsFromWhenItWasSentAndNotFromWhenItWasBooked() {
        var ledger = ledger("0/1/0");
        isBooked(ledger);
        time.pass(Duration.ofSeconds(2));
        ledger.sent();

        time.pass(Duration.ofSeconds(59));
        assertThat(goes(ledger)).isFalse();

        time.pass(Duration.ofSeconds(1).plus(MARGIN));
        assertThat(goes(ledger)).isTrue();
    }

    @Test
    void allWindowsAreBookedOrNone() {
        var ledger = ledger("1/2/3");
        assertThat(goes(ledger)).isTrue();

        assertThat(goes(ledger)).isFalse();

        assertThat(left(ledger)).containsExactly(0, 1, 2);
    }

    @Test
    void whatIsUnsentIsLeftAgain() {
        var ledger = ledger("0/5/50");
        isBooked(ledger);
        assertThat(left(ledger)).containsExactly(4, 49);

        ledger.unsent();

        time.pass(STEP);
        assertThat(left(ledger)).containsExactly(5, 50);
    }

    @Test
    void whoeverAsksWhenToldIsBookedInTheEnd() {
        var ledger = ledger("2/6/20");
        int gone = 0;
        for (int asked = 0; asked < 4_000 && gone < 20; asked++) {
            var wish = answered(ledger);
            if (wish.booked) {
                ledger.sent();
                gone++;
            } else {
                time.pass(wish.askAgain);
            }
        }

        assertThat(gone).isEqualTo(20);
        assertThat(time.truly()).isLessThan(Duration.ofSeconds(250).toNanos());
    }

    /** Within what the wait for a slot and the steps of this test take. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void theTurnOfTheNthIsForeseen(int nth) {
        var ledger = ledger("0/4/0");
        for (int i = 0; i < 4; i++) {
            goes(ledger);
            time.pass(Duration.ofSeconds(3));
        }

        Duration foreseen = Duration.ofNanos(ledger.delayNanos(nth));

        List<Long> went = new ArrayList<>();
        long from = time.truly();
        while (went.size() < nth) {
            if (goes(ledger)) {
                went.add(time.truly() - from);
            } else {
                time.pass(Duration.ofMillis(100));
            }
        }
        assertThat(Duration.ofNanos(went.get(nth - 1))).isBetween(foreseen.minusSeconds(1), foreseen.plusSeconds(1));
    }

    @Test
    void theDayIsFullForADay() {
        var ledger = ledger("0/0/2");
        goes(ledger);
        goes(ledger);

        time.leap(Duration.ofHours(23).plusMinutes(59));
        assertThat(goes(ledger)).isFalse();

        time.pass(Duration.ofMinutes(3));
        assertThat(goes(ledger)).isTrue();
    }

    @Test
    void withoutAPlanEverythingGoes() {
        var ledger = ledger("unlimited");

        assertThat(ledger.isUnlimited()).isTrue();
        for (int i = 0; i < 100; i++) {
            assertThat(goes(ledger)).isTrue();
        }
        assertThat(ledger.left()).isEmpty();
        assertThat(ledger.delayNanos(1_000)).isZero();
    }
}
