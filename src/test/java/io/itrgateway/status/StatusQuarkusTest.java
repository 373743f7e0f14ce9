package io.itrgateway.status;

import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.startsWith;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.itrgateway.sandbox.LoggedLines;
import io.itrgateway.sandbox.RawCaller;
import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.DisabledOnIntegrationTest;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.concurrent.locks.LockSupport;
import java.util.logging.Level;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators get of a running service, and no other client. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@TestProfile(StatusQuarkusTest.WithAPlanAndAKey.class)
class StatusQuarkusTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String OPERATOR =
            "Basic " + Base64.getEncoder().encodeToString("operator:operator".getBytes(StandardCharsets.UTF_8));

    public static class WithAPlanAndAKey implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "gateway.operator-key",
                    "06e55b633481f7bb072957eabcf110c972e86691c3cfedabe088024bffe42f23",
                    "deepvue.plan",
                    "0/1000/50000");
        }
    }

    @BeforeEach
    void anEmptySandbox() {
        Sandbox.forget();
    }

    private static RequestSpecification operator() {
        return given().auth().preemptive().basic("operator", "operator");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/status", "/status/events", "/status/status.js", "/status/nothing"})
    void aRequestWithoutAKeyIsChallenged(String path) {
        given().get(path)
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", startsWith("Basic "))
                .contentType("application/problem+json")
                .body("code", equalTo("unauthenticated"));
    }

    @Test
    void theKeyOfACallerIsNotThatOfAnOperator() {
        given().header("x-api-key", Sandbox.API_KEY).get("/status").then().statusCode(401);
        given().auth()
                .preemptive()
                .basic("operator", Sandbox.API_KEY)
                .get("/status")
                .then()
                .statusCode(401);
    }

    @Test
    void theKeyOfAnOperatorIsNotThatOfACaller() {
        operator()
                .contentType("application/json")
                .body(ASHA.json())
                .post(Sandbox.CREATE_CLIENT)
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", startsWith("ApiKey "));
    }

    @Test
    void whatIsNoPartOfThePageIsNotFound() {
        operator().get("/status/nothing").then().statusCode(404).body("code", equalTo("not-found"));
    }

    @Test
    void theStateIsAvailableAsJson() {
        register(ASHA).statusCode(200);

        operator()
                .accept("application/json")
                .get("/status")
                .then()
                .statusCode(200)
                .header("Cache-Control", "no-store")
                .body("token.state", equalTo("held"))
                .body("token.renewal_seconds", greaterThan(60_000f))
                .body("budget.state", equalTo("own"))
                .body("budget.windows.window", equalTo(List.of("minute", "day")))
                .body("budget.windows[0].quota", equalTo(1_000))
                .body("budget.windows[0].left", lessThanOrEqualTo(998))
                .body("calls.unanswered", equalTo(0))
                .body("breaker.state", equalTo("closed"))
                .body("redis.state", equalTo("not-used"))
                .body("verdict.state", equalTo("ok"))
                .body("verdict.causes", equalTo(List.of()))
                .body("verdict.sentence", equalTo("OK: calls are served normally."))
                .body("trend.step_seconds", equalTo(10));
    }

    @Test
    void theLastMinutesComeWithTheirCalls() {
        register(ASHA).statusCode(200);

        await().atMost(LONG)
                .untilAsserted(() -> operator()
                        .accept("application/json")
                        .get("/status")
                        .then()
                        .body("trend.calls.ok", hasItem(greaterThan(0)))
                        .body("trend.classes.ok", equalTo("success"))
                        .body("recent.calls", greaterThan(0))
                        .body("recent.calls_per_second", greaterThan(0f))
                        .body("trend.p99_ms", hasItem(greaterThan(0f))));
    }

    @Test
    void nothingOfACallIsShown() {
        register(ASHA).statusCode(200);

        operator()
                .accept("application/json")
                .get("/status")
                .then()
                .body(not(containsString(ASHA.username())))
                .body(not(containsString(ASHA.password())))
                .body(not(containsString("eyJ")));
    }

    @Test
    void aBrowserGetsAPageThatMayLoadNothingFromElsewhere() {
        operator()
                .accept("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
                .get("/status")
                .then()
                .statusCode(200)
                .contentType("text/html;charset=UTF-8")
                .header("Content-Security-Policy", startsWith("default-src 'none'; script-src 'self'"))
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"status.js", "status.css", "uplot.js", "uplot.css"})
    void thePageHasAllItsParts(String part) {
        operator().get("/status/" + part).then().statusCode(200).body(not(emptyString()));
    }

    @Test
    void itIsStreamedLive() throws Exception {
        try (var lines = new Scanner(watched(), StandardCharsets.UTF_8)) {
            assertThat(next("event:", lines)).isEqualTo("trend");
            assertThat(next("event:", lines)).isEqualTo("now");
            assertThat(next("event:", lines)).isIn("now", "trend");
        }
    }

    @Test
    void theLastMinutesThatAreStreamedHaveTheCallsOfTheVerdict() throws Exception {
        try (var lines = new Scanner(watched(), StandardCharsets.UTF_8)) {
            assertThat(next("event:", lines)).isEqualTo("trend");
            JsonNode trend = new ObjectMapper().readTree(next("data:", lines));
            register(ASHA);
            for (int trends = 1; trends < 2; ) {
                String event = next("event:", lines);
                JsonNode data = new ObjectMapper().readTree(next("data:", lines));
                if (event.equals("trend")) {
                    trend = data;
                    trends++;
                } else {
                    assertThat(data.at("/recent/calls").asInt()).isLessThanOrEqualTo(callsOf(trend));
                }
            }
        }
    }

    private static InputStream watched() throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + "/status/events"))
                .timeout(LONG)
                .header("Authorization", OPERATOR)
                .build();
        return HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofInputStream())
                .body();
    }

    private static int callsOf(JsonNode trend) {
        int calls = 0;
        for (JsonNode ofCode : trend.path("calls")) {
            for (JsonNode ofStep : ofCode) {
                calls += ofStep.asInt();
            }
        }
        return calls;
    }

    private static String next(String field, Scanner lines) {
        String line = lines.nextLine();
        while (!line.startsWith(field)) {
            line = lines.nextLine();
        }
        return line.substring(field.length()).strip();
    }

    @Test
    void aHeadRequestForTheEventsIsAnsweredWithoutABody() throws Exception {
        try (var caller = new RawCaller(RestAssured.port)) {
            caller.send(events("HEAD"));

            assertThat(caller.everything())
                    .startsWith("HTTP/1.1 200 ")
                    .containsIgnoringCase("\r\nContent-Type: text/event-stream")
                    .endsWith("\r\n\r\n");
        }
    }

    /** RFC 9112, 9.3: without a length, and without chunks, nothing else says where the answer ends. */
    @Test
    void eventsOverHttp10EndWithTheirConnection() throws Exception {
        try (var caller = new RawCaller(RestAssured.port)) {
            caller.send(events("GET").replace("HTTP/1.1", "HTTP/1.0").replace("close", "keep-alive"));

            assertThat(caller.until("\r\n\r\n"))
                    .startsWith("HTTP/1.0 200 ")
                    .containsIgnoringCase("\r\nConnection: close\r\n")
                    .doesNotContainIgnoringCase("keep-alive", "\r\nTransfer-Encoding:", "\r\nContent-Length:");
        }
    }

    @Test
    @DisabledOnIntegrationTest("the log is that of another process")
    void aWatcherWhoBreaksOffIsNoEventForTheLog() throws Exception {
        try (var log = new LoggedLines("")) {
            for (int watchers = 0; watchers < 20; watchers++) {
                try (var watcher = new RawCaller(RestAssured.port)) {
                    watcher.send(events("GET"));
                    watcher.reset();
                }
            }
            // The loops have seen the ends of those before.
            operator().get("/status").then().statusCode(200);

            assertThat(log.all())
                    .extracting(LoggedLines.Line::level)
                    .allMatch(level -> level.intValue() < Level.SEVERE.intValue());
        }
    }

    /** A connection may end while its request is being answered, when nothing reports its end any longer. */
    @Test
    void aWatcherWhoBreaksOffLeavesItsPlaceToTheNext() throws Exception {
        for (int watchers = 0; watchers < 400; watchers++) {
            try (var watcher = new RawCaller(RestAssured.port)) {
                watcher.send(events("GET"));
                LockSupport.parkNanos(watchers % 40 * 100_000L); // the moment differs
                watcher.reset();
            }
        }

        await().atMost(LONG).untilAsserted(() -> {
            try (var watcher = new RawCaller(RestAssured.port)) {
                watcher.send(events("GET"));
                assertThat(watcher.until("\r\n")).startsWith("HTTP/1.1 200 ");
            }
        });
    }

    private static String events(String method) {
        return """
                %s /status/events HTTP/1.1\r
                Host: localhost\r
                Authorization: %s\r
                Connection: close\r
                \r
                """.formatted(method, OPERATOR);
    }
}
