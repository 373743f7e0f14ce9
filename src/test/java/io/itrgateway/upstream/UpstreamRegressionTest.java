package io.itrgateway.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.FieldFault;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.secret.Secret;
import io.itrgateway.transport.Answer;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One test for each bug that was found here. */
class UpstreamRegressionTest {

    @Test
    void anEnvelopeMayBeginWithAByteOrderMark() {
        assertThat(Envelope.of(answer(200, "\ufeff{\"data\":{}}".getBytes(UTF_8))))
                .isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00c0\u00af",
                "\u00c0\u0080",
                "\u00e0\u0080\u00af",
                "\u00ed\u00a0\u0080",
                "\u00f4\u0090\u0080\u0080",
                "\u00f7\u00bf\u00bf\u00bf"
            })
    void anEnvelopeThatIsNotUtf8IsNone(String bytes) {
        assertThat(Envelope.of(
                        answer(200, "{\"data\":\"@\"}".replace("@", bytes).getBytes(ISO_8859_1))))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-32"})
    void anEnvelopeInAnotherEncodingIsNone(String encoding) {
        assertThat(Envelope.of(answer(200, "{\"data\":{}}".getBytes(Charset.forName(encoding)))))
                .isEmpty();
    }

    @Test
    void aUserNameIsHiddenThoughTheUpstreamWritesItInCapitals() {
        assertThat(refused("abcde1234f", "correct horse", "{\"detail\":\"PAN ABCDE1234F is not registered\"}")
                        .detail())
                .doesNotContain("ABCDE1234F");
    }

    @Test
    void aUserNameThatContainsThePasswordIsHiddenWhole() {
        assertThat(refused("ABCDE1234F/Kumari", "ABCDE1234F", "{\"detail\":\"no user ABCDE1234F/Kumari\"}")
                        .detail())
                .doesNotContain("Kumari");
    }

    @Test
    void theNameOfAFieldIsEscapedAsAJsonPointer() {
        assertThat(refused("ABCDE1234F", "correct horse", "{\"details\":[{\"field\":\"a/b~c\",\"message\":\"no\"}]}")
                        .errors())
                .containsExactly(FieldFault.of("a/b~c", "no"));
    }

    private static GatewayException refused(String username, String password, String body) {
        return (GatewayException) new RefusalDecoder(List.of(Secret.of(password), Secret.of(username)))
                .decode(answer(422, body.getBytes(UTF_8)));
    }

    private static Answer answer(int status, byte[] body) {
        return new Answer(status, body, Optional.empty(), Optional.empty());
    }
}
