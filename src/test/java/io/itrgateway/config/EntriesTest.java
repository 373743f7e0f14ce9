package io.itrgateway.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntriesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a:1,b:2,c:3",
                "a:1\nb:2\nc:3",
                "a:1\r\nb:2\r\nc:3\r\n",
                "\na:1,\nb:2,\nc:3\n",
                "  a:1 ,\tb:2\n\n\n  c:3  "
            })
    void commasAndLineBreaksSeparate(String list) {
        assertThat(Entries.of(list)).containsExactly("a:1", "b:2", "c:3");
    }

    @Test
    void spacesWithinAnEntryStay() {
        assertThat(Entries.of("reads:GET /v1/a\nPOST /v1/b")).containsExactly("reads:GET /v1/a", "POST /v1/b");
    }

    @Test
    void nothingBetweenTwoCommasIsABlankEntry() {
        assertThat(Entries.of("a,,b")).containsExactly("a", "", "b");
    }
}
