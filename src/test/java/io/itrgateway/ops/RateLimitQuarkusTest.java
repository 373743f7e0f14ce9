package io.itrgateway.ops;

import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Person.magic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.itrgateway.sandbox.Gateway;
import io.itrgateway.sandbox.Person;
import io.itrgateway.sandbox.RawCaller;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which answers say what is left of the plan: all those to a known caller, and no others. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@TestProfile(MetricsQuarkusTest.WithAPlan.class)
class RateLimitQuarkusTest {

    private static final String KEY = "x-api-key: " + Sandbox.API_KEY + "\n";
    private static final String JSON = "Content-Type: application/json\n";

    @BeforeEach
    void anUpstreamThatAnswers() {
        // The first calls of a process may take longer than the upstream is waited for.
        await().atMost(Duration.ofMinutes(1))
                .until(() -> Gateway.register(ASHA).extract().statusCode() == 200);
    }

    private static String post(String headers, String body) {
        return "POST %s HTTP/1.1\n%sContent-Length: %d\n\n%s"
                .formatted(Sandbox.CREATE_CLIENT, headers, body.length(), body);
    }

    private static String register(Person person) {
        return post(JSON, person.json());
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\n\n";
    }

    static Stream<Arguments> answers() {
        String body = ASHA.json();
        return Stream.of(
                arguments(200, register(ASHA)),
                arguments(202, register(magic("pending"))),
                arguments(400, post(JSON, "{")),
                arguments(400, post(JSON + "Idempotency-Key: \"\n", body)),
                arguments(400, post(JSON + "Expect: miracles\n", body)),
                arguments(400, post("Content-Type: a/b/c\n", body)),
                arguments(404, get("/v1/nope")),
                arguments(404, get("/v1/verification/itr;x/create-client")),
                arguments(405, get(Sandbox.CREATE_CLIENT)),
                arguments(406, post(JSON + "Accept: image/png\n", body)),
                arguments(413, post(JSON, " ".repeat(65 * 1024))),
                arguments(415, post("Content-Type: text/plain\n", body)),
                arguments(415, post(JSON + "Content-Encoding: gzip\n", body)),
                arguments(422, post(JSON, "{}")),
                arguments(422, register(magic("upstream-rejected"))),
                arguments(429, register(magic("quota-exhausted"))),
                arguments(502, register(magic("upstream-error"))),
                arguments(503, register(magic("upstream-unavailable"))),
                arguments(
                        504,
                        post(
                                JSON + "Prefer: wait=1\n",
                                magic("upstream-timeout").json())),
                arguments(200, "OPTIONS " + Sandbox.CREATE_CLIENT + " HTTP/1.1\n\n"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void everyAnswerToAKnownCallerSaysWhatIsLeftOfThePlan(int status, String request) throws IOException {
        assertThat(answer(request, KEY))
                .startsWith("http/1.1 " + status + " ")
                .contains(
                        "\r\nratelimit-policy: \"second\";q=1000;w=1, \"minute\";q=10000;w=60, \"day\";q=100000;w=86400\r\n")
                .containsPattern("\r\nratelimit: \"(second|minute|day)\";r=\\d+;t=\\d+\r\n");
    }

    @Test
    void aReplayedAnswerSaysWhatIsLeftOfThePlan() throws IOException {
        String request = post(JSON + "Idempotency-Key: " + UUID.randomUUID() + "\n", ASHA.json());
        answer(request, KEY);

        assertThat(answer(request, KEY))
                .contains("\r\nidempotency-replayed: true\r\n")
                .contains("\r\nratelimit: \"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x-api-key: nobody\n", KEY + KEY, KEY + "x-api-key: nobody\n"})
    void unknownCallersGetNoRateLimitHeaders(String credentials) throws IOException {
        assertThat(answer(register(ASHA), credentials)).doesNotContain("\r\nratelimit");
        assertThat(answer(get("/v1/nope"), credentials)).doesNotContain("\r\nratelimit");
        assertThat(answer(get(Sandbox.CREATE_CLIENT), credentials)).doesNotContain("\r\nratelimit");
    }

    private static String answer(String request, String credentials) throws IOException {
        String added = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + credentials.replace("\n", "\r\n");
        return RawCaller.exchange(
                        RestAssured.port,
                        request.replaceFirst("\n\n", "\r\n\r\n")
                                .replaceAll("(?<!\r)\n", "\r\n")
                                .replaceFirst(" HTTP/1.1\r\n", added))
                .toLowerCase(Locale.ROOT);
    }
}
