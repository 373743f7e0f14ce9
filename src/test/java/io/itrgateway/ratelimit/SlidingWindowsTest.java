package io.itrgateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The arithmetic of the windows. */
class SlidingWindowsTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long MARGIN = SlidingWindows.JITTER.toNanos();

    private static SlidingWindows windows(int perSecond, int perMinute, int perDay) {
        return new SlidingWindows(new Plan(perSecond, perMinute, perDay));
    }

    private static boolean goes(SlidingWindows windows, long at) {
        if (windows.reserve(at) > 0) {
            return false;
        }
        windows.markSent(at);
        return true;
    }

    @Test
    void aClockThatGoesBackAdmitsNoCallEarlier() {
        var windows = windows(0, 1, 0);
        assertThat(goes(windows, 100 * SECOND)).isTrue();

        assertThat(goes(windows, 10 * SECOND)).isFalse();
        assertThat(goes(windows, 159 * SECOND)).isFalse();
        assertThat(goes(windows, 160 * SECOND + MARGIN)).isTrue();
    }

    @Test
    void aClockThatWentBackDelaysNoCallByMoreThanTheDifference() {
        var windows = windows(0, 1, 0);
        goes(windows, 100 * SECOND);

        assertThat(windows.delayNanos(1, 90 * SECOND)).isEqualTo(60 * SECOND + MARGIN);
    }

    @Test
    void anUnsentCallKeepsItsPlaceHoweverLongItTakes() {
        var windows = windows(0, 1, 0);
        assertThat(windows.reserve(0)).isZero();

        assertThat(windows.reserve(1_000 * SECOND)).isPositive();
        windows.release();
        assertThat(windows.reserve(1_000 * SECOND)).isZero();
    }

    @Test
    void allThreeWindowsAreReservedOrNone() {
        var windows = windows(1, 2, 3);
        assertThat(goes(windows, 0)).isTrue();
        assertThat(goes(windows, 0)).isFalse();
        assertThat(windows.left(0)).extracting(BudgetWindow::left).containsExactly(0, 1, 2);
    }

    @Test
    void whatIsLeftComesBackWhenTheOldestCallLeaves() {
        var windows = windows(0, 2, 0);
        goes(windows, 0);
        goes(windows, 10 * SECOND);

        assertThat(windows.left(20 * SECOND).get(0).left()).isZero();
        assertThat(windows.left(20 * SECOND).get(0).toMore().toNanos()).isEqualTo(40 * SECOND + MARGIN);
        assertThat(windows.left(61 * SECOND).get(0).left()).isEqualTo(1);
        assertThat(windows.left(200 * SECOND).get(0).left()).isEqualTo(2);
    }

    @Test
    void anUnusedWindowIsFull() {
        assertThat(windows(0, 2, 0).left(5).get(0).toMore().toNanos()).isEqualTo(60 * SECOND);
    }

    @Test
    void withoutAPlanEverythingGoesAndNothingIsKept() {
        var windows = new SlidingWindows(Plan.UNLIMITED);
        for (int i = 0; i < 1_000; i++) {
            assertThat(goes(windows, i)).isTrue();
        }
        assertThat(windows.left(0)).isEmpty();
    }

    /** The forecast against what really happens: each of the next calls goes when it was foreseen, to the nanosecond. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void theTurnOfTheNthCallIsWhatWasForeseen(long seed) {
        var random = new Random(seed);
        var plan = new Plan(1 + random.nextInt(10), 5 + random.nextInt(100), 100 + random.nextInt(300));
        var windows = new SlidingWindows(plan);
        long now = 0;
        for (int i = 0; i < 150; i++) {
            goes(windows, now);
            now += random.nextInt(2_000_000_000);
        }
        int ahead = 250;
        long[] foreseen = new long[ahead];
        for (int nth = 1; nth <= ahead; nth++) {
            foreseen[nth - 1] = now + windows.delayNanos(nth, now);
        }

        for (int nth = 0; nth < ahead; nth++) {
            for (long delay = windows.reserve(now); delay > 0; delay = windows.reserve(now)) {
                now += delay;
            }
            windows.markSent(now);
            assertThat(now).as("call %d of %s", nth, plan).isEqualTo(foreseen[nth]);
        }
    }

    @Test
    void ofCallsThatAreOnlyAddedThoseThatHaveLeftEveryWindowAreNotKept() {
        var windows = windows(5, 0, 0);
        for (int i = 0; i < 10_000; i++) {
            windows.add(i * SECOND / 4, i * SECOND / 4);
        }

        assertThat(windows.kept()).isLessThanOrEqualTo(5);
    }

    /** As when Redis is read again: of the calls that are removed, the older ones have left every window, and newer ones took their room. */
    @Test
    void callsThatAreRemovedAndAddedAgainCountWhenTheyWereSent() {
        var windows = windows(0, 1_000, 0);
        long now = 240 * SECOND;
        for (int tenth = 1; tenth <= 2_400; tenth++) {
            windows.add(tenth * SECOND / 10, tenth * SECOND / 10);
        }
        var before = windows.left(now);

        windows.removeNewest(1_200);
        for (int tenth = 1_201; tenth <= 2_400; tenth++) {
            windows.add(tenth * SECOND / 10, now);
        }

        assertThat(windows.left(now)).isEqualTo(before);
    }

    @Test
    void manyCallsInADayAreAllRemembered() {
        var windows = windows(0, 0, 5_000);
        for (int i = 0; i < 5_000; i++) {
            assertThat(goes(windows, i * SECOND)).isTrue();
        }
        assertThat(goes(windows, 5_000 * SECOND)).isFalse();
        assertThat(windows.left(86_400 * SECOND + 99 * SECOND + MARGIN).get(0).left())
                .isEqualTo(100);
    }
}
