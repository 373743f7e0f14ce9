package io.itrgateway.problem;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Sandbox.CREATE_CLIENT;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.allOf;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.config.EncoderConfig;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with a request: one shape of answer, and never a call to the upstream. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
class FrameworkQuarkusTest {

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
    }

    @AfterEach
    void nothingWasSent() {
        assertThat(Sandbox.received(CREATE_CLIENT)).isZero();
    }

    private static void isProblem(ValidatableResponse answer, int status, String code) {
        answer.statusCode(status)
                .contentType("application/problem+json")
                .header("Cache-Control", "no-store")
                .header("X-Request-Id", matchesPattern("[!-~]{1,128}"))
                .body("code", equalTo(code))
                .body("status", equalTo(status))
                .body("outcome", equalTo("not_processed"))
                .body("request_id", equalTo(answer.extract().header("X-Request-Id")));
    }

    /** Bodies as they are, with nothing added to their content type. */
    private static RequestSpecification plainly(String contentType) {
        return given().config(RestAssured.config()
                        .encoderConfig(EncoderConfig.encoderConfig()
                                .appendDefaultContentCharsetToContentTypeIfUndefined(false)))
                .header("x-api-key", Sandbox.API_KEY)
                .contentType(contentType);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null x",
                "{\"username\":\"a\",\"password\":\"12345678\"} {}",
                "{\"username\":\"a\",\"username\":\"b\",\"password\":\"12345678\"}",
                "{\"username\":5,\"password\":\"12345678\"}",
                "{\"username\":\"a\",\"password\":{\"x\":1}}",
                "[]",
                "\"text\"",
                "<xml/>"
            })
    void aBodyThatIsNotTheRightJsonIsMalformed(String body) {
        isProblem(send(caller(), body), 400, "malformed-request");
    }

    @Test
    void fiveThousandLevelsOfNestingAreMalformed() {
        isProblem(
                send(caller(), "{\"username\":" + "[".repeat(5000) + "]".repeat(5000) + "}"), 400, "malformed-request");
    }

    @Test
    void invalidUtf8IsMalformed() {
        byte[] body = ASHA.json().getBytes(StandardCharsets.ISO_8859_1);
        body[14] = (byte) 0xff;

        isProblem(plainly("application/json").body(body).post(CREATE_CLIENT).then(), 400, "malformed-request");
    }

    @Test
    void everyFieldFaultIsReportedTogether() {
        var answer = send(caller(), "{\"user\":\"x\",\"password\":\"short\"}");

        isProblem(answer, 422, "invalid-request");
        answer.body("errors", hasSize(3))
                .body("errors.pointer", hasItem("#/username"))
                .body("errors.pointer", hasItem("#/user"))
                .body("errors.pointer", hasItem("#/password"));
    }

    @Test
    void aBodyOverSixtyFourKibibytesIsTooLarge() {
        isProblem(send(caller(), "{\"username\":\"" + "a".repeat(64 * 1024) + "\"}"), 413, "payload-too-large");
    }

    @ParameterizedTest
    @ValueSource(ints = {64 * 1024 + 1, 4 * 1024 * 1024})
    void aBodyWithoutALengthIsCountedWhileItComes(int bytes) throws Exception {
        var chunked = HttpRequest.newBuilder(URI.create(RestAssured.baseURI + ":" + RestAssured.port + CREATE_CLIENT))
                .header("x-api-key", Sandbox.API_KEY)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[bytes])))
                .build();

        var answer = HttpClient.newHttpClient().send(chunked, BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("\"code\":\"payload-too-large\"", "\"outcome\":\"not_processed\"");
    }

    @Test
    void aBodyOfExactlySixtyFourKibibytesIsRead() {
        String frame = "{\"username\":\"\",\"password\":\"12345678\"}";
        String body = frame.replace("\"\",", "\"" + "a".repeat(64 * 1024 - frame.length()) + "\",");

        isProblem(send(caller(), body), 422, "invalid-request");
    }

    @Test
    void aRequestWithoutAHostIsMalformed() throws Exception {
        try (var caller = new Socket("localhost", RestAssured.port)) {
            caller.getOutputStream().write("GET /nope HTTP/1.1\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));

            assertThat(new String(caller.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 400")
                    .contains("X-Request-Id: ", "application/problem+json", "\"code\":\"malformed-request\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/nope",
                "/reference",
                "/reference/reference.js",
                "/v1/verification/itr",
                "/v1/verification/itr/create-client/x",
                "/problems/nope",
                "/q/nope"
            })
    void anUnknownPathIsNotFound(String path) {
        isProblem(caller().get(path).then(), 404, "not-found");
    }

    @Test
    void aBrowserIsShownAllProblemsInPlaceOfOneThatDoesNotExist() {
        given().header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
                .get("/problems/nope")
                .then()
                .statusCode(404)
                .contentType("text/html")
                .body(containsString("There is no problem with that code"))
                .body(containsString("<a href=\"/problems/upstream-timeout\">"))
                .body(not(containsString("nope")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "PATCH"})
    void aWrongMethodIsAnsweredWithTheAllowedOnes(String method) {
        var answer = caller().request(method, CREATE_CLIENT).then();

        isProblem(answer, 405, "method-not-allowed");
        answer.header("Allow", "OPTIONS, POST");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "application/xml"})
    void anotherMediaTypeIsUnsupported(String contentType) {
        isProblem(plainly(contentType).body("x=y").post(CREATE_CLIENT).then(), 415, "unsupported-media-type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "application/*", "application/*; charset=utf-8"})
    void aRangeIsNoMediaTypeOfABody(String contentType) {
        isProblem(
                plainly(contentType)
                        .body(ASHA.json().getBytes(US_ASCII))
                        .post(CREATE_CLIENT)
                        .then(),
                400,
                "malformed-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "image/png"})
    void anAnswerThatIsOnlyWantedInAnotherTypeIsNotAcceptable(String accept) {
        isProblem(send(caller().header("Accept", accept), ASHA.json()), 406, "not-acceptable");
    }

    @Test
    void aProblemIsAnsweredWhateverIsAccepted() {
        isProblem(send(caller().header("Accept", "application/json"), "{"), 400, "malformed-request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"my-id-1", "!~", "0123456789"})
    void theCallersOwnRequestIdIsKept(String id) {
        caller().header("X-Request-Id", id)
                .get("/nope")
                .then()
                .header("X-Request-Id", id)
                .body("request_id", equalTo(id));
    }

    @ParameterizedTest
    @ValueSource(strings = {"two words", "tab\there", "\u00e9"})
    void aRequestIdThatIsUnfitIsReplaced(String id) {
        caller().header("X-Request-Id", id)
                .get("/nope")
                .then()
                .header("X-Request-Id", allOf(not(equalTo(id)), matchesPattern("[0-9a-f-]{36}")));
    }

    @Test
    void aRequestIdOfMoreThanOneHundredTwentyEightCharactersIsReplaced() {
        caller().header("X-Request-Id", "x".repeat(129))
                .get("/nope")
                .then()
                .header("X-Request-Id", matchesPattern(".{36}"));
    }

    @ParameterizedTest
    @EnumSource(ProblemKind.class)
    void everyProblemHasAPageInHtml(ProblemKind kind) {
        given().header("Accept", "text/html")
                .get(kind.type())
                .then()
                .statusCode(200)
                .contentType("text/html")
                .header("Content-Security-Policy", startsWith("default-src 'none'; style-src 'sha256-"))
                .header("X-Content-Type-Options", equalTo("nosniff"))
                .header("Referrer-Policy", equalTo("no-referrer"))
                .body(containsString(kind.code()))
                .body(containsString("\n  &quot;code&quot;: &quot;" + kind.code() + "&quot;,\n"))
                .body(containsString(kind.outcome().wireName()));
    }

    @ParameterizedTest
    @EnumSource(ProblemKind.class)
    void thePageOfAProblemSaysWhatToDoWhateverTheOperationDoes(ProblemKind kind) {
        String page = given().header("Accept", "text/html").get(kind.type()).asString();

        for (Effect effect : Effect.values()) {
            assertThat(page).contains(kind.nextStep(effect)).doesNotContain("any other operation");
        }
    }

    @Test
    void theDocumentAdvisesToRepeatAPendingCallOnlyWhereThatDoesNoHarm() throws IOException {
        JsonNode paths = document().path("paths");

        String registration = pending(paths, "create-client", "post");
        String fetch = pending(paths, "itr-download", "post");
        String read = pending(paths, "get-itr-details", "get");

        assertThat(registration).contains("may register twice").doesNotContain("Ask again");
        assertThat(List.of(fetch, read)).allMatch(text -> text.endsWith("Ask again after some seconds."));
        assertThat(read).doesNotContain("Idempotency-Key");
    }

    @Test
    void theDocumentDoesNotPromiseMoreOfAKeyThanIsKept() throws IOException {
        JsonNode operation = document().path("paths").at("/~1v1~1verification~1itr~1create-client/post");

        assertThat(operation.path("parameters").findValuesAsText("description"))
                .filteredOn(text -> text.contains("releases the key") || text.contains("release the key"))
                .singleElement()
                .asString()
                .contains("still pending", "Without Redis");
        assertThat(operation.path("x-lost-answer").asText()).isEqualTo(Effect.REGISTERS.nextStep());
    }

    private static String pending(JsonNode paths, String operation, String method) {
        return paths.path("/v1/verification/itr/" + operation)
                .at("/" + method + "/responses/202/description")
                .asText();
    }

    @ParameterizedTest
    @EnumSource(ProblemKind.class)
    void everyProblemHasTheSameForMachines(ProblemKind kind) {
        given().get(kind.type())
                .then()
                .statusCode(200)
                .contentType("application/json")
                .body("problems.code", hasItem(kind.code()))
                .body("problems.status", hasItem(kind.status()))
                .body("problems.outcome", hasItem(kind.outcome().wireName()));
    }

    @Test
    void theListOfProblemsIsWhole() {
        given().get("/problems").then().statusCode(200).body("problems", hasSize(ProblemKind.values().length));
    }

    @Test
    void theListForPeopleIsGroupedByWhatToDo() {
        String page = given().header("Accept", "text/html").get("/problems").asString();

        for (Remedy remedy : Remedy.values()) {
            String group = page.substring(page.indexOf("<h2>" + remedy.title()));
            group = group.substring(0, group.indexOf("<h2>", 1) < 0 ? group.length() : group.indexOf("<h2>", 1));
            assertThat(group).startsWith("<h2>" + remedy.title() + "</h2>").contains(remedy.meaning());
            for (ProblemKind kind : ProblemKind.values()) {
                assertThat(group.contains(">%s</a>, %d: ".formatted(kind.code(), kind.status())))
                        .as("%s below %s", kind, remedy)
                        .isEqualTo(kind.remedy(Effect.REGISTERS) == remedy);
            }
        }
    }

    @Test
    void theDocumentNamesTheGroupOfEachExample() throws IOException {
        JsonNode components = components();

        for (ProblemKind kind : ProblemKind.values()) {
            for (Effect effect : List.of(Effect.REGISTERS, Effect.FETCHES)) {
                assertThat(example(components, effect, kind).path("x-remedy").asText())
                        .isEqualTo(kind.remedy(effect).wireName());
            }
        }
        assertThat(components.at("/schemas/Problem/x-remedies").findValuesAsText("name"))
                .containsExactlyElementsOf(
                        Arrays.stream(Remedy.values()).map(Remedy::wireName).toList());
    }

    @Test
    void theExampleOfAFaultIsOfAFieldThatTheOperationHas() throws IOException {
        assertThat(faultyField(Effect.REGISTERS)).isEqualTo("#/password");
        assertThat(List.of(faultyField(Effect.FETCHES), faultyField(Effect.READS)))
                .containsOnly("#/itr_client_id");
    }

    private static String faultyField(Effect effect) throws IOException {
        return example(components(), effect, ProblemKind.INVALID_REQUEST)
                .at("/value/errors/0/pointer")
                .asText();
    }

    @ParameterizedTest
    @EnumSource(
            value = ProblemKind.class,
            names = {"NOT_FOUND", "METHOD_NOT_ALLOWED"})
    void anExampleOfAFailureThatNoOperationHasNamesAnotherPath(ProblemKind kind) throws IOException {
        String path = example(components(), Effect.REGISTERS, kind)
                .at("/value/instance")
                .asText();
        String page = given().header("Accept", "text/html").get(kind.type()).asString();

        assertThat(page.replace("&quot;", "\"")).contains("\"instance\": \"" + path + "\"");
        isProblem(caller().post(path).then(), kind.status(), kind.code());
    }

    private static JsonNode components() throws IOException {
        return document().path("components");
    }

    private static JsonNode document() throws IOException {
        return new ObjectMapper().readTree(given().get("/q/openapi?format=json").asString());
    }

    /** The example of a problem among the answers that operations of one effect share. */
    private static JsonNode example(JsonNode components, Effect effect, ProblemKind kind) {
        String name = effect.name().charAt(0) + effect.name().substring(1).toLowerCase(Locale.ROOT) + kind.status();
        return components
                .path("responses")
                .path(name)
                .path("content")
                .path("application/problem+json")
                .path("examples")
                .path(kind.code());
    }
}
