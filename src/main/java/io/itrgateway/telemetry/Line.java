package io.itrgateway.telemetry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Logger;

/**
 * A line with fields of its own, which the JSON form shows as {@code mdc} and the text form in its message.
 *
 * <p>They are put into the record itself, and so need no context to be put into, and taken out of again, on the way.
 */
final class Line {

    private static final String SELF = Line.class.getName();
    private static final int MOST_USUAL_FIELDS = 20;

    private final List<String> namesAndValues = new ArrayList<>(2 * MOST_USUAL_FIELDS);
    private final StringBuilder message = new StringBuilder(512);

    /** @param event what the message begins with */
    Line(String event) {
        message.append(event);
    }

    /** Leaves out what is null. */
    Line with(String name, String value) {
        if (value != null) {
            namesAndValues.add(name);
            namesAndValues.add(value);
            message.append(' ').append(name).append('=').append(value);
        }
        return this;
    }

    Line with(String name, long value) {
        return with(name, Long.toString(value));
    }

    void write(Logger to, java.util.logging.Level level) {
        to.logRaw(toRecord(to.getName(), level));
    }

    Record toRecord(String loggerName, java.util.logging.Level level) {
        var record = new Record(level, message.toString(), namesAndValues.toArray(String[]::new));
        record.setLoggerName(loggerName);
        // Where it was written says nothing, and to find out takes longer than all the rest.
        record.disableCallerCalculation();
        return record;
    }

    /** Shows its fields as they are, where a usual record copies them when they are set, and again each time they are read. */
    static final class Record extends ExtLogRecord {
        private static final long serialVersionUID = 1L;

        private final String[] namesAndValues;
        /** Null until somebody else adds a field. */
        private transient Map<String, String> changed;

        private Record(java.util.logging.Level level, String message, String[] namesAndValues) {
            super(level, message, FormatStyle.NO_FORMAT, SELF);
            this.namesAndValues = namesAndValues;
        }

        /** Names at even places, each followed by its value; all of them are in the message, too. */
        String[] namesAndValues() {
            return namesAndValues;
        }

        /** Whether it has other fields than those. */
        boolean isChanged() {
            return changed != null;
        }

        @Override
        public void copyMdc() {
            // The fields belong to the record already.
        }

        @Override
        public Map<String, String> getMdcCopy() {
            if (changed != null) {
                return changed;
            }
            Map<String, String> fields = new LinkedHashMap<>();
            for (int i = 0; i < namesAndValues.length; i += 2) {
                fields.put(namesAndValues[i], namesAndValues[i + 1]);
            }
            return fields;
        }

        @Override
        public String getMdc(String key) {
            return getMdcCopy().get(key);
        }

        @Override
        public String putMdc(String key, String value) {
            changed = getMdcCopy();
            return changed.put(key, value);
        }

        @Override
        public String removeMdc(String key) {
            changed = getMdcCopy();
            return changed.remove(key);
        }
    }
}
