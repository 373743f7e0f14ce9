package io.itrgateway.ops;

import java.time.Duration;
import java.util.Arrays;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.handlers.AsyncHandler;

/**
 * Bounds how long the process waits for its log when it ends. Closing the log is the last step, and waits until the line that is being written
 * has been taken: a pipe whose reader stands still never takes it.
 */
final class BoundedLogClose extends ExtHandler {

    private static final Duration LONGEST = Duration.ofSeconds(2);

    private BoundedLogClose(AsyncHandler queue) {
        addHandler(queue);
    }

    static void enable() {
        Arrays.stream(Logger.getLogger("").getHandlers())
                .filter(ExtHandler.class::isInstance)
                .forEach(handler -> enable((ExtHandler) handler));
    }

    /** Has that handler close its queues in a bounded time. */
    static void enable(ExtHandler handler) {
        handler.setHandlers(Arrays.stream(handler.getHandlers())
                .map(called -> called instanceof AsyncHandler queue ? new BoundedLogClose(queue) : called)
                .toArray(Handler[]::new));
    }

    /** Without the flush of the inherited one, which waits for the reader, too. */
    @Override
    protected void doPublish(ExtLogRecord line) {
        publishToNestedHandlers(line);
    }

    @Override
    public void close() {
        var closing = new Thread(super::close, "closing the log");
        closing.setDaemon(true);
        closing.start();
        try {
            closing.join(LONGEST.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
