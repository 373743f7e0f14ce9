package io.itrgateway.telemetry;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Person.magic;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.sandbox.LoggedLines;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.TraceReceiver;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every call has its line, whatever becomes of it. No exporter is configured here. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
class CallLogQuarkusTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    private final LoggedLines lines = new LoggedLines(CallLog.CATEGORY);
    private final LoggedLines audit = new LoggedLines(AuditLog.CATEGORY);
    private final String id = UUID.randomUUID().toString();

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
    }

    @AfterEach
    void stopListening() {
        lines.close();
        audit.close();
    }

    private RequestSpecification identified() {
        return caller().header("X-Request-Id", id);
    }

    /** The one line of the call; answers leave a moment before it is written. */
    private LoggedLines.Line theLine() {
        await().atMost(LONG).until(() -> !lines.of(id).isEmpty());
        assertThat(lines.of(id)).hasSize(1);
        return lines.of(id).get(0);
    }

    private void theLineSays(String outcome, String code, String status) {
        assertThat(theLine().fields())
                .containsEntry("outcome", outcome)
                .containsEntry("code", code)
                .containsEntry("status", status)
                .containsEntry("event", "answered");
    }

    // ---- refused at the edge ----------------------------------------------------------------------------------------

    @Test
    void aCallerWhoIsNotKnownHasALineWithoutAName() {
        send(
                        given().header("X-Request-Id", id)
                                .header("x-api-key", "wrong")
                                .contentType("application/json"),
                        ASHA.json())
                .statusCode(401);

        theLineSays("not_processed", "unauthenticated", "401");
        assertThat(theLine().fields())
                .containsEntry("operation", "create-client")
                .doesNotContainKey("caller");
    }

    @Test
    void aPathThatIsNoneHasALineWithoutAnOperation() {
        identified().post("/v1/ABCDE1234F").then().statusCode(404);

        theLineSays("not_processed", "not-found", "404");
        assertThat(theLine().fields()).doesNotContainKey("operation");
        assertThat(theLine().message()).doesNotContain("ABCDE1234F");
    }

    @Test
    void aBodyThatIsTooLargeHasALine() {
        send(identified(), "x".repeat(65 * 1024 + 1)).statusCode(413);

        theLineSays("not_processed", "payload-too-large", "413");
        assertThat(theLine().fields()).containsEntry("caller", "demo").containsEntry("attempt", "0");
    }

    @Test
    void whatIsNoCallHasNoLine() {
        given().header("X-Request-Id", id).get("/q/health/ready");
        given().header("X-Request-Id", id).get("/problems");
        send(identified(), "{").statusCode(400);

        theLineSays("not_processed", "malformed-request", "400");
    }

    // ---- upstream ---------------------------------------------------------------------------------------------------

    @Test
    void aSuccessIsALineAtInfoWithItsTimes() {
        send(identified(), ASHA.json()).statusCode(200);

        theLineSays("processed", "ok", "200");
        assertThat(theLine().level().getName()).isEqualTo("INFO");
        assertThat(theLine().fields())
                .containsEntry("attempt", "1")
                .containsEntry("upstream_result", "200")
                .containsEntry("caller", "demo")
                .containsEntry("method", "POST")
                .containsKeys("wait_ms", "upstream_ms", "total_ms", "transaction_id")
                .doesNotContainKeys("trace_id", "idempotency");
    }

    @Test
    void anOutcomeThatIsUnknownIsALineAtWarning() {
        send(identified(), magic("upstream-error").json()).statusCode(502);

        theLineSays("unknown", "upstream-error", "502");
        assertThat(theLine().level().getName()).isEqualTo("WARN");
        assertThat(theLine().fields()).containsKey("transaction_id");
    }

    @Test
    void aRepeatedCallHasOneLineWithTheNumberOfItsLastAttempt() {
        register(ASHA).statusCode(200);
        send(identified(), magic("token-refused-once").json()).statusCode(200);

        theLineSays("processed", "ok", "200");
        assertThat(theLine().fields()).containsEntry("attempt", "2").containsKey("token_ms");
    }

    @Test
    void anAnswerThatCouldNotWaitHasItsLineAndTheEndOfTheCallAnother() {
        register(ASHA).statusCode(200);
        send(identified().header("Prefer", "wait=1"), magic("upstream-timeout").json())
                .statusCode(504);

        await().atMost(LONG).until(() -> lines.of(id).size() == 2);
        assertThat(lines.of(id)).extracting(line -> line.field("event")).containsExactly("answered", "ended");
        assertThat(lines.of(id)).extracting(line -> line.field("outcome")).containsOnly("unknown");
    }

    @Test
    void aCallerWhoHangsUpHasALineAndTheEndOfHisCallAnother() throws IOException {
        register(ASHA).statusCode(200);
        String body = magic("slow").json();
        try (Socket gone = new Socket("localhost", RestAssured.port)) {
            gone.getOutputStream()
                    .write(("POST " + Sandbox.CREATE_CLIENT + " HTTP/1.1\r\nHost: localhost\r\nx-api-key: demo\r\n"
                                    + "X-Request-Id: " + id + "\r\nContent-Type: application/json\r\nContent-Length: "
                                    + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            await().atMost(LONG).until(() -> Sandbox.received(Sandbox.CREATE_CLIENT) == 2);
        }

        await().atMost(LONG).until(() -> lines.of(id).size() == 2);
        assertThat(lines.of(id))
                .extracting(line -> line.field("event") + " " + line.field("code"))
                .startsWith("answered caller-gone");
        assertThat(lines.of(id).get(1).field("event")).isEqualTo("ended");
    }

    // ---- repeating --------------------------------------------------------------------------------------------------

    @Test
    void aReplayedAnswerIsSaidToBeOne() {
        String key = UUID.randomUUID().toString();
        send(caller().header("X-Request-Id", "first-" + id).header("Idempotency-Key", key), ASHA.json())
                .statusCode(200);

        send(identified().header("Idempotency-Key", key), ASHA.json()).statusCode(200);

        theLineSays("processed", "ok", "200");
        assertThat(theLine().fields()).containsEntry("idempotency", "replayed").containsEntry("attempt", "0");
        await().atMost(LONG).until(() -> !lines.of("first-" + id).isEmpty());
        assertThat(lines.of("first-" + id).get(0).fields()).containsEntry("idempotency", "new");
    }

    // ---- what is not configured -------------------------------------------------------------------------------------

    @Test
    void theTraceOfTheCallerIsNamedThoughNothingIsTraced() {
        send(identified().header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01"), ASHA.json())
                .statusCode(200);

        assertThat(theLine().fields()).containsEntry("trace_id", TRACE);
        assertThat(TraceReceiver.everything()).isEmpty();
    }

    @Test
    void aTraceThatIsNoneIsNotNamed() {
        send(identified().header("traceparent", "00-ABCDE1234F-x-01\u00e9"), ASHA.json())
                .statusCode(200);

        assertThat(theLine().fields()).doesNotContainKey("trace_id");
    }

    @Test
    void nothingIsAuditedWithoutAKey() {
        send(identified(), ASHA.json()).statusCode(200);

        theLineSays("processed", "ok", "200");
        assertThat(audit.all()).isEqualTo(List.of());
    }
}
