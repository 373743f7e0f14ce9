package io.itrgateway.upstream;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.Outcome;
import io.itrgateway.secret.Secret;
import io.itrgateway.transport.Answer;
import io.itrgateway.transport.ExchangeFailure;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * The record of every attempt at the upstream: one timer sample, and one log line. The only class of this room that logs.
 *
 * <p>It writes names and numbers. A success is a line at DEBUG, since the metrics tell it all; what needs a look is INFO or more.
 */
@ApplicationScoped
class CallJournal {

    private static final Logger LOG = Logger.getLogger(CallJournal.class);

    private record Labels(String operation, String result) {}

    private final MeterRegistry meters;
    private final ConcurrentMap<Labels, Timer> timers = new ConcurrentHashMap<>();

    private final AtomicInteger inFlight = new AtomicInteger();
    private final Gauge inFlightGauge;

    CallJournal(MeterRegistry meters) {
        this.meters = meters;
        this.inFlightGauge = Gauge.builder("gateway.upstream.in.flight", inFlight, AtomicInteger::get)
                .description("Calls at the upstream now")
                .register(meters);
    }

    /** The registry outlives the application in tests and live reload. */
    @PreDestroy
    void forget() {
        meters.remove(inFlightGauge);
    }

    /** An attempt begins; it ends with {@link #attempted}. */
    void begun() {
        inFlight.incrementAndGet();
    }

    /** An attempt has ended, with an answer or without. */
    void attempted(String operation, int attempt, Answer answer, Throwable failure, long tookNanos) {
        inFlight.decrementAndGet();
        if (failure instanceof ExchangeFailure known) {
            failed(operation, attempt, known, tookNanos);
        } else if (answer != null) {
            answered(operation, attempt, answer, tookNanos);
        }
    }

    /** An attempt that got an answer, whatever its status. */
    private void answered(String operation, int attempt, Answer answer, long tookNanos) {
        record(operation, Integer.toString(answer.status()), tookNanos);
        if (!answer.isSuccess()) {
            LOG.infof(
                    "upstream %s attempt=%d status=%d tookMs=%d",
                    operation, attempt, answer.status(), tookNanos / 1_000_000);
        }
    }

    /** A call that did what was asked. */
    void succeeded(String operation, Envelope envelope, List<Secret> sent) {
        if (LOG.isDebugEnabled()) {
            LOG.debugf(
                    "upstream %s outcome=processed status=%d transaction=%s",
                    operation,
                    envelope.status(),
                    new UpstreamText(sent).shown(envelope.transactionId().orElse("-")));
        }
    }

    /** An attempt that got none. */
    private void failed(String operation, int attempt, ExchangeFailure failure, long tookNanos) {
        record(operation, failure.reason().name().toLowerCase(Locale.ROOT), tookNanos);
        LOG.warnf(
                "upstream %s attempt=%d failed=%s tookMs=%d",
                operation, attempt, failure.reason(), tookNanos / 1_000_000);
    }

    /** A call whose registration may or may not have been made: the line that somebody will search for. */
    void ended(String operation, GatewayException failure) {
        if (failure.kind().outcome() == Outcome.UNKNOWN) {
            LOG.warnf(
                    "upstream %s outcome=unknown code=%s transaction=%s",
                    operation, failure.kind().code(), failure.transactionId().orElse("-"));
        }
    }

    private void record(String operation, String result, long tookNanos) {
        timers.computeIfAbsent(new Labels(operation, result), this::timer).record(Duration.ofNanos(tookNanos));
    }

    private Timer timer(Labels labels) {
        return Timer.builder("gateway.upstream.attempts")
                .description("Attempts at the upstream by status, or by how they failed")
                .tag("operation", labels.operation)
                .tag("result", labels.result)
                .register(meters);
    }
}
