package io.itrgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTextTest {

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

        assertThat(isText("{}", broken, "")).isFalse();
        assertThat(isText("{".repeat(5_000), broken, "")).isFalse();
        assertThat(isText("{}" + "ü".repeat(5_000), broken, "")).isFalse();
        assertThat(isText("{}", broken, "{".repeat(5_000))).isFalse();
    }

    @Test
    void everyCharacterIsValid() {
        var all = new StringBuilder();
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                all.appendCodePoint(c);
            }
        }

        assertThat(isText("{}" + all, new byte[0], "")).isTrue();
    }

    private static boolean isText(String before, byte[] bytes, String after) {
        byte[] body =
                Buffer.buffer(before).appendBytes(bytes).appendString(after).getBytes();
        return new Answer(200, body, Optional.empty(), Optional.empty()).isUtf8Text();
    }
}
