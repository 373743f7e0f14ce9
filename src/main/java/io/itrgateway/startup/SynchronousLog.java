package io.itrgateway.startup;

import java.util.Arrays;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.handlers.AsyncHandler;

/**
 * The log, written by the thread that logs and no longer in the background: for a process that is about to end, which may close its log before
 * the thread of the background has written what is queued.
 */
final class SynchronousLog {

    private SynchronousLog() {}

    static void enable() {
        Arrays.stream(Logger.getLogger("").getHandlers())
                .filter(ExtHandler.class::isInstance)
                .forEach(handler -> enable((ExtHandler) handler));
    }

    /** Has the handler call those that write, without a queue between them. */
    static void enable(ExtHandler handler) {
        List<Handler> before = List.of(handler.getHandlers());
        for (Handler called : before) {
            if (called instanceof AsyncHandler queue) {
                List.of(queue.getHandlers()).forEach(handler::addHandler);
                handler.removeHandler(queue);
            }
        }
    }
}
