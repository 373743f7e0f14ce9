package io.itrgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.idempotency.ClaimName;
import io.itrgateway.idempotency.Fingerprint;
import io.itrgateway.idempotency.Owner;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a process remembers of its own promises, and what it tells Redis again. */
class OwnPromisesTest {

    private static final Duration DAY = Duration.ofHours(24);
    private static final Duration LIFE = Duration.ofMinutes(2);
    private static final long ROOM_FOR_THREE = 3L * (OwnPromises.ENTRY_BYTES + 100);

    private long nanos = Long.MAX_VALUE - 1; // it may pass its end at any time
    private final OwnPromises promises = new OwnPromises(ROOM_FOR_THREE, () -> nanos);

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private static Promise.Running running(int number) {
        return new Promise.Running(
                new ClaimName("name-" + number), new Fingerprint("payload"), new Owner("owner-" + number));
    }

    private static Promise.Kept answer(int number, int bytes) {
        return new Promise.Kept(
                new ClaimName("name-" + number),
                new Fingerprint("payload"),
                new Owner("owner-" + number),
                new byte[bytes]);
    }

    private static Promise.Freed freed(int number) {
        return new Promise.Freed(new ClaimName("name-" + number), new Owner("owner-" + number), Optional.empty());
    }

    private Promise.Running runs(int number) {
        var promise = running(number);
        promises.runs(promise, LIFE);
        return promise;
    }

    private <P extends Promise> P settles(P promise) {
        promises.settles(promise, promise instanceof Promise.Kept ? DAY : LIFE);
        return promise;
    }

    private <P extends Promise> P heard(P promise) {
        settles(promise);
        promises.heard(promise);
        return promise;
    }

    // ---- bounds -----------------------------------------------------------------------------------------------------

    @Test
    void whenMemoryIsFullTheOldestIsForgottenFirst() {
        settles(answer(1, 100));
        settles(answer(2, 100));
        var third = settles(answer(3, 100));

        var large = settles(answer(4, 100 + OwnPromises.ENTRY_BYTES));

        assertThat(promises.unheard()).containsExactly(large, third);
        assertThat(promises.bytes()).isLessThanOrEqualTo(ROOM_FOR_THREE);
    }

    @Test
    void whatNoMemoryCouldHoldDrivesNobodyOut() {
        var first = settles(answer(1, 100));

        assertThat(promises.settles(answer(2, (int) ROOM_FOR_THREE), DAY)).isFalse();

        assertThat(promises.unheard()).containsExactly(first);
    }

    @Test
    void memoryStaysInBoundsWhateverHappens() {
        for (int number = 0; number < 10_000; number++) {
            settles(number % 3 == 0 ? freed(number) : answer(number, number % 200));
            pass(Duration.ofSeconds(1));
            assertThat(promises.bytes()).isBetween(1L, ROOM_FOR_THREE);
            assertThat(promises.size()).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void whatIsForgottenTakesNoMemory() {
        heard(freed(1));
        promises.isVoid(settles(answer(2, 100)));
        settles(answer(3, 100));
        pass(DAY);
        promises.unheard();

        assertThat(promises.bytes()).isZero();
        assertThat(promises.size()).isZero();
    }

    @Test
    void oneWhoIsToldTwiceIsRememberedOnce() {
        settles(freed(1));

        settles(freed(1));

        assertThat(promises.size()).isEqualTo(1);
    }

    @Test
    void aCallThatEndsIsRememberedAsItEnded() {
        runs(1);

        heard(freed(1));

        promises.lost();
        assertThat(promises.unheard()).isEmpty();
        assertThat(promises.isKnown(new Owner("owner-1"))).isFalse();
    }

    // ---- time -------------------------------------------------------------------------------------------------------

    @Test
    void whatIsOfNoUseAnyMoreIsNotTold() {
        runs(1);
        promises.lost();
        var freed = settles(freed(2));
        var answer = settles(answer(3, 100));

        pass(LIFE);

        assertThat(promises.unheard()).containsExactly(answer);
        assertThat(promises.left(freed)).isEmpty();
    }

    @Test
    void whatIsToldLateLivesForWhatIsLeftOfItsTime() {
        var answer = settles(answer(1, 100));

        pass(Duration.ofHours(23));

        assertThat(promises.left(answer)).contains(Duration.ofHours(1));
    }

    // ---- what is told -----------------------------------------------------------------------------------------------

    @Test
    void whatWasHeardIsNotToldAgain() {
        runs(1);
        var answer = heard(answer(2, 100));

        assertThat(promises.unheard()).isEmpty();
        assertThat(promises.left(answer)).isEmpty();
    }

    @Test
    void whatRedisHasLostIsToldAgainWhatRunsFirstAndTheLatestAnswerNext() {
        var second = heard(answer(2, 100));
        var third = heard(answer(3, 100));
        var first = runs(1);

        promises.lost();

        assertThat(promises.unheard()).containsExactly(first, third, second);
        assertThat(promises.wasLost(second)).isTrue();
    }

    @Test
    void whatWasPutBackIsNotToldAgain() {
        var running = runs(1);
        var answer = heard(answer(2, 100));
        promises.lost();

        promises.heard(running);
        promises.heard(answer);

        assertThat(promises.unheard()).isEmpty();
        assertThat(promises.wasLost(answer)).isFalse();
    }

    @Test
    void thatItRunsWasHeardSaysNothingOfItsAnswer() {
        var running = runs(1);
        promises.lost();
        var answer = settles(answer(1, 100));

        promises.heard(running);

        assertThat(promises.unheard()).containsExactly(answer);
    }
}
