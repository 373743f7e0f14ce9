package io.itrgateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.logging.json.runtime.JsonFormatter;
import io.quarkus.runtime.ShutdownEvent;
import java.io.ByteArrayOutputStream;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.StructuredFormatter.Key;
import org.jboss.logmanager.handlers.AsyncHandler;
import org.jboss.logmanager.handlers.DelayedHandler;
import org.jboss.logmanager.handlers.WriterHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The line of a call is the same whether it is written fast or by the formatter of the log. */
class LineJsonFormatterTest {

    private static final Set<String> EXCLUDED =
            Set.of("sequence", "loggerClassName", "ndc", "hostName", "processName", "processId", "threadId");

    private final JsonFormatter usual = usual(ZoneOffset.UTC);
    private final Formatter fast = LineJsonFormatter.inPlaceOf(usual, ZoneOffset.UTC);

    private static JsonFormatter usual(ZoneId zone) {
        var formatter = new JsonFormatter(null, EXCLUDED, Map.of());
        formatter.setZoneId(zone.getId());
        return formatter;
    }

    private static Line.Record line(String caller) {
        return new Line("call")
                .with("event", "answered")
                .with("path", null)
                .with("status", 200)
                .with("caller", caller)
                .toRecord("io.itrgateway.call", org.jboss.logmanager.Level.WARN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "loans",
                "",
                "a \"quoted\" name",
                "back\\slash",
                "tab\tand\nline",
                "\u0000",
                "\u007f",
                "na\u00efve",
                "\u2028",
                "\ud83d\ude00",
                "\ud83d"
            })
    void anyTextIsWrittenAsTheLogWritesIt(String caller) {
        var line = line(caller);

        assertThat(fast.format(line)).isEqualTo(usual.format(line));
    }

    static Stream<Instant> times() {
        return Stream.of(
                Instant.parse("2026-11-28T10:00:00Z"),
                Instant.parse("2026-11-28T10:00:00.000000001Z"),
                Instant.parse("2026-11-28T10:00:00.1Z"),
                Instant.parse("2026-11-28T10:00:00.012Z"),
                Instant.parse("2026-12-31T23:59:59.999999999Z"),
                Instant.parse("2027-03-28T00:59:59.5Z"),
                Instant.parse("2027-03-28T01:00:00.5Z"));
    }

    @ParameterizedTest
    @MethodSource("times")
    void anyTimeIsWrittenAsTheLogWritesIt(Instant time) {
        for (ZoneId zone : new ZoneId[] {ZoneOffset.UTC, ZoneId.of("Asia/Kolkata"), ZoneId.of("Europe/Berlin")}) {
            var usualThere = usual(zone);
            var line = line("loans");
            line.setInstant(time);

            assertThat(LineJsonFormatter.inPlaceOf(usualThere, zone))
                    .isInstanceOf(LineJsonFormatter.class)
                    .satisfies(formatter -> assertThat(formatter.format(line)).isEqualTo(usualThere.format(line)));
        }
    }

    @Test
    void aFieldThatIsAddedLaterIsWritten() {
        var line = line("loans");
        line.putMdc("region", "south");
        line.removeMdc("event");

        assertThat(fast.format(line)).contains("\"region\":\"south\"").isEqualTo(usual.format(line));
    }

    @Test
    void anyOtherRecordIsLeftToTheLog() {
        var record = new ExtLogRecord(Level.INFO, "started", "Main");
        record.setThrown(new IllegalStateException("an example"));

        assertThat(fast.format(record)).isEqualTo(usual.format(record));
    }

    @Test
    void aLogThatIsConfiguredOtherwiseWritesItself() {
        var renamed = new JsonFormatter(Key.MESSAGE + "=msg", EXCLUDED, Map.of());
        var pretty = usual(ZoneOffset.UTC);
        pretty.setPrettyPrint(true);
        var allKeys = new JsonFormatter();

        assertThat(Stream.of(
                        renamed,
                        pretty,
                        allKeys,
                        usual(ZoneId.of("Asia/Kolkata")),
                        usual(ZoneId.of("Europe/London")),
                        new SimpleFormatter()))
                .allSatisfy(formatter -> assertThat(LineJsonFormatter.inPlaceOf(formatter, ZoneOffset.UTC))
                        .isSameAs(formatter));
    }

    @Test
    void theHandlersOfTheLogWriteLinesAndFlushThemWhenNoneIsLeft() {
        var written = new ByteArrayOutputStream();
        var console = new WriterHandler();
        console.setWriter(new OutputStreamWriter(written, StandardCharsets.UTF_8));
        console.setFormatter(usual(ZoneId.systemDefault()));
        var async = new AsyncHandler();
        async.addHandler(console);
        var delayed = new DelayedHandler();
        delayed.addHandler(async);

        var tuning = new LogHandlerTuning();
        tuning.tune(new Handler[] {delayed});
        async.publish(line("loans"));

        assertThat(console.getFormatter()).isInstanceOf(LineJsonFormatter.class);
        Awaitility.await()
                .untilAsserted(() -> assertThat(written.toString(StandardCharsets.UTF_8))
                        .contains("\"caller\":\"loans\"")
                        .endsWith("}}\n"));
        tuning.stop(new ShutdownEvent());
        assertThat(console.isAutoFlush()).isTrue();
        async.close();
    }
}
