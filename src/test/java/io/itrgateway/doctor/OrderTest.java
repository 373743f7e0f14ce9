package io.itrgateway.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OrderTest {

    @ParameterizedTest
    @ValueSource(strings = {"Doctor", "doctor --jsn", "doctor --json --json", "--json doctor", "doctor now", "serve"})
    void whatIsNotUnderstoodIsNotGuessedAt(String words) {
        assertThat(Order.of(List.of(words.split(" ")))).isEmpty();
    }

    @Test
    void theReportIsTextUnlessJsonIsRequested() {
        assertThat(Order.of(List.of("doctor"))).contains(new Order(false));
        assertThat(Order.of(List.of("doctor", "--json"))).contains(new Order(true));
    }
}
