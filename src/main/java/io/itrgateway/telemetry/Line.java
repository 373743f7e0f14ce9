package io.itrgateway.telemetry;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.Logger;

/**
 * A line with fields of its own, which the JSON form shows as {@code mdc} and the text form in its message.
 *
 * <p>They are put into the record itself, and so need no context to be put into, and taken out of again, on the way.
 */
final class Line {

    private static final String SELF = Line.class.getName();

    private final Map<String, String> fields = new LinkedHashMap<>();
    private final StringBuilder message = new StringBuilder(240);

    /** @param event what the message begins with */
    Line(String event) {
        message.append(event);
    }

    /** Leaves out what is null. */
    Line with(String name, String value) {
        if (value != null) {
            fields.put(name, value);
            message.append(' ').append(name).append('=').append(value);
        }
        return this;
    }

    Line with(String name, long value) {
        return with(name, Long.toString(value));
    }

    void write(Logger to, Level level) {
        var line = new ExtLogRecord(level, message.toString(), ExtLogRecord.FormatStyle.NO_FORMAT, SELF);
        line.setLoggerName(to.getName());
        line.setMdc(fields);
        // Where it was written says nothing, and to find out takes longer than all the rest.
        line.disableCallerCalculation();
        to.logRaw(line);
    }
}
