package io.itrgateway.telemetry;

import io.itrgateway.operation.Operation;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Begins traces: of each call, in the trace of its caller if it has one; and of each authorize, which belongs to no single call, since many
 * may wait for it, or none. The calls that waited are linked to it.
 *
 * <p>The spans are these few and no others: Quarkus' own, which would say paths and addresses as they come and hand the trace to
 * Deepvue, are off.
 */
@ApplicationScoped
public class CallTracer {

    private static final TextMapGetter<UnaryOperator<String>> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(UnaryOperator<String> headers) {
            return List.of("traceparent", "tracestate");
        }

        @Override
        public String get(UnaryOperator<String> headers, String name) {
            return headers == null ? null : headers.apply(name);
        }
    };

    private static final String SCOPE = "io.itrgateway";

    private final Tracer tracer;
    private volatile Authorize newest = new Authorize(SpanContext.getInvalid());

    /** @param off whether there is no exporter; Quarkus would make spans all the same */
    CallTracer(OpenTelemetry telemetry, @ConfigProperty(name = "quarkus.otel.sdk.disabled") boolean off) {
        this.tracer = (off ? OpenTelemetry.noop() : telemetry).getTracer(SCOPE);
    }

    /** @param header the value of a header of the caller's, null if it was not sent */
    CallSpan startCall(String method, Optional<Operation> operation, UnaryOperator<String> header) {
        Context theirs = W3CTraceContextPropagator.getInstance().extract(Context.root(), header, HEADERS);
        Span span = tracer.spanBuilder(
                        operation.map(known -> method + ' ' + known.path()).orElse(method))
                .setParent(theirs)
                .setSpanKind(SpanKind.SERVER)
                .startSpan();
        return new CallSpan(tracer, theirs, span);
    }

    /** A trace of its own. */
    public CallSpan startAuthorize() {
        Span span = tracer.spanBuilder("authorize").setNoParent().startSpan();
        newest = new Authorize(span.getSpanContext());
        return new CallSpan(tracer, Context.root(), span);
    }

    /** Ends what {@link #startAuthorize} began. */
    public void endAuthorize(CallSpan callSpan) {
        callSpan.end();
        Authorize mine = newest;
        if (mine.context.equals(callSpan.span().getSpanContext())) {
            mine.endedNanos = System.nanoTime();
        }
    }

    /** The newest authorize, if it ran at that {@link System#nanoTime()} or since; else an invalid one: a token may come from elsewhere. */
    SpanContext authorizeSince(long nanos) {
        Authorize mine = newest;
        long ended = mine.endedNanos;
        return ended == RUNNING || ended - nanos >= 0 ? mine.context : SpanContext.getInvalid();
    }

    private static final long RUNNING = Long.MIN_VALUE;

    private static final class Authorize {
        private final SpanContext context;
        private volatile long endedNanos = RUNNING;

        private Authorize(SpanContext context) {
            this.context = context;
        }
    }
}
