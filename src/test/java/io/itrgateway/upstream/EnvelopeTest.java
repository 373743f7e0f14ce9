package io.itrgateway.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.transport.Answer;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeTest {

    /** The shape of the vendor's documentation, its {@code code} of 42 included; in one line, so that every cut shows. */
    private static final String SAMPLE = """
            {"code": 42, "timestamp": 1772928000000, "transaction_id": "txn_0123456789", "sub_code": "SUCCESS", \
            "message": "Client created", "data": {"itr_client_id": "itr_qkgtvIwLcuooWhtrFFbK"}}""";

    @Test
    void theDocumentedSuccessIsTaken() {
        assertThat(envelope(SAMPLE)).isPresent();
    }

    @Test
    void whereTheOperationIsNotKnownAnObjectWithoutDataIsTaken() {
        var accepted = answer(
                200, "{\"code\":200,\"transaction_id\":\"abc\",\"message\":\"Request accepted\"}".getBytes(UTF_8));

        assertThat(Envelope.ofAnyObject(accepted)).isPresent();
        assertThat(Envelope.of(accepted)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "\"text\"", "{\"a\":1}x", "{\"a\":1", "<html>"})
    void whereTheOperationIsNotKnownItIsStillOneJsonObject(String body) {
        assertThat(Envelope.ofAnyObject(answer(200, body.getBytes(UTF_8)))).isEmpty();
    }

    @Test
    void itsBytesArePassedOnAsTheyCame() {
        byte[] body = SAMPLE.getBytes(UTF_8);

        assertThat(Envelope.of(answer(200, body)).orElseThrow().json())
                .isSameAs(body)
                .isEqualTo(SAMPLE.getBytes(UTF_8));
    }

    @Test
    void itsTransactionIsKnown() {
        assertThat(envelope(SAMPLE).orElseThrow().transactionId()).contains("txn_0123456789");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202})
    void itsStatusIsTheUpstreamsOwn(int status) {
        assertThat(Envelope.of(answer(status, SAMPLE.getBytes(UTF_8)))
                        .orElseThrow()
                        .status())
                .isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"data\":{}}",
                "{\"data\":null}",
                "{\"data\":[]}",
                "{\"data\":\"\"}",
                "{\"data\":0,\"transaction_id\":17}",
                "{\"transaction_id\":null,\"data\":{}}",
                "{\"transaction_id\":{\"transaction_id\":\"inner\"},\"data\":{}}",
                "{\"data\":{\"transaction_id\":\"inner\"}}"
            })
    void aSparseEnvelopeIsTakenToo(String body) {
        assertThat(envelope(body).orElseThrow().transactionId()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"added\":\"later\",\"data\":{},\"and\":[1,{\"more\":null}],\"\":true}",
                "{\"data\":{\"a\":[[[[{\"b\":{\"c\":[1,2,{\"d\":\"e\"}]}}]]]]}}",
                "{\"code\":1e400,\"timestamp\":-0.0000001E-99,\"n\":123456789012345678901234567890.123456789,\"data\":{}}",
                "{\"code\":\"200\",\"timestamp\":\"2026-03-08\",\"data\":{}}",
                " \r\n\t{ \"data\" : { } }\n ",
                "{\"data\":{},\"message\":\"\\u0928\\ud83d\\ude4f \\\" \\\\ \\/ नमस्ते 🙏\"}",
                "{\"d\\u0061ta\":{}}"
            })
    void whatWasNotDocumentedIsPassedOnToo(String body) {
        assertThat(new String(envelope(body).orElseThrow().json(), UTF_8)).isEqualTo(body);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\n",
                "null",
                "true",
                "42",
                "\"data\"",
                "[]",
                "[{\"data\":{}}]",
                "{}",
                "{\"code\":200,\"message\":\"ok\"}",
                "{\"Data\":{}}",
                "{\"result\":{\"data\":{}}}",
                "{\"message\":\"data\"}",
                "<html><body>data</body></html>",
                "<!DOCTYPE html>",
                "OK",
                "code=200&data="
            })
    void anotherDocumentIsNoEnvelope(String body) {
        assertThat(envelope(body)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"data\":{}}x",
                "{\"data\":{}}}",
                "{\"data\":{}},",
                "{\"data\":{}}{\"data\":{}}",
                "{\"data\":{}} null",
                "{\"data\":{},}",
                "{\"data\":{} \"code\":1}",
                "{\"data\":}",
                "{data:{}}",
                "{'data':{}}",
                "{\"data\":{\"a\":[1,2}}",
                "{\"data\":{},\"a\":01}",
                "{\"data\":{},\"a\":1.}",
                "{\"data\":{},\"a\":-}",
                "{\"data\":{},\"a\":NaN}",
                "{\"data\":{},\"a\":tru}",
                "{\"data\":{},\"a\":\"\\x\"}",
                "{\"data\":{},\"a\":\"\\u00zz\"}",
                "{\"data\":{},\"a\":\"line\nbreak\"}",
                "{\"data\":\"line\nbreak\"}",
                "{\"data\":{\"a\":\"line\nbreak\"}}",
                "{\"data\":{},\"transaction_id\":\"line\nbreak\"}",
                "{\"data\":{}}\u0000"
            })
    void whatIsNotOneWellFormedDocumentIsNoEnvelope(String body) {
        assertThat(envelope(body)).isEmpty();
    }

    @Test
    void anEnvelopeThatIsCutShortIsNone() {
        byte[] whole = SAMPLE.getBytes(UTF_8);

        assertThat(IntStream.range(0, whole.length))
                .allSatisfy(end -> assertThat(Envelope.of(answer(200, Arrays.copyOf(whole, end))))
                        .isEmpty());
    }

    @Test
    void anEnvelopeThatIsNotUtf8IsNone() {
        assertThat(List.of(
                        "{\"data\":{},\"message\":\"é\"}",
                        "{\"data\":\"é\"}",
                        "{\"data\":{\"name\":\"é\"}}",
                        "{\"data\":{\"é\":1}}",
                        "{\"data\":{},\"transaction_id\":\"é\"}",
                        "{\"data\":{},\"é\":1}"))
                .allSatisfy(latin -> assertThat(Envelope.of(answer(200, latin.getBytes(ISO_8859_1))))
                        .isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":"})
    void anEnvelopeThatIsNestedWithoutMeasureIsNone(String opening) {
        assertThat(envelope("{\"data\":" + opening.repeat(5_000))).isEmpty();
    }

    @Test
    void anEnvelopeThatIsNestedWithoutMeasureIsNoneEvenIfItIsWhole() {
        assertThat(envelope("{\"data\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}"))
                .isEmpty();
    }

    @Test
    void itShowsNothingOfThePerson() {
        assertThat(envelope(SAMPLE).orElseThrow()).hasToString("Envelope[status=200, bytes=" + SAMPLE.length() + "]");
    }

    private static Optional<Envelope> envelope(String body) {
        return Envelope.of(answer(200, body.getBytes(UTF_8)));
    }

    private static Answer answer(int status, byte[] body) {
        return new Answer(status, body, Optional.empty(), Optional.empty());
    }

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
}
