package io.itrgateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link PermitStore} guarantees, as one process sees it. */
abstract class PermitStoreContract {

    private static final Duration MARGIN = SlidingWindows.JITTER;

    /** A store may reserve a slot that comes soon. */
    private static final Duration STEP = Duration.ofMillis(5);

    /** Within which a store knows what has become of its calls. */
    private static final Duration SOON = Duration.ofMillis(500);

    protected final VirtualTime time = new VirtualTime();

    /** A store of that plan, without calls. */
    protected abstract PermitStore store(String plan);

    /** An attempt to reserve a call. */
    private final class Attempt {
        private Optional<PermitStore.Reservation> reservation = Optional.empty();
        private Optional<Duration> delay = Optional.empty();

        private Attempt(PermitStore store) {
            store.reserve()
                    .subscribe()
                    .with(
                            admission -> admission.fold(
                                    reserved -> reservation = Optional.of(reserved),
                                    deferred -> delay = Optional.of(deferred)),
                            failure -> {
                                throw new AssertionError(failure);
                            });
            do {
                time.pass(STEP);
            } while (reservation.isEmpty() && delay.isEmpty());
        }
    }

    private Optional<PermitStore.Reservation> reserve(PermitStore store) {
        return new Attempt(store).reservation;
    }

    private boolean send(PermitStore store) {
        var reservation = reserve(store);
        reservation.ifPresent(PermitStore.Reservation::markSent);
        return reservation.isPresent();
    }

    private static List<Integer> left(PermitStore store) {
        return store.remaining().stream().map(BudgetWindow::left).toList();
    }

    @Test
    void aFullWindowAdmitsNoCallAndSaysWhenToTryAgain() {
        var store = store("0/3/0");
        for (int i = 0; i < 3; i++) {
            assertThat(send(store)).isTrue();
        }

        var attempt = new Attempt(store);

        assertThat(attempt.reservation).isEmpty();
        assertThat(attempt.delay.orElseThrow()).isPositive();
    }

    @Test
    void aCallThatIsReservedAndUnsentCountsForAsLongAsThatIsSo() {
        var store = store("0/1/0");
        var unsent = reserve(store).orElseThrow();

        time.pass(Duration.ofSeconds(90));
        assertThat(send(store)).isFalse();

        unsent.release();
        time.pass(SOON);
        assertThat(send(store)).isTrue();
    }

    @Test
    void aCallCountsFromWhenItWasSentAndNotFromWhenItWasReserved() {
        var store = store("0/1/0");
        var reservation = reserve(store).orElseThrow();
        time.pass(Duration.ofSeconds(2));
        reservation.markSent();

        time.pass(Duration.ofSeconds(59));
        assertThat(send(store)).isFalse();

        time.pass(Duration.ofSeconds(1).plus(MARGIN));
        assertThat(send(store)).isTrue();
    }

    @Test
    void aCallIsReservedInEveryWindowOrInNone() {
        var store = store("1/2/3");
        assertThat(send(store)).isTrue();

        assertThat(send(store)).isFalse();

        assertThat(left(store)).containsExactly(0, 1, 2);
    }

    @Test
    void aCallThatIsNeverSentIsLeftAgain() {
        var store = store("0/5/50");
        var reservation = reserve(store).orElseThrow();
        assertThat(left(store)).containsExactly(4, 49);

        reservation.release();

        time.pass(SOON);
        assertThat(left(store)).containsExactly(5, 50);
    }

    @Test
    void anAttemptThatIsRepeatedWhenTheStoreSaysSucceedsInTheEnd() {
        var store = store("2/6/20");
        long from = time.truly();
        int sent = 0;
        for (int attempts = 0; attempts < 4_000 && sent < 20; attempts++) {
            var attempt = new Attempt(store);
            if (attempt.reservation.isPresent()) {
                attempt.reservation.get().markSent();
                sent++;
            } else {
                time.pass(attempt.delay.orElseThrow());
            }
        }

        assertThat(sent).isEqualTo(20);
        assertThat(time.truly() - from).isLessThan(Duration.ofSeconds(250).toNanos());
    }

    /** Within what the wait for a slot and the steps of this test take. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void theTurnOfTheNthIsForeseen(int nth) {
        var store = store("0/4/0");
        for (int i = 0; i < 4; i++) {
            send(store);
            time.pass(Duration.ofSeconds(3));
        }

        Duration foreseen = Duration.ofNanos(store.delayNanos(nth));

        List<Long> sentAt = new ArrayList<>();
        long from = time.truly();
        while (sentAt.size() < nth) {
            if (send(store)) {
                sentAt.add(time.truly() - from);
            } else {
                time.pass(Duration.ofMillis(100));
            }
        }
        assertThat(Duration.ofNanos(sentAt.get(nth - 1))).isBetween(foreseen.minusSeconds(1), foreseen.plusSeconds(1));
    }

    @Test
    void theDayIsFullForADay() {
        var store = store("0/0/2");
        send(store);
        send(store);

        time.leap(Duration.ofHours(23).plusMinutes(59));
        assertThat(send(store)).isFalse();

        time.pass(Duration.ofMinutes(3));
        assertThat(send(store)).isTrue();
    }

    @Test
    void withoutAPlanEveryCallIsAdmitted() {
        var store = store("unlimited");

        assertThat(store.isUnlimited()).isTrue();
        for (int i = 0; i < 100; i++) {
            assertThat(send(store)).isTrue();
        }
        assertThat(store.remaining()).isEmpty();
        assertThat(store.delayNanos(1_000)).isZero();
    }
}
