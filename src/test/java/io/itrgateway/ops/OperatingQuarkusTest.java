package io.itrgateway.ops;

import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Person.magic;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.itrgateway.problem.ProblemKind;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                .contains("gateway_calls_seconds_count{code=\"ok\",outcome=\"processed\",status=\"200\"}")
                .contains("gateway_calls_seconds_count{code=\"upstream-error\",outcome=\"unknown\",status=\"502\"}")
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
    void theOpenApiDocumentDescribesTheOperationWithEveryProblemAnExampleAndItsHeaders() {
        String document = given().accept("application/json").get("/q/openapi").asString();

        var operation = new OpenAPIV3Parser()
                .readContents(document, null, new ParseOptions())
                .getOpenAPI()
                .getPaths()
                .get(Sandbox.CREATE_CLIENT)
                .getPost();

        assertThat(operation.getSecurity()).hasSize(2);
        assertThat(operation.getParameters())
                .extracting("name")
                .containsExactlyInAnyOrder("X-Request-Id", "Prefer", "Idempotency-Key");
        assertThat(operation.getResponses().get("200").getHeaders()).containsKeys("Idempotency-Replayed", "RateLimit");
        assertThat(operation.getResponses().get("422").getHeaders()).containsKey("Idempotency-Replayed");
        var statuses = Arrays.stream(ProblemKind.values())
                .map(kind -> Integer.toString(kind.status()))
                .collect(Collectors.toSet());
        assertThat(operation.getResponses().keySet()).containsAll(statuses).contains("200");
        for (ProblemKind kind : ProblemKind.values()) {
            var response = operation.getResponses().get(Integer.toString(kind.status()));
            assertThat(response.getContent().get("application/problem+json").getExamples())
                    .containsKey(kind.code());
            assertThat(response.getHeaders())
                    .containsKeys("X-Request-Id", "Cache-Control", "RateLimit-Policy", "RateLimit");
            assertThat(response.getHeaders().containsKey("Retry-After")).isEqualTo(kind.hasRetryAfter());
        }
    }
}
