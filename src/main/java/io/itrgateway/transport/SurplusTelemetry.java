package io.itrgateway.transport;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/** Reports connections on which Deepvue sent more than an answer to each request, so that a call may have had another one's. */
@Singleton
class SurplusTelemetry {

    private static final Logger LOG = Logger.getLogger(SurplusTelemetry.class);

    private final Counter connections;

    SurplusTelemetry(MeterRegistry meters) {
        this.connections = Counter.builder("gateway.upstream.surplus")
                .description(
                        "Connections used by several calls on which bytes arrived beyond Deepvue's answers: a call may have received the wrong answer")
                .register(meters);
    }

    void record() {
        connections.increment();
        LOG.warn(
                "bytes of Deepvue, or of a proxy before it, came beyond its answers on a connection with more than one call;"
                        + " an answer may have reached the wrong call");
    }
}
