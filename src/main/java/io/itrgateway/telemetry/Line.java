package io.itrgateway.telemetry;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;

/**
 * A line with fields of its own, which the JSON form shows as {@code mdc} and the text form in its message.
 *
 * <p>They are put into the record itself, and so need no context to be put into, and taken out of again, on the way.
 */
final class Line {

    private static final String SELF = Line.class.getName();

    private final LinkedHashMap<String, String> fields = new LinkedHashMap<>();
    private final StringBuilder message = new StringBuilder(512);

    /** @param event what the message begins with */
    Line(String event) {
        message.append(event);
    }

    /** Leaves out what is null. */
    Line with(String name, String value) {
        if (value != null) {
            fields.put(name, value);
            message.append(' ').append(name).append('=').append(isOneWord(value) ? value : quoted(value));
        }
        return this;
    }

    /** The name of a caller with a token may have blanks in it, and what follows them could be read as further fields. */
    private static boolean isOneWord(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || Character.isWhitespace(c) || Character.isSpaceChar(c)) {
                return false;
            }
        }
        return true;
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    Line with(String name, long value) {
        return with(name, Long.toString(value));
    }

    ExtLogRecord record(String category, Level level) {
        var line = new RecordWithFields(level, message.toString(), fields);
        line.setLoggerName(category);
        // Where it was written says nothing, and to find out takes longer than all the rest.
        line.disableCallerCalculation();
        return line;
    }

    /** Shows its fields as they are, where a usual record copies them when they are set, and again each time they are read. */
    private static final class RecordWithFields extends ExtLogRecord {
        private static final long serialVersionUID = 1L;

        private final LinkedHashMap<String, String> fields;

        private RecordWithFields(Level level, String message, LinkedHashMap<String, String> fields) {
            super(level, message, FormatStyle.NO_FORMAT, SELF);
            this.fields = fields;
        }

        @Override
        public void copyMdc() {
            // The fields belong to the record already.
        }

        @Override
        public Map<String, String> getMdcCopy() {
            return fields;
        }

        @Override
        public String getMdc(String key) {
            return fields.get(key);
        }

        @Override
        public String putMdc(String key, String value) {
            return fields.put(key, value);
        }

        @Override
        public String removeMdc(String key) {
            return fields.remove(key);
        }
    }
}
