package io.itrgateway.edge;

import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.ProblemMapper;
import io.itrgateway.telemetry.CallRecord;
import io.itrgateway.telemetry.CallTelemetry;
import io.vertx.core.AsyncResult;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Opens the record of a call at its first byte, and closes it when its answer has left or its caller has. */
@Singleton
public class CallRecords {

    private static final String RECORD = "itr.call-record";

    private final CallTelemetry telemetry;

    CallRecords(CallTelemetry telemetry) {
        this.telemetry = telemetry;
    }

    /** The record of that call; null if the request is none. */
    public static CallRecord of(RoutingContext context) {
        return context.get(RECORD);
    }

    void open(RoutingContext context) {
        var request = context.request();
        var record = telemetry.open(
                context.get(ProblemMapper.REQUEST_ID),
                request.method().name(),
                context.normalizedPath(),
                name -> request.headers().get(name));
        context.put(RECORD, record);
        record.operation().ifPresent(operation -> context.put(ProblemMapper.EFFECT, operation.effect()));
        context.addEndHandler(end -> close(record, context, end));
        context.next();
    }

    private static void close(CallRecord record, RoutingContext context, AsyncResult<Void> end) {
        // Over HTTP/2, the stream of an answer that has left may be closed before Vert.x reports the end of the answer.
        if (end.failed() && !context.response().ended()) {
            record.recordCallerGone();
        } else {
            record.recordAnswer(
                    context.response().getStatusCode(),
                    Optional.ofNullable(context.<ProblemKind>get(ProblemMapper.KIND)));
        }
    }
}
