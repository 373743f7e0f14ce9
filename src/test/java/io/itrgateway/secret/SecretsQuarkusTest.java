package io.itrgateway.secret;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Person.magic;
import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.client.WireMock;
import io.itrgateway.sandbox.Person;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.TwoCallers;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** With every switch turned to talk: no outcome makes any category say what must not be said. */
@QuarkusTest
@TestProfile(SecretsQuarkusTest.Talkative.class)
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
public class SecretsQuarkusTest {

    public static class Talkative implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.ofEntries(
                    Map.entry("gateway.relay", RELAYED),
                    Map.entry("deepvue.plan", "0/0/50000"),
                    Map.entry("quarkus.log.level", "DEBUG"),
                    Map.entry("quarkus.log.category.\"org.jboss.resteasy.reactive\".level", "DEBUG"),
                    Map.entry("quarkus.log.category.\"io.netty\".level", "DEBUG"),
                    Map.entry("quarkus.log.category.\"io.vertx\".level", "DEBUG"),
                    Map.entry("quarkus.rest-client.logging.scope", "all"),
                    Map.entry("quarkus.rest-client.logging.body-limit", "10000"),
                    Map.entry("quarkus.http.access-log.enabled", "true"),
                    Map.entry("quarkus.http.access-log.pattern", "long"),
                    Map.entry("gateway.audit-key", "key-of-the-audit-0123456789abcdef"),
                    Map.entry("gateway.api-keys", TwoCallers.API_KEYS),
                    Map.entry("quarkus.log.console.level", "ERROR"));
        }
    }

    /** Of the sandbox's generic operation; for {@code RelayQuarkusTest}, which shares the service with this test. */
    private static final String RELAYED = String.join(
            ",",
            "POST /v1/verification/generic",
            "DELETE /v1/verification/generic",
            "reads:PATCH /v1/verification/generic",
            "POST /v1/verification/generic/*",
            "fetches:PUT /v1/verification/generic/*",
            "reads:GET /v1/verification/generic/*");

    private static final List<String> OUTCOMES = List.of(
            ASHA.username(),
            "upstream-rejected",
            "upstream-rejected-pan",
            "upstream-rejected-fastapi",
            "upstream-rejected-400",
            "upstream-rejected-html",
            "quota-exhausted",
            "upstream-credentials-refused",
            "token-refused-once",
            "upstream-credentials-refused-401",
            "upstream-error",
            "upstream-invalid-response",
            "upstream-invalid-response-json",
            "upstream-invalid-response-cut",
            "upstream-invalid-response-halfway",
            "upstream-invalid-response-too-large",
            "upstream-connection-lost",
            "upstream-connection-lost-garbage",
            "upstream-unavailable",
            "upstream-timeout");

    private final WholeLog log = new WholeLog();

    @BeforeEach
    void listen() {
        Sandbox.forget();
        log.listen();
    }

    @AfterEach
    void stopListening() {
        log.close();
    }

    private void nothingIsSaid(String... more) {
        assertThat(log.lines()).as("something was logged at all").isNotEmpty();
        String said = String.join("", log.lines());
        assertThat(said)
                .doesNotContain(ASHA.password())
                .doesNotContain(ASHA.username())
                .doesNotContain(Sandbox.CLIENT_SECRET)
                .doesNotContain("eyJhbGci")
                .doesNotContainIgnoringCase("x-api-key: " + Sandbox.API_KEY)
                .doesNotContain("key-of-the-audit")
                .doesNotContain("key-that-no-caller-has");
        for (String secret : more) {
            assertThat(said).doesNotContain(secret);
        }
    }

    @Test
    void noOutcomeOfTheUpstreamMakesALogOrTheAuditSayASecret() {
        for (String username : OUTCOMES) {
            register(magic(username));
        }

        await().atMost(Duration.ofSeconds(30)).until(() -> log.linesOf("io.itrgateway.audit") == OUTCOMES.size());
        nothingIsSaid();
    }

    @Test
    void anUpstreamThatQuotesThePasswordDoesNotMakeUsSayIt() {
        Sandbox.stubs()
                .stubFor(WireMock.post(Sandbox.CREATE_CLIENT)
                        .atPriority(1)
                        .willReturn(WireMock.jsonResponse(
                                "{\"detail\":\"the password %s of %s is wrong, says key %s\"}"
                                        .formatted(ASHA.password(), ASHA.username(), Sandbox.CLIENT_SECRET),
                                422)));

        String answer = register(ASHA).statusCode(422).extract().asString();

        assertThat(answer)
                .contains("the password *** of *** is wrong")
                .doesNotContain(ASHA.password())
                .doesNotContain(ASHA.username())
                .doesNotContain(Sandbox.CLIENT_SECRET);
        nothingIsSaid();
    }

    @Test
    void aTransactionIdThatQuotesThePersonDoesNotMakeUsSayIt() {
        Sandbox.stubs()
                .stubFor(WireMock.post(Sandbox.CREATE_CLIENT)
                        .atPriority(1)
                        .willReturn(WireMock.okJson(
                                "{\"transaction_id\":\"txn of %s\\nforged\",\"data\":{}}".formatted(ASHA.username()))));

        register(ASHA).statusCode(200);

        await().atMost(Duration.ofSeconds(30)).until(() -> log.linesOf("io.itrgateway.audit") == 1);
        nothingIsSaid();
        assertThat(log.lines())
                .anyMatch(line -> line.contains("outcome=processed") && line.contains("txn of *** forged"));
    }

    @Test
    void noMalformedRequestMakesALogSayASecret() {
        send(caller(), ASHA.json().substring(0, ASHA.json().length() - 1));
        send(caller(), ASHA.json() + "x");
        send(caller(), "{\"username\":[\"" + ASHA.username() + "\"],\"password\":\"" + ASHA.password() + "\"}");
        send(caller(), "{\"" + ASHA.password() + "\":1}");
        send(caller().contentType("text/plain"), ASHA.json());
        send(caller(), new Person(ASHA.username(), ASHA.password() + "x".repeat(300)).json());

        nothingIsSaid();
    }

    @Test
    void noRefusedCallerMakesALogSayHisKey() {
        send(given().contentType("application/json").header("x-api-key", "key-that-no-caller-has"), ASHA.json());
        send(
                given().contentType("application/json").header("Authorization", "Bearer key-that-no-caller-has"),
                ASHA.json());

        nothingIsSaid();
    }

    /** Paths and queries are the callers' own; the access log, which an operator has to switch on, says both. */
    private List<String> linesButThoseOfTheAccessLog() {
        return log.lines().stream()
                .filter(line -> !line.contains("[io.quarkus.http.access-log]"))
                .toList();
    }

    @Test
    void noRelayedCallMakesALogOrTheAuditSayWhatItSent() {
        String generic = "/v1/verification/generic";
        String body = "{\"pan_number\":\"%s\",\"secret\":\"%s\"}".formatted(ASHA.username(), ASHA.password());
        List<String> ends = List.of(
                "any",
                "no-data",
                "token-refused-once",
                "upstream-rejected",
                "upstream-error",
                "upstream-invalid-response");

        for (String end : ends) {
            caller().body(body).post(generic + "/" + end);
        }
        caller().get(generic + "/" + ASHA.username() + "?pan=" + ASHA.username());
        caller().get(generic + "/other/" + ASHA.username());
        given().header("x-api-key", Sandbox.API_KEY)
                .multiPart("document", ASHA.username() + ".pdf", ASHA.password().getBytes(US_ASCII))
                .post(generic);

        await().atMost(Duration.ofSeconds(30)).until(() -> log.linesOf("io.itrgateway.audit") == ends.size() + 2);
        assertThat(linesButThoseOfTheAccessLog())
                .noneMatch(line -> line.contains(ASHA.username()) || line.contains(ASHA.password()))
                .noneMatch(line -> line.contains(Sandbox.CLIENT_SECRET) || line.contains("eyJhbGci"));
        for (String category : List.of("io.itrgateway.audit", "io.itrgateway.call")) {
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("[" + category + "]"))
                    .anyMatch(line -> line.contains("operation=relay path=" + generic + "/*")
                            || line.contains("operation=relay method=GET path=" + generic + "/*"));
        }
    }
}
