package io.itrgateway.sandbox;

import com.google.protobuf.InvalidProtocolBufferException;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.trace.v1.Span;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A collector of traces: OTLP over HTTP, which is read when a test asks. */
public final class TraceReceiver implements QuarkusTestResourceLifecycleManager {

    private static final Queue<byte[]> RECEIVED = new ConcurrentLinkedQueue<>();

    private final Vertx vertx = Vertx.vertx();
    private HttpServer server;

    @Override
    public Map<String, String> start() {
        server = vertx.createHttpServer()
                .requestHandler(request -> request.body().onSuccess(body -> {
                    RECEIVED.add(body.getBytes());
                    request.response()
                            .putHeader("Content-Type", "application/x-protobuf")
                            .end();
                }))
                .listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        return Map.of(
                "otel.exporter.otlp.endpoint", endpoint(),
                "otel.exporter.otlp.protocol", "http/protobuf",
                "quarkus.otel.bsp.schedule.delay", "100ms");
    }

    public String endpoint() {
        return "http://localhost:" + server.actualPort();
    }

    @Override
    public void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    public static void forget() {
        RECEIVED.clear();
    }

    /** All that was ever sent, whatever it means. */
    public static String everything() {
        var text = new StringBuilder();
        RECEIVED.forEach(body -> text.append(new String(body, StandardCharsets.ISO_8859_1)));
        return text.toString();
    }

    public static List<Span> spans() {
        return RECEIVED.stream()
                .flatMap(body -> read(body).getResourceSpansList().stream())
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .toList();
    }

    private static ExportTraceServiceRequest read(byte[] body) {
        try {
            return ExportTraceServiceRequest.parseFrom(body);
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }
}
