package io.itrgateway.telemetry;

import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Level;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtLogRecord;

/**
 * Writes a {@link Line} as the JSON formatter of the log does, at a fraction of its cost, which would be a quarter of that of a call.
 *
 * <p>It is used only where a sample shows that it writes what that formatter writes, as it is configured; and everything that is not a
 * line, or has something to be escaped, goes to that formatter.
 */
final class LineJsonFormatter extends ExtFormatter {

    private static final DateTimeFormatter SECOND = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss");
    private static final DateTimeFormatter OFFSET = DateTimeFormatter.ofPattern("XXXXX");
    private static final int NANO_DIGITS = 9;

    /** In winter and in summer: a zone may be the same in one of them only. */
    private static final List<Instant> SAMPLES =
            List.of(Instant.parse("2025-12-31T23:59:59.12Z"), Instant.parse("2026-07-01T00:00:00.123456789Z"));

    /** The text of one second; most lines are written in the second of the line before. */
    private record Second(long epochSecond, String text, String offset) {}

    private final Formatter usual;
    private final ZoneId zone;
    private volatile Second last = new Second(Long.MIN_VALUE, "", "");

    private LineJsonFormatter(Formatter usual, ZoneId zone) {
        this.usual = usual;
        this.zone = zone;
    }

    /** Returns the formatter to use instead of that one: itself, where it cannot be replaced. */
    static Formatter inPlaceOf(Formatter usual, ZoneId zone) {
        var fast = new LineJsonFormatter(usual, zone);
        return !(usual instanceof LineJsonFormatter) && SAMPLES.stream().allMatch(time -> fast.isAsUsual(time))
                ? fast
                : usual;
    }

    private boolean isAsUsual(Instant time) {
        var sample =
                new Line("call").with("status", 200).with("code", "ok").toRecord("io.itrgateway.sample", Level.INFO);
        sample.setInstant(time);
        String line = tryFormat(sample);
        return line != null && line.equals(usual.format(sample));
    }

    @Override
    public String format(ExtLogRecord record) {
        String line = record instanceof Line.Record fields ? tryFormat(fields) : null;
        return line == null ? usual.format(record) : line;
    }

    @Override
    public boolean isCallerCalculationRequired() {
        return !(usual instanceof ExtFormatter known) || known.isCallerCalculationRequired();
    }

    /** Null if something has to be escaped. */
    private String tryFormat(Line.Record line) {
        String message = line.getMessage();
        String[] fields = line.namesAndValues();
        if (line.isChanged() || !isPlain(message) || !isPlain(line.getThreadName()) || !isPlain(line.getLoggerName())) {
            return null;
        }
        var json = new StringBuilder(256 + 2 * message.length());
        json.append("{\"timestamp\":\"");
        append(line.getInstant(), json);
        json.append("\",\"loggerName\":\"")
                .append(line.getLoggerName())
                .append("\",\"level\":\"")
                .append(line.getLevel().getName())
                .append("\",\"message\":\"")
                .append(message)
                .append("\",\"threadName\":\"")
                .append(line.getThreadName())
                .append("\",\"mdc\":{");
        for (int i = 0; i < fields.length; i += 2) {
            json.append(i == 0 ? "\"" : ",\"")
                    .append(fields[i])
                    .append("\":\"")
                    .append(fields[i + 1])
                    .append('"');
        }
        return json.append("}}\n").toString();
    }

    /** The message has all fields in it, so that it need be looked at only once. */
    private static boolean isPlain(String text) {
        if (text == null) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\' || c > '~') {
                return false;
            }
        }
        return true;
    }

    private void append(Instant time, StringBuilder json) {
        Second second = last;
        if (second.epochSecond != time.getEpochSecond()) {
            var there = time.atZone(zone);
            second = new Second(time.getEpochSecond(), SECOND.format(there), OFFSET.format(there));
            last = second;
        }
        json.append(second.text);
        int nano = time.getNano();
        if (nano > 0) {
            json.append('.');
            int digits = NANO_DIGITS;
            while (nano % 10 == 0) {
                nano /= 10;
                digits--;
            }
            String shown = Integer.toString(nano);
            json.append("0".repeat(digits - shown.length())).append(shown);
        }
        json.append(second.offset);
    }
}
