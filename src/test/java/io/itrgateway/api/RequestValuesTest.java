package io.itrgateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.call.RequestValues;
import io.itrgateway.operation.Operation;
import io.itrgateway.operation.Operations;
import io.itrgateway.problem.FieldFault;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for the request of every operation. */
class RequestValuesTest {

    static final List<Operation> operations = Operations.ALL;

    private static String json(Map<String, String> values) {
        return values.entrySet().stream()
                .map(value -> "\"%s\":\"%s\"".formatted(value.getKey(), value.getValue()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static Map<String, String> examples(Operation operation) {
        return operation.fields().stream().collect(Collectors.toMap(field -> field.name(), field -> field.example()));
    }

    private static GatewayException refusal(Runnable reading) {
        try {
            reading.run();
        } catch (GatewayException refusal) {
            return refusal;
        }
        throw new AssertionError("not refused");
    }

    @ParameterizedTest
    @FieldSource("operations")
    void theExamplesOfTheCatalogueAreValidAndNotShown(Operation operation) {
        var values = RequestReader.readBody(operation, json(examples(operation)).getBytes());

        assertThat(values.secrets()).hasSameSizeAs(operation.fields());
        assertThat(values.toString())
                .doesNotContain(examples(operation).values())
                .contains("***");
    }

    @ParameterizedTest
    @FieldSource("operations")
    void everyFieldIsRequiredAndAnUnknownOneRefused(Operation operation) {
        var refusal = refusal(() -> RequestReader.readBody(operation, "{\"itr_clientid\":\"x\"}".getBytes()));

        assertThat(refusal.kind()).isEqualTo(ProblemKind.INVALID_REQUEST);
        assertThat(refusal.errors())
                .extracting(FieldFault::pointer)
                .hasSize(operation.fields().size() + 1)
                .contains("#/itr_clientid", "#/" + operation.fields().get(0).name());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b",
                "a\\tb",
                "a\\u0000",
                "\u00a0x",
                "\u2003",
                "\u200b",
                "itr_1\u200b",
                "\ufeffitr_1",
                "itr\u00ad_1",
                "itr_1\u202e",
                "itr_1\\u2060"
            })
    void anIdHasVisibleCharactersOnly(String id) {
        var refusal = refusal(() -> RequestReader.readBody(
                Operations.ITR_DOWNLOAD,
                "{\"itr_client_id\":\"%s\"}".formatted(id).getBytes(java.nio.charset.StandardCharsets.UTF_8)));

        assertThat(refusal.errors()).extracting(FieldFault::pointer).containsExactly("#/itr_client_id");
    }

    @ParameterizedTest
    @CsvSource({
        "itr_client_id=a&itr_client_id=b, MALFORMED_REQUEST",
        "itr_client_id=%zz, MALFORMED_REQUEST",
        "itr_client_id=%ff, MALFORMED_REQUEST",
        "itr_client_id=%c0%af, MALFORMED_REQUEST",
        "itr_client_id=%ed%a0%80, MALFORMED_REQUEST",
        "itr_client_id=a%e2%82, MALFORMED_REQUEST",
        "itr_client_id=a&%fe=b, MALFORMED_REQUEST",
        "itr_client_id=a&itr_clientid=b, INVALID_REQUEST",
        "itr_client_id, INVALID_REQUEST",
        "itr_client_id=%20, INVALID_REQUEST",
        "a=b&, INVALID_REQUEST"
    })
    void aQueryWithAFaultIsRefused(String query, ProblemKind kind) {
        assertThat(refusal(() -> RequestReader.readQuery(Operations.ITR_DOWNLOAD, query))
                        .kind())
                .isEqualTo(kind);
    }

    @Test
    void aQueryIsDecoded() {
        assertThat(RequestReader.readQuery(Operations.ITR_DOWNLOAD, "itr_client_id=itr%5F1%e2%82%ac%F0%9F%98%80"))
                .isEqualTo(
                        RequestValues.of(Operations.ITR_DOWNLOAD, Map.of("itr_client_id", "itr_1\u20ac\ud83d\ude00")));
    }
}
