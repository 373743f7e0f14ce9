package io.itrgateway.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.itrgateway.call.RequestValues;
import io.itrgateway.operation.Operations;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedHashMap;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestBodyWriterTest {

    private final RequestBodyWriter writer = new RequestBodyWriter();

    @Test
    void theBodyIsTheDocumentedOne() throws IOException {
        assertThat(written("ABCDE1234F", "example_string"))
                .isEqualTo("{\"username\":\"ABCDE1234F\",\"password\":\"example_string\"}");
    }

    @Test
    void whatWouldEndTheStringIsEscaped() throws IOException {
        assertThat(written("a\"b\\c", "\",\"admin\":\"\u0000\b\t\n\f\r\u001f\u007f/<>'"))
                .isEqualTo("{\"username\":\"a\\\"b\\\\c\","
                        + "\"password\":\"\\\",\\\"admin\\\":\\\"\\u0000\\b\\t\\n\\f\\r\\u001F\u007f/<>'\"}");
    }

    @Test
    void otherScriptsAreWrittenInUtf8() throws IOException {
        assertThat(written("आशा", "pässwörd€")).isEqualTo("{\"username\":\"आशा\",\"password\":\"pässwörd€\"}");
    }

    @Test
    void charactersOutsideOfTheBasicPlaneArriveAsTheyAre() throws IOException {
        var read = new ObjectMapper().readTree(written("🙏", "🙏".repeat(256)));

        assertThat(read.path("username").textValue()).isEqualTo("🙏");
        assertThat(read.path("password").textValue()).isEqualTo("🙏".repeat(256));
    }

    @Test
    void itWritesThisBodyAndNoOther() {
        assertThat(writer.isWriteable(
                        RequestBody.class, RequestBody.class, new Annotation[0], MediaType.APPLICATION_JSON_TYPE))
                .isTrue();
        assertThat(writer.isWriteable(Object.class, Object.class, new Annotation[0], MediaType.APPLICATION_JSON_TYPE))
                .isFalse();
    }

    @Test
    void theBodyItselfShowsNothing() {
        assertThat(body("ABCDE1234F", "example_string"))
                .hasToString("RequestBody[values={username=***, password=***}]");
    }

    private static RequestBody body(String username, String password) {
        return new RequestBody(
                RequestValues.of(Operations.CREATE_CLIENT, Map.of("username", username, "password", password)));
    }

    private String written(String username, String password) throws IOException {
        var bytes = new ByteArrayOutputStream();
        writer.writeTo(
                body(username, password),
                RequestBody.class,
                RequestBody.class,
                new Annotation[0],
                MediaType.APPLICATION_JSON_TYPE,
                new MultivaluedHashMap<>(),
                bytes);
        return bytes.toString(UTF_8);
    }
}
