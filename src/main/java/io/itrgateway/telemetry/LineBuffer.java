package io.itrgateway.telemetry;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.Logger;

/**
 * Passes the lines of a few milliseconds to the log together. Each line that finds the thread of the log's asynchronous handler asleep
 * has to wake it, which took a quarter of the CPU of a call where few calls are in flight.
 *
 * <p>A line keeps the time at which it was written. Lines that are written outside a Vert.x context, or after {@link #close}, pass at once.
 */
final class LineBuffer {

    static final long DELAY_MILLIS = 5;
    /** With so many lines it does not wait for its timer, so that it stays bounded when an event loop is late. */
    static final int CAPACITY = 256;

    private final Logger log;
    private final Queue<ExtLogRecord> lines = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private volatile boolean closed;

    LineBuffer(String category) {
        this.log = Logger.getLogger(category);
    }

    boolean takes(Level level) {
        return log.isLoggable(level);
    }

    void write(Line line, Level level) {
        lines.add(line.record(log.getName(), level));
        int number = count.incrementAndGet();
        Context context = Vertx.currentContext();
        if (closed || number >= CAPACITY || context == null) {
            flush();
        } else if (number == 1) {
            context.owner().setTimer(DELAY_MILLIS, timer -> flush());
        }
    }

    /** Passes what it holds, as does each further line from now on. */
    void close() {
        closed = true;
        flush();
    }

    /** The count is reset first: a line that is added meanwhile is either passed here or sets a timer of its own. One thread at a time, for the order. */
    private synchronized void flush() {
        count.set(0);
        for (ExtLogRecord line = lines.poll(); line != null; line = lines.poll()) {
            log.logRaw(line);
        }
    }
}
