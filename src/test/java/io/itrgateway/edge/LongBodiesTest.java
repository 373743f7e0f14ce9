package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LongBodiesTest {

    private static final int FREE = LongBodies.FREE_BYTES;

    private final LongBodies bodies = new LongBodies(10);

    @Test
    void whatAValidBodyHasNeedsNoRoom() {
        bodies.open().take(FREE + 10);

        assertThat(bodies.open().take(FREE)).isTrue();
    }

    @Test
    void longerOnesAreBoundedTogether() {
        var first = bodies.open();
        var second = bodies.open();

        assertThat(first.take(FREE)).isTrue();
        assertThat(first.take(6)).isTrue();
        assertThat(second.take(FREE + 4)).isTrue();
        assertThat(first.take(1)).isFalse();
        assertThat(second.take(1)).isFalse();
    }

    @Test
    void aBodyThatHasBeenReadMakesRoom() {
        var first = bodies.open();
        first.take(FREE + 10);
        first.take(1);

        first.giveBack();

        assertThat(bodies.open().take(FREE + 10)).isTrue();
    }

    @Test
    void whatComesAfterAShareWasGivenBackIsNotCounted() {
        var first = bodies.open();
        first.take(FREE + 10);
        first.giveBack();

        first.take(FREE + 10);
        first.giveBack();

        assertThat(bodies.takenBytes()).isZero();
    }
}
