package io.itrgateway.telemetry;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Person.magic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import io.itrgateway.sandbox.LoggedLines;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.TraceReceiver;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import io.opentelemetry.proto.trace.v1.Status.StatusCode;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.DisabledOnIntegrationTest;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a collector gets to see, where one is configured. */
@QuarkusTest
@QuarkusTestResource(value = Sandbox.class, restrictToAnnotatedClass = true)
@QuarkusTestResource(value = TraceReceiver.class, restrictToAnnotatedClass = true)
class TracesQuarkusTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String THEIR_SPAN = "b7ad6b7169203331";

    private final String trace = UUID.randomUUID().toString().replace("-", "");

    @BeforeEach
    void freshSandbox() {
        Sandbox.forget();
    }

    private RequestSpecification traced() {
        return caller().header("traceparent", "00-" + trace + "-" + THEIR_SPAN + "-01")
                .header("tracestate", "vendor=state-of-theirs")
                .header("baggage", "user=baggage-of-theirs");
    }

    private static String hex(ByteString id) {
        return HexFormat.of().formatHex(id.toByteArray());
    }

    private List<Span> spans() {
        return TraceReceiver.spans().stream()
                .filter(span -> hex(span.getTraceId()).equals(trace))
                .toList();
    }

    /** That part of the trace of the call, when the call itself has come. */
    private Span span(String name) {
        await().atMost(LONG)
                .until(() -> spans().stream().anyMatch(span -> span.getKind() == SpanKind.SPAN_KIND_SERVER));
        return spans().stream()
                .filter(span -> span.getName().equals(name))
                .reduce((one, two) -> {
                    throw new AssertionError("more than one span is called " + name);
                })
                .orElseThrow();
    }

    private Span theCall() {
        await().atMost(LONG)
                .until(() -> spans().stream().anyMatch(span -> span.getKind() == SpanKind.SPAN_KIND_SERVER));
        return spans().stream()
                .filter(span -> span.getKind() == SpanKind.SPAN_KIND_SERVER)
                .findFirst()
                .orElseThrow();
    }

    private List<Span> theRequests() {
        theCall();
        return spans().stream()
                .filter(span -> span.getKind() == SpanKind.SPAN_KIND_CLIENT)
                .toList();
    }

    private static Map<String, Object> attributes(Span span) {
        return span.getAttributesList().stream()
                .collect(Collectors.toMap(attribute -> attribute.getKey(), attribute -> value(attribute.getValue())));
    }

    private static Object value(AnyValue value) {
        return value.hasStringValue() ? value.getStringValue() : value.getIntValue();
    }

    /** What the spans need is given to them, so nothing has to capture it; see application.properties. */
    @Test
    @DisabledOnIntegrationTest("asks Mutiny in this process")
    void operatorsOfMutinyCaptureNoContext() {
        Supplier<String> function = () -> "item";

        assertThat(Infrastructure.decorate(function)).isSameAs(function);
    }

    @Test
    void nothingPersonalAndNoSecretIsExportedWhateverHappens() {
        for (String username : List.of(
                ASHA.username(), "upstream-rejected-pan", "upstream-error", "token-refused-once", "upstream-timeout")) {
            send(traced(), magic(username).json());
        }
        send(traced().queryParam("pan", ASHA.username()), ASHA.json());
        traced().post("/v1/" + ASHA.username());
        send(caller().header("x-api-key", "key-that-no-caller-has"), ASHA.json());
        await().atMost(LONG)
                .until(() -> spans().stream()
                                .filter(span -> span.getKind() == SpanKind.SPAN_KIND_SERVER)
                                .count()
                        == 7);

        assertThat(TraceReceiver.everything())
                .contains("gateway.outcome")
                .doesNotContain(ASHA.username())
                .doesNotContain(ASHA.password())
                .doesNotContain(Sandbox.CLIENT_SECRET)
                .doesNotContain("key-that-no-caller-has")
                .doesNotContain("baggage-of-theirs")
                .doesNotContain("eyJ");
    }

    @Test
    void deepvueReceivesNoTraceHeaders() {
        send(traced(), magic("token-refused-once").json()).statusCode(200);

        for (String path : List.of(Sandbox.AUTHORIZE, Sandbox.CREATE_CLIENT)) {
            assertThat(Sandbox.requests(path)).isNotEmpty().allSatisfy(request -> {
                assertThat(request.getHeaders().keys())
                        .extracting(String::toLowerCase)
                        .doesNotContain("traceparent", "tracestate", "baggage", "b3", "x-b3-traceid");
                assertThat(request.getHeaders().toString()).doesNotContain(trace);
            });
        }
    }

    @Test
    void aRefusedCallIsAFailedRequestOfTheCallAndNamesItsProblem() {
        send(traced(), magic("upstream-error").json()).statusCode(502);

        assertThat(theCall().getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
        assertThat(attributes(theCall()))
                .containsEntry("error.type", "upstream-error")
                .containsEntry("gateway.code", "upstream-error")
                .containsEntry("gateway.outcome", "unknown")
                .containsEntry("http.response.status_code", 502L);
        assertThat(theRequests()).singleElement().satisfies(request -> {
            assertThat(request.getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_ERROR);
            assertThat(attributes(request)).containsKeys("error.type", "http.response.status_code");
        });
    }

    @Test
    void aFaultOfTheCallerIsNoFailureOfTheService() {
        send(traced(), "{").statusCode(400);

        assertThat(theCall().getStatus().getCode()).isEqualTo(StatusCode.STATUS_CODE_UNSET);
        assertThat(attributes(theCall())).containsEntry("error.type", "malformed-request");
        assertThat(spans()).hasSize(1);
    }

    @Test
    void aCallIsOneTraceInThatOfItsCaller() {
        register(ASHA).statusCode(200);
        send(traced(), ASHA.json()).statusCode(200);

        assertThat(theCall().getName()).isEqualTo("POST " + Sandbox.CREATE_CLIENT);
        assertThat(hex(theCall().getParentSpanId())).isEqualTo(THEIR_SPAN);
        assertThat(attributes(theCall()))
                .containsEntry("http.request.method", "POST")
                .containsEntry("http.route", Sandbox.CREATE_CLIENT)
                .containsEntry("http.response.status_code", 200L)
                .containsEntry("gateway.caller", "demo")
                .containsEntry("gateway.outcome", "processed")
                .containsEntry("gateway.code", "ok")
                .containsEntry("gateway.attempt", 1L)
                .containsKeys("gateway.wait_ms", "gateway.request_id")
                .doesNotContainKeys("error.type", "url.path", "url.full", "client.address");
        assertThat(span("wait").getParentSpanId()).isEqualTo(theCall().getSpanId());
        assertThat(theRequests()).singleElement().satisfies(request -> {
            assertThat(request.getParentSpanId()).isEqualTo(theCall().getSpanId());
            assertThat(attributes(request))
                    .containsEntry("server.address", "localhost")
                    .containsEntry("http.request.method", "POST")
                    .containsEntry("http.response.status_code", 200L)
                    .containsEntry("gateway.attempt", 1L);
        });
        assertThat(spans()).hasSize(3);
    }

    @Test
    void anAuthorizeIsATraceOfItsOwnLinkedWithTheCallsThatWaited() {
        register(ASHA).statusCode(200);
        TraceReceiver.forget();
        send(traced(), magic("token-refused-once").json()).statusCode(200);

        assertThat(span("token").getParentSpanId()).isEqualTo(theCall().getSpanId());
        assertThat(span("token").getLinksList()).hasSize(1);
        var authorize = hex(span("token").getLinks(0).getTraceId());
        assertThat(authorize).isNotEqualTo(trace);
        await().atMost(LONG)
                .until(() -> TraceReceiver.spans().stream()
                                .filter(span -> hex(span.getTraceId()).equals(authorize))
                                .count()
                        == 3);
        assertThat(TraceReceiver.spans().stream()
                        .filter(span -> hex(span.getTraceId()).equals(authorize))
                        .map(Span::getName))
                .containsExactlyInAnyOrder("authorize", "wait", "POST /v1/authorize");
        assertThat(theRequests())
                .extracting(request -> attributes(request).get("gateway.attempt"))
                .containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    @DisabledOnIntegrationTest("reads the log of this process")
    void aTraceThatItsCallerDoesNotSampleIsNotExported() {
        String id = UUID.randomUUID().toString();
        try (var lines = new LoggedLines(CallLog.CATEGORY)) {
            send(
                            caller().header("X-Request-Id", id)
                                    .header("traceparent", "00-" + trace + "-" + THEIR_SPAN + "-00"),
                            ASHA.json())
                    .statusCode(200);
            await().atMost(LONG).until(() -> !lines.of(id).isEmpty());
            assertThat(lines.of(id).get(0).fields()).containsEntry("trace_id", trace);
        }
        TraceReceiver.forget();
        register(ASHA).statusCode(200);

        await().atMost(LONG).until(() -> !TraceReceiver.spans().isEmpty());
        assertThat(spans()).isEmpty();
    }
}
