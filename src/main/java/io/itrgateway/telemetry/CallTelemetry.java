package io.itrgateway.telemetry;

import io.itrgateway.operation.Operation;
import io.itrgateway.operation.Operations;
import io.itrgateway.operation.RelayedOperations;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Opens a record for each call, and reports it when the call has ended. */
@ApplicationScoped
public class CallTelemetry {

    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

    private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("http.route");
    private static final AttributeKey<String> REQUEST_ID = AttributeKey.stringKey("gateway.request_id");
    private static final AttributeKey<String> CALLER = AttributeKey.stringKey("gateway.caller");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("gateway.outcome");
    private static final AttributeKey<String> CODE = AttributeKey.stringKey("gateway.code");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("gateway.attempt");
    private static final AttributeKey<Long> WAIT = AttributeKey.longKey("gateway.wait_ms");
    private static final AttributeKey<String> IDEMPOTENCY = AttributeKey.stringKey("gateway.idempotency");

    private final CallTracer tracing;
    private final CallMeter meter;
    private final CallLog log;
    private final AuditLog audit;
    private final RelayedOperations relayed;

    CallTelemetry(CallTracer tracing, CallMeter meter, CallLog log, AuditLog audit, RelayedOperations relayed) {
        this.tracing = tracing;
        this.meter = meter;
        this.log = log;
        this.audit = audit;
        this.relayed = relayed;
    }

    /**
     * A call has come.
     *
     * @param method as it came; it is not a closed list
     * @param path as the router sees it
     * @param header the value of a header that it came with, null if it was not sent
     */
    public CallRecord open(String requestId, String method, String path, UnaryOperator<String> header) {
        String known = METHODS.contains(method) ? method : "_OTHER";
        Optional<Operation> operation = Operations.at(path).or(() -> relayed.at(method, path));
        CallSpan callSpan = tracing.startCall(known, operation, header);
        Span span = callSpan.span();
        // The caller's own where tracing is off, so that the line is found by the trace id that the caller has.
        String traceId = span.getSpanContext().isValid() ? span.getSpanContext().getTraceId() : null;
        if (span.isRecording()) {
            span.setAttribute(CallSpan.METHOD, known);
            span.setAttribute(REQUEST_ID, requestId);
            operation.ifPresent(found -> span.setAttribute(ROUTE, found.path()));
        }
        meter.recordStart();
        return new CallRecord(this, callSpan, requestId, traceId, known, operation);
    }

    void recordAnswer(CallRecord record, CallOutcome outcome, int status) {
        meter.recordEnd(record.operation(), outcome, status, System.nanoTime() - record.startNanos());
        var facts = record.facts();
        describe(record.span(), facts, outcome, status);
        record.span().end();
        log.write("answered", facts, outcome, status);
        audit.write("answered", facts, outcome, status);
    }

    /** The end of a call at Deepvue whose caller had been answered, or had hung up, before. */
    void recordLateOutcome(CallRecord record, CallOutcome outcome) {
        var facts = record.facts();
        log.write("ended", facts, outcome, 0);
        audit.write("ended", facts, outcome, 0);
    }

    private static void describe(CallSpan callSpan, CallRecord.Facts call, CallOutcome outcome, int status) {
        Span span = callSpan.span();
        if (!span.isRecording()) {
            return;
        }
        if (call.caller() != null) {
            span.setAttribute(CALLER, call.caller());
        }
        if (call.idempotency() != null) {
            span.setAttribute(IDEMPOTENCY, call.idempotency());
        }
        span.setAttribute(OUTCOME, outcome.outcome());
        span.setAttribute(CODE, outcome.code());
        span.setAttribute(ATTEMPT, (long) call.attempt());
        span.setAttribute(WAIT, call.waitMillis());
        if (status != 0) {
            span.setAttribute(CallSpan.STATUS, (long) status);
        }
        if (status >= 500 || status == 0) {
            callSpan.setError(outcome.code());
        } else if (status >= 400) {
            // A refused caller is no fault of this service, as OpenTelemetry's conventions see it, too.
            span.setAttribute(CallSpan.ERROR, outcome.code());
        }
    }

    SpanContext authorizeSince(long nanos) {
        return tracing.authorizeSince(nanos);
    }
}
