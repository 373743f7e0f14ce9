package io.itrgateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import io.quarkus.opentelemetry.runtime.config.runtime.exporter.OtlpExporterConfigBuilder;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator sets, and what it sets in turn. */
class SettingsTest {

    /** What Quarkus records while it builds the service, since this factory says so then; it ranks above Quarkus' own defaults. */
    private static final Map<String, String> RECORDED_BY_THE_BUILD =
            Map.of("quarkus.otel.sdk.disabled", "true", "quarkus.log.file.enable", "false");

    private static SmallRyeConfig config(Map<String, String> settings) {
        return new OtlpExporterConfigBuilder()
                .configBuilder(new SmallRyeConfigBuilder().addDefaultInterceptors())
                .withProfile("staging")
                .withSources(
                        new PropertiesConfigSource(RECORDED_BY_THE_BUILD, "Runtime Values", Integer.MIN_VALUE + 100))
                .withSources(new PropertiesConfigSource(settings, "operator", 300))
                .withSources(
                        new TracingConfigSourceFactory(),
                        new AuditFileConfigSourceFactory(),
                        new LogFilesConfigSourceFactory(),
                        new LogLevelConfigSourceFactory())
                .build();
    }

    private static boolean isTracing(Map<String, String> settings) {
        return !config(settings).getValue("quarkus.otel.sdk.disabled", Boolean.class);
    }

    @ParameterizedTest
    @CsvSource({"OFF, OFF", "ERROR, ERROR", "warn, warn", "INFO, INFO", "DEBUG, INFO", "ALL, INFO", "verbose, INFO"})
    void aCategoryThatQuotesWhatItIsGivenHasTheLevelOfAllLogsWhereThatIsAboveInfo(String level, String ofCategory) {
        var settings = Map.of("quarkus.log.level", level, "category", "${itr-gateway.log-level.above-info:INFO}");

        assertThat(config(settings).getValue("category", String.class)).isEqualTo(ofCategory);
    }

    @Test
    void nothingIsTracedWithoutAnEndpoint() {
        assertThat(isTracing(Map.of())).isFalse();
        assertThat(isTracing(Map.of("otel.service.name", "itr"))).isFalse();
    }

    @Test
    void anEndpointSwitchesTracingOn() {
        for (String name : new String[] {
            "quarkus.otel.exporter.otlp.endpoint",
            "quarkus.otel.exporter.otlp.traces.endpoint",
            "otel.exporter.otlp.endpoint",
            "otel.exporter.otlp.traces.endpoint"
        }) {
            assertThat(isTracing(Map.of(name, "http://localhost:4317")))
                    .as(name)
                    .isTrue();
        }
    }

    @Test
    void itCanBeSwitchedOffAllTheSame() {
        assertThat(isTracing(Map.of("otel.exporter.otlp.endpoint", "http://there:4317", "otel.sdk.disabled", "true")))
                .isFalse();
    }

    @Test
    void theStandardNamesAreTakenAndQuarkusOwnGoBefore() {
        var config = config(Map.of(
                "otel.exporter.otlp.endpoint", "http://standard:4317",
                "otel.service.name", "itr",
                "quarkus.otel.exporter.otlp.endpoint", "http://own:4317"));

        assertThat(config.getConfigValue("quarkus.otel.exporter.otlp.endpoint").getValue())
                .isEqualTo("http://own:4317");
        assertThat(config.getConfigValue("quarkus.otel.service.name").getValue())
                .isEqualTo("itr");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            otel.exporter.otlp.endpoint                | collector:4317      | OTEL_EXPORTER_OTLP_ENDPOINT | the http or https URL of a collector
            otel.exporter.otlp.traces.endpoint         | collector           | OTEL_EXPORTER_OTLP_TRACES_ENDPOINT | the http or https URL of a
            quarkus.otel.exporter.otlp.endpoint        | tcp://collector:1   | QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT | the http or https URL of a
            otel.exporter.otlp.protocol                | http                | OTEL_EXPORTER_OTLP_PROTOCOL | grpc or http/protobuf
            otel.traces.sampler.arg                    | 10%                 | OTEL_TRACES_SAMPLER_ARG | a number from 0 to 1
            otel.exporter.otlp.headers                 | secret              | OTEL_EXPORTER_OTLP_HEADERS | name=value
            otel.traces.sampler                        | tenth               | OTEL_TRACES_SAMPLER | parentbased_traceidratio
            otel.traces.sampler.arg                    | 10                  | OTEL_TRACES_SAMPLER_ARG | a number from 0 to 1
            """)
    void aValueThatCannotBeUsedIsAFaultAndSwitchesTracingOff(
            String property, String value, String variable, String shouldBe) {
        Map<String, String> settings = new HashMap<>(Map.of("otel.exporter.otlp.endpoint", "http://collector:4317"));
        settings.put(property, value);
        var config = config(settings);
        var faults = new ConfigurationFaults();

        TracingConfigSourceFactory.check(config, faults);

        assertThat(faults.lines())
                .singleElement()
                .asString()
                .startsWith("%s cannot be used; it should be %s".formatted(variable, shouldBe));
        assertThat(isTracing(settings)).isFalse();
        assertThat(config.getConfigValue("quarkus.otel.exporter.otlp.endpoint").getValue())
                .isEqualTo("http://localhost:4317");
    }

    @ParameterizedTest
    @CsvSource({
        "otel.exporter.otlp.protocol, http/json",
        "otel.traces.sampler, xray",
        "quarkus.otel.traces.sampler, xray",
        "otel.exporter.otlp.headers, secret"
    })
    void whatIsNotReadWhereNothingIsTracedIsNoFault(String property, String value) {
        for (Map<String, String> off : List.of(
                Map.<String, String>of(),
                Map.of("otel.exporter.otlp.endpoint", "http://collector:4317", "otel.sdk.disabled", "true"))) {
            Map<String, String> settings = new HashMap<>(off);
            settings.put(property, value);
            var faults = new ConfigurationFaults();

            TracingConfigSourceFactory.check(config(settings), faults);

            assertThat(faults.lines()).isEmpty();
            assertThat(isTracing(settings)).isFalse();
        }
    }

    @Test
    void settingsOfACollectorAreNoFault() {
        var faults = new ConfigurationFaults();

        TracingConfigSourceFactory.check(
                config(Map.of(
                        "otel.exporter.otlp.endpoint", "https://user:password@collector:4318/otlp",
                        "otel.exporter.otlp.protocol", "http/protobuf",
                        "otel.exporter.otlp.headers", "authorization=Basic eDp5==,x-tenant=1",
                        "otel.traces.sampler", "traceidratio",
                        "otel.traces.sampler.arg", "0.1")),
                faults);

        assertThat(faults.lines()).isEmpty();
    }

    @Test
    void aFileOfItsOwnTakesTheAuditAwayFromTheLog() {
        var config = config(Map.of("gateway.audit-file", "/var/log/audit.log"));

        assertThat(config.getConfigValue("quarkus.log.handler.file.\"audit\".path")
                        .getValue())
                .isEqualTo("/var/log/audit.log");
        assertThat(config.getConfigValue("quarkus.log.category.\"io.itrgateway.audit\".handlers")
                        .getValue())
                .isEqualTo("audit");
        assertThat(config.getConfigValue("quarkus.log.category.\"io.itrgateway.audit\".use-parent-handlers")
                        .getValue())
                .isEqualTo("false");
        assertThat(config(Map.of())
                        .getConfigValue("quarkus.log.handler.file.\"audit\".path")
                        .getValue())
                .isNull();
    }

    private record Given(Optional<String> auditKey, Optional<String> auditFile) implements AuditSettings.Config {}

    private static ConfigurationFaults faultsOf(Optional<String> key, Optional<String> file) {
        var faults = new ConfigurationFaults();
        new AuditSettings(new Given(key, file), faults);
        return faults;
    }

    @Test
    void aKeyThatCouldBeGuessedIsAFaultAndNotShown() {
        var faults = faultsOf(Optional.of("too-short-a-key"), Optional.empty());

        assertThat(faults.lines())
                .singleElement()
                .asString()
                .startsWith("GATEWAY_AUDIT_KEY has fewer than 32 characters")
                .doesNotContain("too-short");
    }

    @Test
    void aFileForAnAuditThatIsOffIsAFault() {
        assertThat(faultsOf(Optional.empty(), Optional.of("target/audit.log")).lines())
                .singleElement()
                .asString()
                .startsWith("GATEWAY_AUDIT_KEY is not set, and GATEWAY_AUDIT_FILE is");
        assertThat(faultsOf(Optional.empty(), Optional.empty()).lines()).isEmpty();
    }

    // ---- log files --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            quarkus.log.file.             | enabled | QUARKUS_LOG_FILE_PATH
            quarkus.log.file.             | enable  | QUARKUS_LOG_FILE_PATH
            quarkus.log.handler.file."x". | enabled | QUARKUS_LOG_HANDLER_FILE__X__PATH
            quarkus.log.handler.file.x.   | enabled | QUARKUS_LOG_HANDLER_FILE_X_PATH
            """)
    void aLogFileThatCannotBeWrittenIsAFaultAndIsNotOpened(
            String prefix, String enabled, String variable, @TempDir Path directory) {
        var config = config(Map.of(prefix + enabled, "true", prefix + "path", directory.toString()));

        assertThat(faultsOfLogFiles(config))
                .containsExactly("%s is \"%s\"; it should be the path of a file that this user can write or create"
                        .formatted(variable, directory));
        assertThat(config.getValue(prefix + enabled, Boolean.class)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "quarkus.log.file.enabled,${ON:true}",
        "%staging.quarkus.log.file.enabled,true",
        "%staging.quarkus.log.file.enable,true"
    })
    void aLogFileIsJudgedAsWellThatAnExpressionOrTheProfileSwitchesOn(
            String property, String value, @TempDir Path directory) {
        var config = config(Map.of(property, value, "quarkus.log.file.path", directory.toString()));

        assertThat(faultsOfLogFiles(config)).singleElement().asString().startsWith("QUARKUS_LOG_FILE_PATH is ");
        assertThat(config.getValue(property.replace("%staging.", ""), Boolean.class))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"audit.log", "./audit.log", "nowhere/../audit.log", "link/audit.log", "soft.log", "hard.log"})
    void aLogFileThatIsTheFileOfTheAuditIsAFaultAndIsNotOpened(String path, @TempDir Path directory) throws Exception {
        Path audit = Files.createFile(directory.resolve("audit.log"));
        Files.createSymbolicLink(directory.resolve("link"), directory);
        Files.createSymbolicLink(directory.resolve("soft.log"), audit);
        Files.createLink(directory.resolve("hard.log"), audit);
        var config = config(Map.of(
                "gateway.audit-file",
                audit.toString(),
                "quarkus.log.file.enabled",
                "true",
                "quarkus.log.file.path",
                directory + "/" + path));

        assertThat(faultsOfLogFiles(config))
                .containsExactly(
                        "QUARKUS_LOG_FILE_PATH names the same file as GATEWAY_AUDIT_FILE; it should be the path of"
                                + " another file");
        assertThat(config.getValue("quarkus.log.file.enabled", Boolean.class)).isFalse();
    }

    @Test
    void aFileThatIsNotThereYetIsTheSameByItsDirectory(@TempDir Path directory) throws Exception {
        Files.createSymbolicLink(directory.resolve("link"), directory);
        var config = config(Map.of(
                "quarkus.log.file.enabled",
                "true",
                "quarkus.log.file.path",
                directory + "/link/new/service.log",
                "quarkus.log.handler.file.\"x\".enabled",
                "true",
                "quarkus.log.handler.file.\"x\".path",
                directory + "/new/./service.log"));

        assertThat(faultsOfLogFiles(config))
                .containsExactly(
                        "QUARKUS_LOG_HANDLER_FILE__X__PATH names the same file as QUARKUS_LOG_FILE_PATH; it should be the"
                                + " path of another file");
    }

    private static SmallRyeConfig withAccessLog(Path directory, String base, Map<String, String> others) {
        Map<String, String> settings = new HashMap<>(others);
        settings.put("quarkus.http.access-log.enabled", "true");
        settings.put("quarkus.http.access-log.log-to-file", "true");
        settings.put("quarkus.http.access-log.log-directory", directory.toString());
        settings.put("quarkus.http.access-log.base-file-name", base);
        return config(settings);
    }

    @ParameterizedTest
    @CsvSource({"access, .log, access.log", "'', '', quarkus.log", "a, .txt, ./a.txt"})
    void aLogFileThatIsThatOfTheAccessLogIsAFaultAndIsNotOpened(
            String base, String suffix, String path, @TempDir Path directory) {
        var config = withAccessLog(
                directory,
                base,
                Map.of(
                        "quarkus.http.access-log.log-suffix",
                        suffix,
                        "quarkus.log.file.enabled",
                        "true",
                        "quarkus.log.file.path",
                        directory + "/" + path));

        assertThat(faultsOfLogFiles(config))
                .containsExactly("QUARKUS_LOG_FILE_PATH names the same file as QUARKUS_HTTP_ACCESS_LOG_BASE_FILE_NAME;"
                        + " it should be the path of another file");
        assertThat(config.getValue("quarkus.log.file.enabled", Boolean.class)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"none, access, LOG_DIRECTORY", "., none/access, BASE_FILE_NAME", "., 'a\nb', BASE_FILE_NAME"})
    void anAccessLogThatCannotBeWrittenIsAFaultAndIsNotOpened(
            String folder, String base, String variable, @TempDir Path directory) {
        var config = withAccessLog(directory.resolve(folder), base, Map.of());

        assertThat(faultsOfLogFiles(config))
                .singleElement()
                .asString()
                .startsWith("QUARKUS_HTTP_ACCESS_LOG_" + variable);
        assertThat(config.getValue("quarkus.http.access-log.log-to-file", Boolean.class))
                .isFalse();
    }

    @Test
    void anAccessLogInTheFileOfTheAuditIsAFaultAndIsNotOpened(@TempDir Path directory) {
        var config = withAccessLog(directory, "audit", Map.of("gateway.audit-file", directory + "/audit.log"));

        assertThat(faultsOfLogFiles(config))
                .containsExactly("QUARKUS_HTTP_ACCESS_LOG_BASE_FILE_NAME names the same file as GATEWAY_AUDIT_FILE;"
                        + " it should be the path of another file");
        assertThat(config.getValue("quarkus.http.access-log.log-to-file", Boolean.class))
                .isFalse();
    }

    @Test
    void anAccessLogWithoutAFileOfItsOwnIsNoFault(@TempDir Path directory) {
        var config = config(Map.of(
                "quarkus.http.access-log.enabled",
                "true",
                "quarkus.http.access-log.log-directory",
                directory.toString(),
                "quarkus.log.file.enabled",
                "true",
                "quarkus.log.file.path",
                directory + "/quarkus.log"));

        assertThat(faultsOfLogFiles(config)).isEmpty();
    }

    @Test
    void theAuditMayHaveSettingsOfItsOwnFile(@TempDir Path directory) {
        String audit = directory + "/audit.log";
        var config = config(Map.of(
                "gateway.audit-file",
                audit,
                "quarkus.log.handler.file.\"audit\".enabled",
                "true",
                "quarkus.log.handler.file.\"audit\".path",
                audit));

        assertThat(faultsOfLogFiles(config)).isEmpty();
    }

    @Test
    void aLogFileThatIsOffOrCanBeWrittenIsNoFault(@TempDir Path directory) {
        for (var settings : List.of(
                Map.of("quarkus.log.file.path", directory.toString()),
                Map.of("quarkus.log.file.enabled", "false", "quarkus.log.file.path", directory.toString()),
                Map.of("quarkus.log.file.enabled", "true", "quarkus.log.file.path", directory + "/new/service.log"),
                Map.of(
                        "quarkus.log.file.path",
                        directory + "/audit.log",
                        "gateway.audit-file",
                        directory + "/audit.log"),
                Map.of(
                        "quarkus.log.file.enabled",
                        "true",
                        "quarkus.log.file.path",
                        "/dev/null",
                        "gateway.audit-file",
                        "/dev/null"))) {
            var faults = new ConfigurationFaults();

            LogFilesConfigSourceFactory.check(config(settings), faults);

            assertThat(faults.lines()).isEmpty();
        }
    }

    private static List<String> faultsOfLogFiles(SmallRyeConfig config) {
        var faults = new ConfigurationFaults();
        LogFilesConfigSourceFactory.check(config, faults);
        return faults.lines();
    }
}
