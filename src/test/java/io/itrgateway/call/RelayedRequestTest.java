package io.itrgateway.call;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RelayedRequestTest {

    private static final MemoryReservation NOTHING = new MemoryReservation.Memory(0).open("demo");

    private static RelayedRequest json(String query, String body) {
        return new RelayedRequest(
                "POST",
                "/v1/pan/ABCDE1234F",
                Optional.ofNullable(query),
                Optional.of("application/json"),
                Optional.empty(),
                body.getBytes(ISO_8859_1),
                NOTHING);
    }

    private static RelayedRequest multipart(String boundary, String... parts) {
        var body = new StringBuilder();
        for (String part : parts) {
            body.append("--").append(boundary).append("\r\n").append(part).append("\r\n");
        }
        body.append("--").append(boundary).append("--\r\n");
        return new RelayedRequest(
                "POST",
                "/v1/documents",
                Optional.empty(),
                Optional.of("multipart/form-data;boundary=" + boundary),
                Optional.of(boundary),
                body.toString().getBytes(ISO_8859_1),
                NOTHING);
    }

    @Test
    void nothingOfItIsShown() {
        assertThat(json("q=secret", "{\"secret\":1}") + " " + RequestValues.of(json("q=secret", "secret")))
                .doesNotContain("secret", "ABCDE1234F");
    }

    @Test
    void anotherBoundaryIsTheSamePayload() {
        assertThat(multipart("one-boundary", "a", "b").payload())
                .isEqualTo(multipart("AnotherLongerBoundary", "a", "b").payload());
    }

    @Test
    void otherPartsAreAnotherPayload() {
        var payload = multipart("x1", "a", "b").payload();

        assertThat(multipart("x1", "a", "c").payload()).isNotEqualTo(payload);
        assertThat(multipart("x1", "ab").payload()).isNotEqualTo(payload);
        assertThat(multipart("x1", "b", "a").payload()).isNotEqualTo(payload);
        assertThat(multipart("x1", "a\r\n--x2\r\nb").payload()).isNotEqualTo(payload);
    }

    @Test
    void aBoundaryInTheMiddleOfALineIsContent() {
        assertThat(multipart("x1", "a--x1").payload())
                .isNotEqualTo(multipart("x2", "a--x2").payload())
                .isEqualTo(multipart("x2", "a--x1").payload());
    }

    @ParameterizedTest
    @CsvSource({"q=1, '{}'", "q=2, '{}'", ", '{ }'", "q=, '{}'"})
    void anotherQueryOrBodyIsAnotherPayload(String query, String body) {
        assertThat(json(query, body).payload()).isNotEqualTo(json(null, "{}").payload());
    }

    @Test
    void twoThatAreAlikeAreEqual() {
        assertThat(RequestValues.of(json("q", "{}")))
                .isEqualTo(RequestValues.of(json("q", "{}")))
                .hasSameHashCodeAs(RequestValues.of(json("q", "{}")))
                .isNotEqualTo(RequestValues.of(json("q", "[]")))
                .isNotEqualTo(RequestValues.of(json(null, "{}")));
    }
}
