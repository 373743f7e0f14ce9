package io.itrgateway.problem;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProblemTest {

    private static final String PATH = "/v1/verification/itr/create-client";
    private static final String REQUEST_ID = "01JD8Z5E4T9Q3N6V2X7W1K0ABC";

    @Test
    void aProblemHasThePublishedMembersInThePublishedOrder() {
        var failure = GatewayException.of(ProblemKind.UPSTREAM_TIMEOUT, "Deepvue did not answer within 30 s.");

        assertThat(json(failure)).isEqualTo("""
                {"type":"/problems/upstream-timeout",\
                "title":"The upstream did not answer in time",\
                "status":504,\
                "detail":"Deepvue did not answer within 30 s. The registration may have been made.",\
                "instance":"/v1/verification/itr/create-client",\
                "code":"upstream-timeout",\
                "outcome":"unknown",\
                "retryable":false,\
                "request_id":"01JD8Z5E4T9Q3N6V2X7W1K0ABC"}""");
    }

    @Test
    void theUpstreamsTransactionAndTheFaultsOfFieldsFollowAtTheEnd() {
        var failure = GatewayException.of(ProblemKind.UPSTREAM_REJECTED_FIELDS, "Deepvue says: no")
                .withTransactionId(Optional.of("req_1234567890"))
                .withErrors(List.of(
                        FieldFault.of("password", "must be at least 8 characters long"),
                        new FieldFault("#", "has a member that is not a field of this request")));

        assertThat(json(failure)).endsWith("""
                "request_id":"01JD8Z5E4T9Q3N6V2X7W1K0ABC",\
                "transaction_id":"req_1234567890",\
                "errors":[\
                {"pointer":"#/password","detail":"must be at least 8 characters long"},\
                {"pointer":"#","detail":"has a member that is not a field of this request"}]}""");
    }

    @ParameterizedTest
    @EnumSource
    void everyKindIsWrittenAsItIs(ProblemKind kind) throws IOException {
        JsonNode document = new ObjectMapper().readTree(json(GatewayException.of(kind)));

        assertThat(List.of(
                        document.path("type").textValue(),
                        document.path("title").textValue(),
                        document.path("status").intValue(),
                        document.path("detail").textValue(),
                        document.path("code").textValue(),
                        document.path("outcome").textValue(),
                        document.path("retryable").booleanValue()))
                .isEqualTo(List.of(
                        kind.type(),
                        kind.title(),
                        kind.status(),
                        kind.advice(Effect.REGISTERS),
                        kind.code(),
                        kind.outcome().wireName(),
                        kind.retryable()));
    }

    @Test
    void whenToComeBackStandsInTheHeaderOnly() {
        var failure = GatewayException.of(ProblemKind.QUOTA_EXHAUSTED).withRetryAfter(Duration.ofSeconds(4711));

        assertThat(json(failure)).doesNotContain("4711").doesNotContainIgnoringCase("retry_after");
    }

    @Test
    void textThatWouldEndAMemberIsEscaped() throws IOException {
        String nasty = "\"}, \"code\": \"ok\" \\ \u0000\b\t\n\r\u001f</script>";
        var failure = GatewayException.of(ProblemKind.UPSTREAM_REJECTED_FIELDS, nasty)
                .withTransactionId(Optional.of(nasty))
                .withErrors(List.of(new FieldFault(nasty, nasty)));

        JsonNode document = new ObjectMapper().readTree(new Problem(failure, Optional.empty(), nasty, nasty).toJson());

        assertThat(document.findValues("code")).extracting(JsonNode::textValue).containsExactly("upstream-rejected");
        assertThat(List.of(
                        document.path("detail"),
                        document.path("instance"),
                        document.path("request_id"),
                        document.path("transaction_id"),
                        document.at("/errors/0/pointer"),
                        document.at("/errors/0/detail")))
                .extracting(JsonNode::textValue)
                .containsOnly(nasty);
    }

    @Test
    void textIsUtf8() {
        assertThat(json(GatewayException.of(ProblemKind.UPSTREAM_REJECTED_REQUEST, "नमस्ते")))
                .contains("\"detail\":\"नमस्ते\"");
    }

    @Test
    void textOutsideOfTheBasicPlaneSurvives() throws IOException {
        var failure = GatewayException.of(ProblemKind.UPSTREAM_REJECTED_REQUEST, "🙏");

        assertThat(new ObjectMapper().readTree(json(failure)).path("detail").textValue())
                .isEqualTo("🙏");
    }

    @Test
    void aNameOfAFieldIsEscapedAsAJsonPointer() {
        assertThat(FieldFault.of("a/b~c", "is not a field of this request").pointer())
                .isEqualTo("#/a~1b~0c");
    }

    @Test
    void aNameInsideAnotherIsReachedByBoth() {
        assertThat(FieldFault.at(List.of("list", "0", "a/b"), "is too short").pointer())
                .isEqualTo("#/list/0/a~1b");
    }

    @Test
    void noNameAtAllIsTheWholeBody() {
        assertThat(FieldFault.at(List.of(), "is not an object").pointer()).isEqualTo("#");
    }

    private static String json(GatewayException failure) {
        return new String(new Problem(failure, Optional.of(Effect.REGISTERS), PATH, REQUEST_ID).toJson(), UTF_8);
    }
}
