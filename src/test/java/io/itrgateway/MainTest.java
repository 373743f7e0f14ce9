package io.itrgateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MainTest {

    @Test
    void aStartThatFailsSinceTheProcessIsEndingIsNoFault() {
        assertThat(Main.isOfStop(new RuntimeException(
                        "Failed to start quarkus", new IllegalStateException("Shutdown in progress"))))
                .isTrue();
    }

    @Test
    void anyOtherFailureIsOne() {
        assertThat(Main.isOfStop(new RuntimeException("Shutdown in progress", new IllegalStateException("closed"))))
                .isFalse();
        assertThat(Main.isOfStop(null)).isFalse();
    }
}
