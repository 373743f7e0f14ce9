package io.itrgateway.secret;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;

/** Keeps each line that this process logs as the console would print it, stack traces included. */
final class WholeLog extends Handler {

    /** In this process run the caller, too, and the upstream, which the packaged service does not contain. */
    private static final List<String> NOT_OURS =
            List.of("org.apache.http", "io.restassured", "wiremock", "org.wiremock", "com.github.tomakehurst");

    private final PatternFormatter format = new PatternFormatter("%d %-5p [%c] %s %X%e%n");
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    void listen() {
        setLevel(Level.ALL);
        Logger.getLogger("").addHandler(this);
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    long linesOf(String category) {
        return lines.stream()
                .filter(line -> line.contains("[" + category + "]"))
                .count();
    }

    @Override
    public void publish(LogRecord line) {
        if (NOT_OURS.stream()
                .noneMatch(name -> String.valueOf(line.getLoggerName()).startsWith(name))) {
            lines.add(format.format(ExtLogRecord.wrap(line)));
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        Logger.getLogger("").removeHandler(this);
    }
}
