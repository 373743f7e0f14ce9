package io.itrgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RefusalsOfNewTokensTest {

    private long now = Long.MAX_VALUE - 1; // nanoTime may pass its greatest value
    private final RefusalsOfNewTokens refusals = new RefusalsOfNewTokens(() -> now);

    @Test
    void anOperationIsKeptFor30SecondsForItsCallerOnly() {
        refusals.add("a", "POST /v1/x");
        now += RefusalsOfNewTokens.KEPT.toNanos() - 1;

        assertThat(refusals.contains("a", "POST /v1/x")).isTrue();
        assertThat(refusals.contains("a", "POST /v1/y")).isFalse();
        assertThat(refusals.contains("b", "POST /v1/x")).isFalse();

        now++;
        assertThat(refusals.contains("a", "POST /v1/x")).isFalse();
    }

    @Test
    void itIsKeptAgainWhenANewTokenIsRefusedAgain() {
        refusals.add("a", "x");
        now += RefusalsOfNewTokens.KEPT.toNanos();

        refusals.add("a", "x");

        assertThat(refusals.contains("a", "x")).isTrue();
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
    void thoseThatHaveEndedGoWithTheNextAcceptedToken() {
        refusals.add("a", "x");
        now += RefusalsOfNewTokens.KEPT.toNanos() - 1;
        refusals.add("a", "y");
        now += 1;

        refusals.remove("b", "z");
        assertThat(refusals.isEmpty()).isFalse();
        assertThat(refusals.contains("a", "y")).isTrue();

        now += RefusalsOfNewTokens.KEPT.toNanos();
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
