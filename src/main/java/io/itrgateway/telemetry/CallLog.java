package io.itrgateway.telemetry;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import org.jboss.logmanager.Level;

/**
 * One line for each call, when its answer has left or its caller has. WARN where its outcome is unknown, which may have to be
 * investigated; else INFO.
 *
 * <p>A call that goes on at Deepvue after that has a second line when it ends, since only then is it known what became of it.
 */
@ApplicationScoped
class CallLog {

    static final String CATEGORY = "io.itrgateway.call";

    private final LineBuffer lines = new LineBuffer(CATEGORY);

    /** @param status 0 for none */
    void write(String event, CallRecord.Facts call, CallOutcome outcome, int status) {
        Level level = outcome.isUnknown() ? Level.WARN : Level.INFO;
        if (!lines.takes(level)) {
            return;
        }
        Line line = new Line("call")
                .with("event", event)
                .with("operation", call.operation())
                .with("method", call.method())
                .with("path", call.path());
        if (status != 0) {
            line.with("status", status);
        }
        line.with("outcome", outcome.outcome())
                .with("code", outcome.code())
                .with("caller", call.caller())
                .with("attempt", call.attempt())
                .with("upstream_result", call.upstreamResult())
                .with("idempotency", call.idempotency());
        call.tokenMillis().ifPresent(millis -> line.with("token_ms", millis));
        line.with("wait_ms", call.waitMillis())
                .with("upstream_ms", call.upstreamMillis())
                .with("total_ms", call.totalMillis())
                .with("transaction_id", outcome.transactionId().orElse(null))
                .with("request_id", call.requestId())
                .with("trace_id", call.traceId());
        lines.write(line, level);
    }

    @PreDestroy
    void close() {
        lines.close();
    }
}
