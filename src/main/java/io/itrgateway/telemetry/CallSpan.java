package io.itrgateway.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.net.URI;

/**
 * A span, and the parent context of its child spans. Costs next to nothing where tracing is off or the trace is not sampled.
 *
 * <p>Parents are given and never taken from where the code runs, and no span is made the current one: so a trace cannot get into
 * work that others share, and nothing that is sent upstream can find one to pass on.
 */
public final class CallSpan {

    static final AttributeKey<String> METHOD = AttributeKey.stringKey("http.request.method");
    static final AttributeKey<Long> STATUS = AttributeKey.longKey("http.response.status_code");
    static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

    private static final AttributeKey<String> HOST = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> PORT = AttributeKey.longKey("server.port");
    private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.template");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("gateway.attempt");

    private final Tracer tracer;
    private final Context place;
    private final Span span;

    CallSpan(Tracer tracer, Context parent, Span span) {
        this.tracer = tracer;
        this.place = span.getSpanContext().isValid() ? parent.with(span) : parent;
        this.span = span;
    }

    /** A part of it that happens in this process. */
    public CallSpan startPart(String name) {
        return new CallSpan(
                tracer, place, tracer.spanBuilder(name).setParent(place).startSpan());
    }

    /** A request to Deepvue, which is sent no trace header. */
    public CallSpan startRequest(URI base, String method, String path, int attempt) {
        var request = tracer.spanBuilder(method + ' ' + path)
                .setParent(place)
                .setSpanKind(SpanKind.CLIENT)
                .startSpan();
        if (request.isRecording()) {
            request.setAttribute(METHOD, method);
            request.setAttribute(PATH, path);
            request.setAttribute(HOST, base.getHost());
            request.setAttribute(PORT, (long) port(base));
            request.setAttribute(ATTEMPT, (long) attempt);
        }
        return new CallSpan(tracer, place, request);
    }

    private static int port(URI base) {
        if (base.getPort() != -1) {
            return base.getPort();
        }
        return "https".equalsIgnoreCase(base.getScheme()) ? 443 : 80;
    }

    /** A request was answered with that status, whatever it says. */
    public void setStatus(int status) {
        if (span.isRecording()) {
            span.setAttribute(STATUS, (long) status);
            if (status >= 400) {
                setError(Integer.toString(status));
            }
        }
    }

    /** @param why a word of a closed list */
    public void setError(String why) {
        if (span.isRecording()) {
            span.setAttribute(ERROR, why);
            span.setStatus(StatusCode.ERROR);
        }
    }

    /** Links the span to another one, which has no parent in this trace. */
    void linkTo(SpanContext other) {
        if (other.isValid()) {
            span.addLink(other);
        }
    }

    public void end() {
        span.end();
    }

    Span span() {
        return span;
    }
}
