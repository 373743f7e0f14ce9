package io.itrgateway.telemetry;

import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.LogContext;
import org.jboss.logmanager.handlers.AsyncHandler;

/**
 * Makes the handlers of the log cheaper, which one line a call would otherwise make the largest cost of a call: lines are formatted by
 * {@link LineJsonFormatter}, and behind an asynchronous handler, which flushes as soon as no line waits, not flushed one by one as well.
 */
@Singleton
class LogHandlerTuning {

    private final List<ExtHandler> flushedByAnother = new ArrayList<>();

    void start(@Observes StartupEvent start) {
        tune(LogContext.getLogContext().getLogger("").getHandlers());
    }

    /** The process may end before its last lines are flushed together. */
    void stop(@Observes ShutdownEvent stop) {
        flushedByAnother.forEach(handler -> {
            handler.setAutoFlush(true);
            handler.flush();
        });
    }

    void tune(Handler[] handlers) {
        for (Handler handler : handlers) {
            Formatter usual = handler.getFormatter();
            if (usual != null) {
                Formatter replacement = LineJsonFormatter.inPlaceOf(usual, ZoneId.systemDefault());
                if (replacement != usual) {
                    handler.setFormatter(replacement);
                }
            }
            if (handler instanceof ExtHandler container) {
                tune(container.getHandlers());
            }
            if (handler instanceof AsyncHandler async && async.isAutoFlush()) {
                disableNestedFlush(async);
            }
        }
    }

    private void disableNestedFlush(AsyncHandler async) {
        for (Handler nested : async.getHandlers()) {
            if (nested instanceof ExtHandler known && known.isAutoFlush()) {
                known.setAutoFlush(false);
                flushedByAnother.add(known);
            }
        }
    }
}
