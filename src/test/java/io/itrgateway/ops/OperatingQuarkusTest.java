package io.itrgateway.ops;

import static io.itrgateway.problem.ProblemKind.UNAUTHENTICATED;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Person.magic;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.itrgateway.operation.Member;
import io.itrgateway.operation.Operations;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What operators and integrators read off the running service. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
class OperatingQuarkusTest {

    private static String metrics() {
        return given().get("/q/metrics").then().statusCode(200).extract().asString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"live", "ready", "started"})
    void saysThatItIsUpAndSpendsNoUpstreamCall(String check) {
        Sandbox.forget();

        given().get("/q/health/" + check).then().statusCode(200).body("status", equalTo("UP"));

        assertThat(Sandbox.stubs().getAllServeEvents()).isEmpty();
    }

    @Test
    void callsAreCountedByWhatBecameOfThem() {
        register(ASHA);
        register(magic("upstream-error"));

        await().untilAsserted(() -> assertThat(metrics())
                .contains(
                        "gateway_calls_seconds_count{code=\"ok\",operation=\"create-client\",outcome=\"processed\",status=\"200\"}")
                .contains(
                        "gateway_calls_seconds_count{code=\"upstream-error\",operation=\"create-client\",outcome=\"unknown\",status=\"502\"}")
                .contains("gateway_calls_seconds_bucket{code=\"ok\"")
                .contains("gateway_upstream_attempts_seconds_count{operation=\"create-client\",result=\"500\"}")
                .contains("gateway_token_renewals_total{result=\"ok\"}")
                .contains("gateway_token_age_seconds ")
                .contains("gateway_calls_in_flight 0.0")
                .contains("gateway_upstream_in_flight 0.0"));
    }

    @Test
    void noMetricSaysWhoWasRegisteredOrByWhichKey() {
        register(ASHA);
        given().get("/v1/" + ASHA.username());

        assertThat(metrics())
                .doesNotContain(ASHA.username())
                .doesNotContain(ASHA.password())
                .doesNotContain(Sandbox.CLIENT_SECRET)
                .doesNotContain("eyJ");
    }

    @Test
    void theOpenApiDocumentIsValid() {
        String document = given().accept("application/json").get("/q/openapi").asString();

        var parsed = new OpenAPIV3Parser().readContents(document, null, new ParseOptions());

        assertThat(parsed.getMessages()).isEmpty();
        assertThat(parsed.getOpenAPI()).isNotNull();
    }

    @Test
    void theOpenApiDocumentSaysOfEachOperationWhetherItNeedsAKey() {
        openApi()
                .getPaths()
                .forEach((path, item) -> item.readOperationsMap()
                        .forEach((method, operation) -> assertThat(operation.getSecurity())
                                .as("%s %s", method, path)
                                .isNotNull()
                                .matches(needed -> needed.isEmpty()
                                        == (path.startsWith("/problems") || method == PathItem.HttpMethod.OPTIONS))));
    }

    @Test
    void theOpenApiDocumentIsServedAsTheBuildHasStoredIt() throws IOException {
        byte[] served = given().queryParam("format", "json").get("/q/openapi").asByteArray();

        assertThat(served).isEqualTo(Files.readAllBytes(Path.of("target", "openapi", "openapi.json")));
    }

    @Test
    void aReaderOfYaml11FindsTheSameInTheOpenApiDocumentAsOneOfJson() throws IOException {
        String yaml = given().get("/q/openapi").asString();
        String json = given().queryParam("format", "json").get("/q/openapi").asString();

        Object read = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);

        assertThat(read).isEqualTo(new ObjectMapper().readValue(json, Object.class));
    }

    @Test
    void aCodeWithoutAPageIsDescribedForEachMethod() {
        assertThat(openApi().getPaths().get("/problems/{code}").readOperations())
                .allSatisfy(operation -> assertThat(operation.getResponses()).containsKey("404"));
    }

    private static OpenAPI openApi() {
        String document = given().accept("application/json").get("/q/openapi").asString();
        return new OpenAPIV3Parser()
                .readContents(document, null, new ParseOptions())
                .getOpenAPI();
    }

    /** The response itself where the operation only refers to it. */
    private static ApiResponse response(OpenAPI document, Operation operation, String status) {
        ApiResponse response = operation.getResponses().get(status);
        return response.get$ref() == null
                ? response
                : document.getComponents()
                        .getResponses()
                        .get(response.get$ref().replace("#/components/responses/", ""));
    }

    @Test
    void theOpenApiDocumentDescribesAProblemOnceForAllOperationsOfOneEffect() {
        var paths = openApi().getPaths();
        var downloads = List.of("itr-download", "26as-download", "ais-download");

        assertThat(downloads)
                .extracting(name -> paths.get("/v1/verification/itr/" + name)
                        .getPost()
                        .getResponses()
                        .get("504")
                        .get$ref())
                .containsOnly("#/components/responses/Fetches504");
    }

    @Test
    void theOpenApiDocumentDescribesTheOperationWithEveryProblemAnExampleAndItsHeaders() {
        var document = openApi();
        var operation = document.getPaths().get(Sandbox.CREATE_CLIENT).getPost();

        assertThat(operation.getSecurity()).hasSize(2);
        assertThat(operation.getParameters())
                .extracting("name")
                .containsExactlyInAnyOrder("X-Request-Id", "Prefer", "Idempotency-Key");
        var statuses = Arrays.stream(ProblemKind.values())
                .map(kind -> Integer.toString(kind.status()))
                .collect(Collectors.toSet());
        assertThat(operation.getResponses().keySet()).containsAll(statuses).contains("200", "202");
        for (ProblemKind kind : ProblemKind.values()) {
            var response = response(document, operation, Integer.toString(kind.status()));
            assertThat(response.getContent().get("application/problem+json").getExamples())
                    .containsKey(kind.code());
            assertThat(response.getHeaders()).containsKeys("X-Request-Id", "Cache-Control");
            assertThat(response.getHeaders().containsKey("RateLimit")).isEqualTo(kind != UNAUTHENTICATED);
            assertThat(response.getHeaders().containsKey("Retry-After")).isEqualTo(kind.hasRetryAfter());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "200, true",
        "202, false",
        "400, true",
        "422, true",
        "502, true",
        "504, true",
        "429, false",
        "503, false"
    })
    void whatIsStoredForAnIdempotencyKeyMayBeReplayed(String status, boolean stored) {
        var document = openApi();
        var headers = response(
                        document, document.getPaths().get(Sandbox.CREATE_CLIENT).getPost(), status)
                .getHeaders();

        assertThat(headers.containsKey("Idempotency-Replayed")).isEqualTo(stored);
    }

    @Test
    void theOpenApiDocumentForbidsNothingThatPassesThroughTheService() {
        Schema<?> registered = openApi().getComponents().getSchemas().get("Envelope");

        assertThat(registered.getProperties()).containsKeys("data", "code", "timestamp");
        registered
                .getProperties()
                .forEach((name, member) ->
                        assertThat(((Schema<?>) member).getTypes()).as(name).isNull());
        given().accept("application/json")
                .get("/q/openapi")
                .then()
                .body("components.schemas.Envelope.additionalProperties", equalTo(true))
                .body("components.schemas.Envelope.properties.data.additionalProperties", equalTo(true));
    }

    @Test
    void noKnownMemberOfDataIsRequiredAndNoneForbidsOthersOrNull() {
        var schemas = openApi().getComponents().getSchemas();
        var document = given().accept("application/json").get("/q/openapi").then();

        for (var operation : Operations.ALL) {
            Schema<?> data = schemas.get(operation.data().name());
            assertThat(data.getRequired()).as(operation.name()).isNull();
            document.body("components.schemas." + operation.data().name() + ".additionalProperties", equalTo(true));
            assertThat(data.getProperties().keySet())
                    .as(operation.name())
                    .containsExactlyElementsOf(operation.data().members().stream()
                            .map(Member::name)
                            .toList());
            data.getProperties().forEach((name, member) -> {
                Set<String> types = ((Schema<?>) member).getTypes();
                assertThat(types == null || types.contains("null")).as(name).isTrue();
            });
        }
    }

    @Test
    void theOpenApiDocumentLeavesTheDataOfARegistrationOpenWhateverItIs() {
        given().accept("application/json")
                .get("/q/openapi")
                .then()
                .body("components.schemas.CreateClientEnvelope.allOf[1].properties.data.type", nullValue())
                .body("components.schemas.CreateClientEnvelope.allOf[1].properties.data.if.type", equalTo("object"))
                .body(
                        "components.schemas.CreateClientEnvelope.allOf[1].properties.data.then.$ref",
                        equalTo("#/components/schemas/CreateClientData"));
    }

    @Test
    void theCodesOfProblemsAreAnOpenList() {
        Schema<?> problem = openApi().getComponents().getSchemas().get("Problem");
        Schema<?> code = problem.getProperties().get("code");

        assertThat(code.getEnum()).isNull();
        assertThat(code.getDescription()).contains("`upstream-timeout`", "`call-interrupted`");
    }

    @ParameterizedTest
    @ValueSource(strings = {Sandbox.CREATE_CLIENT, "/problems", "/problems/{code}"})
    void everyPathDescribesItsOptionsAsTheServiceAnswersThem(String path) {
        String allow = given().options(path.replace("{code}", "not-found")).getHeader("Allow");

        var item = openApi().getPaths().get(path);

        assertThat(item.getOptions()
                        .getResponses()
                        .get("200")
                        .getHeaders()
                        .get("Allow")
                        .getExample())
                .isEqualTo(allow);
        assertThat(item.getHead() != null).isEqualTo(item.getGet() != null);
    }
}
