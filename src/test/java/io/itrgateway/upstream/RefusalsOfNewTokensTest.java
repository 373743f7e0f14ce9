package io.itrgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RefusalsOfNewTokensTest {

    private long now = Long.MAX_VALUE - 1; // nanoTime may pass its greatest value
    private final RefusalsOfNewTokens refusals = new RefusalsOfNewTokens(() -> now);

    @Test
    void anOperationIsKeptForASecondForItsCallerOnly() {
        refusals.add("a", "POST /v1/x");
        now += RefusalsOfNewTokens.FIRST.toNanos() - 1;

        assertThat(refusals.contains("a", "POST /v1/x")).isTrue();
        assertThat(refusals.contains("a", "POST /v1/y")).isFalse();
        assertThat(refusals.contains("b", "POST /v1/x")).isFalse();

        now++;
        assertThat(refusals.contains("a", "POST /v1/x")).isFalse();
    }

    @Test
    void itIsKeptForTwiceAsLongEachTimeUpTo30Seconds() {
        assertThat(Stream.generate(this::secondsKept).limit(7)).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    /** Adds it, and lets the time pass for which it is kept. */
    private long secondsKept() {
        refusals.add("a", "x");
        long since = now;
        while (refusals.contains("a", "x")) {
            now += 1_000_000_000;
        }
        return (now - since) / 1_000_000_000;
    }

    @Test
    void itIsRecentUntilItIsKeptFor30Seconds() {
        assertThat(refusals.isRecent("a", "x")).isFalse();
        for (int i = 0; i < 5; i++) {
            secondsKept();
            assertThat(refusals.isRecent("a", "x")).isTrue();
            assertThat(refusals.isRecent("a", "y")).isFalse();
        }

        secondsKept();
        assertThat(refusals.isRecent("a", "x")).isFalse();
    }

    @Test
    void callsThatLearnOfOneRefusalDoNotLengthenIt() {
        refusals.add("a", "x");
        refusals.add("a", "x");
        now += RefusalsOfNewTokens.FIRST.toNanos();

        assertThat(refusals.contains("a", "x")).isFalse();
    }

    @Test
    void oneThatEndedLongAgoBeginsWithASecondAgain() {
        secondsKept();
        secondsKept();
        now += RefusalsOfNewTokens.LONGEST.toNanos();

        assertThat(secondsKept()).isEqualTo(1);
    }

    @Test
    void itIsForgottenWhenDeepvueAcceptsAToken() {
        refusals.add("a", "x");
        refusals.add("b", "x");

        refusals.remove("a", "x");

        assertThat(refusals.contains("a", "x")).isFalse();
        assertThat(refusals.contains("b", "x")).isTrue();
    }

    @Test
    void thoseThatEndedLongAgoGoWithTheNextAcceptedToken() {
        refusals.add("a", "x");
        now += RefusalsOfNewTokens.LONGEST.toNanos();
        refusals.add("a", "y");
        now += RefusalsOfNewTokens.FIRST.toNanos();

        refusals.remove("b", "z");
        assertThat(refusals.isEmpty()).isFalse();

        now += RefusalsOfNewTokens.LONGEST.toNanos();
        refusals.remove("b", "z");
        assertThat(refusals.isEmpty()).isTrue();
    }

    @Test
    void theOldestGivesWay() {
        refusals.add("a", "0");
        refusals.add("a", "1");
        refusals.add("a", "0");
        for (int i = 2; i <= RefusalsOfNewTokens.MOST; i++) {
            refusals.add("a", Integer.toString(i));
        }

        assertThat(refusals.contains("a", "1")).isFalse();
        assertThat(refusals.contains("a", "0")).isTrue();
    }
}
