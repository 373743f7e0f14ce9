package io.itrgateway.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.itrgateway.call.RequestValues;
import io.itrgateway.operation.Operations;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestBodyWriterTest {

    @Test
    void theBodyIsTheDocumentedOne() {
        assertThat(written("ABCDE1234F", "example_string"))
                .isEqualTo("{\"username\":\"ABCDE1234F\",\"password\":\"example_string\"}");
    }

    @Test
    void whatWouldEndTheStringIsEscaped() {
        assertThat(written("a\"b\\c", "\",\"admin\":\"\u0000\b\t\n\f\r\u001f\u007f/<>'"))
                .isEqualTo("{\"username\":\"a\\\"b\\\\c\","
                        + "\"password\":\"\\\",\\\"admin\\\":\\\"\\u0000\\b\\t\\n\\f\\r\\u001F\u007f/<>'\"}");
    }

    @Test
    void otherScriptsAreWrittenInUtf8() {
        assertThat(written("आशा", "pässwörd€")).isEqualTo("{\"username\":\"आशा\",\"password\":\"pässwörd€\"}");
    }

    @Test
    void charactersOutsideOfTheBasicPlaneArriveAsTheyAre() throws JsonProcessingException {
        var read = new ObjectMapper().readTree(written("🙏", "🙏".repeat(256)));

        assertThat(read.path("username").textValue()).isEqualTo("🙏");
        assertThat(read.path("password").textValue()).isEqualTo("🙏".repeat(256));
    }

    private static String written(String username, String password) {
        return new String(
                RequestBodyWriter.write(
                        RequestValues.of(Operations.CREATE_CLIENT, Map.of("username", username, "password", password))),
                UTF_8);
    }
}
