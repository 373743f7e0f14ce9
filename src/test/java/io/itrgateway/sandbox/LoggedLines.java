package io.itrgateway.sandbox;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;

/** Listens to one category of the log in this process. */
public final class LoggedLines implements AutoCloseable {

    /** A line as its fields say it. */
    public record Line(Level level, String message, Map<String, String> fields) {
        public String field(String name) {
            return fields.get(name);
        }
    }

    private final Queue<Line> lines = new ConcurrentLinkedQueue<>();
    private final Logger category;
    private final Handler listener = new Handler() {
        @Override
        public void publish(LogRecord line) {
            var whole = ExtLogRecord.wrap(line);
            lines.add(new Line(whole.getLevel(), whole.getMessage(), whole.getMdcCopy()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    public LoggedLines(String category) {
        this.category = Logger.getLogger(category);
        listener.setLevel(Level.ALL);
        this.category.addHandler(listener);
    }

    public List<Line> all() {
        return List.copyOf(lines);
    }

    /** Those of one call. */
    public List<Line> of(String requestId) {
        return lines.stream()
                .filter(line -> requestId.equals(line.field("request_id")))
                .toList();
    }

    @Override
    public void close() {
        category.removeHandler(listener);
    }
}
