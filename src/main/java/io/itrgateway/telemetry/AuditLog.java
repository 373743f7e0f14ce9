package io.itrgateway.telemetry;

import io.itrgateway.secret.Pseudonyms;
import io.itrgateway.secret.Secret;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;
import org.jboss.logmanager.Level;

/**
 * Who did what, for whom, and what became of it: a record for each call that was found valid, when its answer has left; and a second one
 * if what became of it is known only later. Only with a key: without a pseudonym it would say less than the log, and without a key
 * the pseudonym could be undone by trying.
 */
@ApplicationScoped
class AuditLog {

    static final String CATEGORY = "io.itrgateway.audit";

    private final LineBuffer lines = new LineBuffer(CATEGORY);
    private final Optional<Pseudonyms> pseudonyms;

    AuditLog(AuditSettings settings) {
        this.pseudonyms = settings.pseudonyms();
    }

    /** @param status 0 for none */
    void write(String event, CallRecord.Facts call, CallOutcome outcome, int status) {
        Optional<Secret> person = call.person();
        if (pseudonyms.isEmpty() || !call.valid() || !lines.takes(Level.INFO)) {
            return;
        }
        Line line = new Line("audit")
                .with("event", event)
                .with("operation", call.operation())
                .with("path", call.path())
                .with("caller", call.caller())
                .with("user", person.map(pseudonyms.get()::of).orElse(null))
                .with("outcome", outcome.outcome())
                .with("code", outcome.code());
        if (status != 0) {
            line.with("status", status);
        }
        line.with("idempotency", call.idempotency())
                .with("transaction_id", outcome.transactionId().orElse(null))
                .with("request_id", call.requestId())
                .with("trace_id", call.traceId());
        lines.write(line, Level.INFO);
    }

    @PreDestroy
    void close() {
        lines.close();
    }
}
