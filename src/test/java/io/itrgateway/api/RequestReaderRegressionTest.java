package io.itrgateway.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.itrgateway.operation.Operations;
import io.itrgateway.problem.GatewayException;
import java.nio.charset.Charset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderRegressionTest {

    private static final String ASHA = "{\"username\":\"ABCDE1234F@\",\"password\":\"correct horse\"}";

    /** Overlong forms and more than U+10FFFF, as bytes in Latin 1. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00c0\u00af",
                "\u00c1\u0081",
                "\u00c0\u0080",
                "\u00e0\u0080\u00af",
                "\u00f0\u0080\u0080\u00af",
                "\u00f4\u0090\u0080\u0080",
                "\u00ed\u00a0\u0080",
                "\u00f8\u0088\u0080\u0080\u0080"
            })
    void bytesThatAreNotUtf8AreMalformed(String bytes) {
        assertThatThrownBy(() -> RequestReader.readBody(
                        Operations.CREATE_CLIENT, ASHA.replace("@", bytes).getBytes(ISO_8859_1)))
                .isInstanceOf(GatewayException.class)
                .hasMessage("malformed-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE"})
    void anotherEncodingIsMalformed(String encoding) {
        assertThatThrownBy(() ->
                        RequestReader.readBody(Operations.CREATE_CLIENT, ASHA.getBytes(Charset.forName(encoding))))
                .isInstanceOf(GatewayException.class)
                .hasMessage("malformed-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"ABCDE1234F\":\"ABCDE1234F\",\"password\":\"Secret.123\",\"Secret.123\":1}"})
    void aNameThatIsAlsoAValueIsNotRepeated(String body) {
        org.assertj.core.api.Assertions.assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                                GatewayException.class,
                                () -> RequestReader.readBody(Operations.CREATE_CLIENT, body.getBytes(ISO_8859_1)))
                        .errors()
                        .toString())
                .doesNotContain("Secret.123", "ABCDE1234F");
    }
}
