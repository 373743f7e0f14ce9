package io.itrgateway.token.redis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What a process remembers of the tokens that it has had. */
class KnownSerialsTest {

    private final KnownSerials known = new KnownSerials();

    @Test
    void whatIsGoneIsOfNoUseToAnyGeneration() {
        known.recordHeld("a", 1);
        known.recordDropped(1);

        assertThat(known.uselessFor(1)).containsExactly("a");
        assertThat(known.newest()).isEmpty();
    }

    @Test
    void theTokenThatServesIsNoRenewalOfItself() {
        known.recordHeld("a", 1);

        assertThat(known.uselessFor(2)).containsExactly("a");
    }

    @Test
    void whatMemoryHasLostMayComeAgainUnderItsOwnGeneration() {
        known.recordHeld("a", 1);

        assertThat(known.uselessFor(1)).isEmpty();
    }

    @Test
    void itForgetsTheOldestBeforeItGrows() {
        for (int generation = 1; generation <= 3 * KnownSerials.MOST; generation++) {
            known.recordHeld("serial-" + generation, generation);
            known.recordDropped(generation);
        }

        assertThat(known.uselessFor(1_000))
                .hasSize(KnownSerials.MOST)
                .doesNotContain("serial-1")
                .contains("serial-" + 3 * KnownSerials.MOST);
    }

    @Test
    void theNewestIsTheOneOfTheLatestGeneration() {
        known.recordHeld("a", 1);
        known.recordHeld("b", 2);
        known.recordUseless("c");

        assertThat(known.newest()).contains(new KnownSerials.Here(2, "b"));
        assertThat(known.recordDropped(2)).contains("b");
        assertThat(known.newest()).contains(new KnownSerials.Here(1, "a"));
    }
}
