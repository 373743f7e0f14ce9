package io.itrgateway.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "80", // a continuation without a start
                "c3", // cut short
                "e282", // cut short
                "f09f98", // cut short
                "c328", // a start without its continuation
                "c0af", // longer than need be
                "e080af", // longer than need be
                "eda080", // a surrogate
                "f4908080", // beyond Unicode
                "ff"
            })
    void whatIsNotInItsShortestFormOrNotWholeIsInvalid(String hex) {
        byte[] broken = HexFormat.of().parseHex(hex);

        assertThat(Utf8.isValid(broken)).isFalse();
        assertThat(Utf8.isValid(concat("{".repeat(5_000).getBytes(UTF_8), broken)))
                .isFalse();
        assertThat(Utf8.isValid(concat("ü".repeat(5_000).getBytes(UTF_8), broken)))
                .isFalse();
        assertThat(Utf8.isValid(concat(broken, "{".repeat(5_000).getBytes(UTF_8))))
                .isFalse();
    }

    @Test
    void everyCharacterIsValid() {
        var all = new StringBuilder();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                all.appendCodePoint(c);
            }
        }

        assertThat(Utf8.isValid(all.toString().getBytes(UTF_8))).isTrue();
        assertThat(Utf8.isValid(new byte[0])).isTrue();
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = new byte[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
