package io.itrgateway.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The quoted form is that of RFC 8941, section 3.3.3; the escapes of this source are Java's. */
class IdempotencyKeyTest {

    private static IdempotencyKey key(String line) {
        return IdempotencyKey.of(List.of(line)).orElseThrow();
    }

    private static GatewayException refusalOf(String... lines) {
        var refusal = catchThrowableOfType(GatewayException.class, () -> IdempotencyKey.of(List.of(lines)));
        assertThat(refusal).as("refused").isNotNull();
        assertThat(refusal.kind()).isEqualTo(ProblemKind.MALFORMED_REQUEST);
        assertThat(refusal.detail()).startsWith("The header Idempotency-Key ").endsWith(".");
        return refusal;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t", "\"\""})
    void anEmptyKeyIsRefused(String line) {
        assertThat(refusalOf(line).detail()).contains("is empty");
    }

    @Test
    void twoKeysAreRefusedEvenIfTheyAreAlike() {
        assertThat(refusalOf("k-1", "k-1").detail()).contains("more than once");
    }

    @Test
    void aKeyOfMoreThan255CharactersIsRefused() {
        assertThat(refusalOf("k".repeat(256)).detail()).contains("1 to 255");
        assertThat(refusalOf("\"" + "k".repeat(256) + "\"").detail()).contains("1 to 255");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "k 1",
                "k-1, k-2",
                "k-1,k-2",
                "k-1;p=1",
                "k\"1",
                "k-1\"",
                "k\\1",
                "k\u00001",
                "k\t1",
                "k\u007f",
                "kä",
                "k\u20ac"
            })
    void aBareKeyWithASignThatCouldMeanMoreIsRefused(String line) {
        refusalOf(line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"",
                "\"k-1",
                "\"k-1\\\"",
                "\"k-1\\",
                "\"k-1\"x",
                "\"k-1\" ;p=1",
                "\"k-1\", \"k-2\"",
                "\"k-1\"\"",
                "\"k\\1\"",
                "\"k\n1\"",
                "\"k\t1\"",
                "\"k\u007f\"",
                "\"kä\"",
                "\"k\\\u0000\""
            })
    void aQuotedKeyThatIsNoStringOfTheRfcIsRefused(String line) {
        refusalOf(line);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ABCDE1234F,", "\"ABCDE1234F", "ABCDE1234F ABCDE1234F", "\"ABCDE1234F\\n\""})
    void aRefusalDoesNotQuoteTheKey(String line) {
        var refusal = refusalOf(line);

        assertThat(refusal.detail() + refusal.getMessage() + refusal).doesNotContain("ABCDE1234F");
    }

    @Test
    void withoutTheHeaderThereIsNoKey() {
        assertThat(IdempotencyKey.of(List.of())).isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            delimiter = '|',
            value = {
                "8e03978e-40d5-43dd-bc93-6894a57f9324 | 8e03978e-40d5-43dd-bc93-6894a57f9324",
                "01JD8WXYZ0 | 01JD8WXYZ0",
                "a | a",
                "order:17/2026@shop_1~x.y=z+w== | order:17/2026@shop_1~x.y=z+w==",
                "(a)[b]{c}<d>!#$%&*?^`|",
                "\"8e03978e-40d5-43dd-bc93-6894a57f9324\" | 8e03978e-40d5-43dd-bc93-6894a57f9324",
                "\"a b, c; d=1\" | a b, c; d=1",
                "\" \" | ' '",
                "\"a\\\"b\\\\c\" | a\"b\\c"
            })
    void theKeyIsTheTextWithoutItsQuotesAndEscapes(String line, String text) {
        assertThat(key(line).text().reveal()).isEqualTo(text == null ? line : text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"k-1\"", "k-1", " k-1 ", "\t\"k-1\" ", "\"k-1\" "})
    void theSameTextIsTheSameKeyInEitherForm(String line) {
        assertThat(key(line)).isEqualTo(key("k-1")).hasSameHashCodeAs(key("k-1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"k-2", "K-1", "\" k-1\"", "\"k-1 \"", "'k-1'"})
    void anotherTextIsAnotherKey(String line) {
        assertThat(key(line)).isNotEqualTo(key("k-1"));
    }

    @Test
    void theLongestKeyHas255CharactersWithoutQuotesAndEscapes() {
        assertThat(key("k".repeat(255)).text().reveal()).hasSize(255);
        assertThat(key("\"" + "\\\"".repeat(255) + "\"").text().reveal()).isEqualTo("\"".repeat(255));
    }

    @Test
    void aKeyIsNotShown() {
        assertThat(key("ABCDE1234F")).hasToString("***");
        assertThat(new KeyedCall("demo", "create-client", Effect.REGISTERS, key("ABCDE1234F"), List.of()).toString())
                .doesNotContain("ABCDE1234F");
    }
}
