package io.itrgateway.telemetry;

import static io.itrgateway.sandbox.Person.ASHA;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.itrgateway.operation.Operations;
import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.RecordingUpstream;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.TraceReceiver;
import io.itrgateway.secret.Pseudonyms;
import io.itrgateway.secret.Secret;
import io.opentelemetry.proto.trace.v1.Span;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service as it runs in production: its log, its audit in a file of its own, its traces. */
class CallTelemetryIT {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final String KEY = "a-key-that-is-hard-to-guess-0123456789";
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";

    private final ObjectMapper json = new ObjectMapper();
    private final RecordingUpstream upstream = new RecordingUpstream();
    private final TraceReceiver receiver = new TraceReceiver();

    @TempDir
    Path directory;

    private PackagedService service;
    private int port;

    private void start(String... namesAndValues) throws IOException {
        Map<String, String> environment = new HashMap<>(upstream.environment());
        environment.put("QUARKUS_LOG_CONSOLE_JSON_ENABLED", "true");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        service = PackagedService.start(environment);
        port = service.port();
    }

    @BeforeEach
    void listen() {
        receiver.start();
        TraceReceiver.forget();
    }

    @AfterEach
    void stop() throws IOException {
        if (service != null) {
            service.close();
        }
        receiver.stop();
        upstream.close();
    }

    private Response register(String id) {
        return given().port(port)
                .header("x-api-key", Sandbox.API_KEY)
                .header("X-Request-Id", id)
                .header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01")
                .header("tracestate", "vendor=theirs")
                .header("baggage", "user=theirs")
                .contentType("application/json")
                .body(ASHA.json())
                .post(Sandbox.CREATE_CLIENT);
    }

    private List<JsonNode> read(String lines) {
        return lines.lines()
                .map(line -> {
                    try {
                        return json.readTree(line);
                    } catch (IOException e) {
                        throw new UncheckedIOException("no JSON: " + line, e);
                    }
                })
                .toList();
    }

    private void end() throws InterruptedException {
        service.terminate();
        service.exitCode();
    }

    private static void saysNothingPersonal(String text) {
        assertThat(text)
                .isNotEmpty()
                .doesNotContain(ASHA.username())
                .doesNotContain(ASHA.password())
                .doesNotContain(Sandbox.CLIENT_SECRET)
                .doesNotContain("recording-upstream-token")
                .doesNotContain(KEY);
    }

    @Test
    void everyLineOfTheLogIsJsonAndACallHasOneWithItsFields() throws Exception {
        start();
        assertThat(register("id-1").statusCode()).isEqualTo(200);
        given().port(port).header("X-Request-Id", "id-2").post(Sandbox.CREATE_CLIENT);
        end();

        var calls = read(service.output()).stream()
                .filter(line -> line.path("loggerName").asText().equals("io.itrgateway.call"))
                .toList();
        assertThat(calls).hasSize(2);
        assertThat(calls.get(0).path("level").asText()).isEqualTo("INFO");
        var fields = calls.get(0).path("mdc");
        assertThat(fields.path("request_id").asText()).isEqualTo("id-1");
        assertThat(fields.path("trace_id").asText()).isEqualTo(TRACE);
        assertThat(fields.path("caller").asText()).isEqualTo("demo");
        assertThat(fields.path("operation").asText()).isEqualTo("create-client");
        assertThat(fields.path("outcome").asText()).isEqualTo("processed");
        assertThat(fields.path("code").asText()).isEqualTo("ok");
        assertThat(fields.path("attempt").asText()).isEqualTo("1");
        assertThat(fields.path("total_ms").asText()).matches("[0-9]+");
        assertThat(calls.get(1).path("mdc").path("request_id").asText()).isEqualTo("id-2");
        saysNothingPersonal(service.output());
        assertThat(TraceReceiver.spans()).as("no exporter is configured").isEmpty();
    }

    @Test
    void theAuditGoesToItsOwnFileAndNowhereElse() throws Exception {
        Path file = directory.resolve("audit.log");
        start("GATEWAY_AUDIT_KEY", KEY, "GATEWAY_AUDIT_FILE", file.toString());
        register("id-1");
        given().port(port).header("X-Request-Id", "id-2").post(Sandbox.CREATE_CLIENT);
        await().atMost(LONG).until(() -> Files.exists(file) && Files.size(file) > 0);
        end();

        String audit = Files.readString(file);
        assertThat(read(audit)).singleElement().satisfies(line -> {
            var fields = line.path("mdc");
            assertThat(line.path("timestamp").asText()).isNotEmpty();
            assertThat(fields.path("request_id").asText()).isEqualTo("id-1");
            assertThat(fields.path("caller").asText()).isEqualTo("demo");
            assertThat(fields.path("operation").asText()).isEqualTo("create-client");
            assertThat(fields.path("outcome").asText()).isEqualTo("processed");
            assertThat(fields.path("transaction_id").asText()).isEqualTo("txn_recorded");
            assertThat(fields.path("user").asText())
                    .isEqualTo(new Pseudonyms(Secret.of(KEY)).of(Secret.of(ASHA.username())));
        });
        saysNothingPersonal(audit);
        assertThat(service.output()).doesNotContain("io.itrgateway.audit");
        saysNothingPersonal(service.output());
    }

    /** Whatever of Quarkus' own tracing is switched on. */
    @Test
    void tracesGoToTheCollectorAndNotToDeepvue() throws Exception {
        start(
                "OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint(),
                "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                "QUARKUS_OTEL_BSP_SCHEDULE_DELAY", "100ms",
                "QUARKUS_OTEL_INSTRUMENT_VERTX_HTTP", "true");
        assertThat(register("id-1").statusCode()).isEqualTo(200);

        await().atMost(LONG)
                .until(() -> TraceReceiver.spans().stream()
                        .map(Span::getName)
                        .toList()
                        .containsAll(List.of(
                                "POST " + Sandbox.CREATE_CLIENT, "wait", "token", "authorize", "POST /v1/authorize")));
        saysNothingPersonal(TraceReceiver.everything());
        assertThat(upstream.registrations()).containsExactly(ASHA.username());
        assertThat(upstream.headers())
                .contains("x-api-key")
                .doesNotContain("traceparent", "tracestate", "baggage", "b3", "uber-trace-id");
    }

    /** Client ids stand in queries, and access logs and traces of HTTP show them by themselves. */
    @Test
    void aQueryStandsInNoAccessLogAndInNoTrace() throws Exception {
        start(
                "QUARKUS_HTTP_ACCESS_LOG_ENABLED", "true",
                "QUARKUS_HTTP_ACCESS_LOG_PATTERN",
                        "%r %{REQUEST_LINE} %U %{REQUEST_URL} %q %{QUERY_STRING} %{q,itr_client_id}",
                "QUARKUS_LOG_LEVEL", "DEBUG",
                "OTEL_EXPORTER_OTLP_ENDPOINT", receiver.endpoint(),
                "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                "QUARKUS_OTEL_BSP_SCHEDULE_DELAY", "100ms",
                "QUARKUS_OTEL_INSTRUMENT_VERTX_HTTP", "true",
                "QUARKUS_OTEL_INSTRUMENT_RESTEASY_CLIENT", "true");

        readReturn("itr_secret").then().statusCode(200);
        readReturn("itr secret").then().statusCode(422);
        await().atMost(LONG).until(() -> TraceReceiver.spans().size() >= 4);
        end();

        assertThat(service.output()).contains("get-itr-details?...").doesNotContain("secret", "itr_client_id");
        assertThat(TraceReceiver.everything()).doesNotContain("secret", "itr_client_id");
    }

    private Response readReturn(String clientId) {
        return given().port(port)
                .header("x-api-key", Sandbox.API_KEY)
                .queryParam("itr_client_id", clientId)
                .queryParam("itr_id", "itr_id_secret")
                .get(Operations.GET_ITR_DETAILS.path());
    }

    @Test
    void aMissingCollectorDelaysNoCall() throws Exception {
        start("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:9", "QUARKUS_OTEL_BSP_SCHEDULE_DELAY", "100ms");

        for (int call = 0; call < 20; call++) {
            assertThat(register("id-" + call).statusCode()).isEqualTo(200);
        }
        saysNothingPersonal(service.output());
    }
}
