package io.itrgateway.architecture;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each class that tests the service in the process of the tests has a subclass that runs the same tests against the packaged service, which may be a
 * native binary, or is listed below. Of a listed class it is checked that its source contains what stands for the reason, and that the tests named
 * beside it exist; not that each of its methods needs the process, nor that those tests see the same. Methods that a subclass leaves out
 * ({@code @DisabledOnIntegrationTest}) are not looked at.
 */
class TwinTest {

    private static final Path TESTS = Path.of("src", "test", "java");

    /** Why a class can have no twin, as its source shows it; and which tests see the same in the packaged service. */
    private record Exemption(String source, List<String> instead) {}

    private static final String READS_THE_LOG = "\\b(LoggedLines|WholeLog)\\b";
    private static final String INJECTS_A_BEAN = "@Inject\\b";

    /** Pages and scripts are the same bytes in the binary; that it has them all, and that they work in a browser, is tested there. */
    private static final String IN_A_BROWSER = "\\bBrowser\\b";

    private static final Map<String, Exemption> EXEMPT = Map.ofEntries(
            entry("CallLogQuarkusTest", new Exemption(READS_THE_LOG, List.of("CallTelemetryIT", "LogFileIT"))),
            entry("Http2LogQuarkusTest", new Exemption(READS_THE_LOG, List.of("Http2IT"))),
            entry("SecretsQuarkusTest", new Exemption(READS_THE_LOG, List.of("CallTelemetryIT"))),
            entry("OperationSecretsQuarkusTest", new Exemption(READS_THE_LOG, List.of("CallTelemetryIT"))),
            entry("FirstAnswerQuarkusTest", new Exemption(INJECTS_A_BEAN, List.of("ConnectionsOnStopIT"))),
            entry("MetricsScrapesQuarkusTest", new Exemption(INJECTS_A_BEAN, List.of("MetricsIT"))),
            entry("LongAnswersQuarkusTest", new Exemption(INJECTS_A_BEAN, List.of("ReplayIT", "ReplayOnRedisIT"))),
            entry("ProblemPagesQuarkusTest", new Exemption(INJECTS_A_BEAN, List.of("FrameworkIT"))),
            entry("ProblemsOnScreenQuarkusTest", new Exemption(IN_A_BROWSER, List.of("FrameworkIT"))),
            entry(
                    "ReferenceOnScreenQuarkusTest",
                    new Exemption(IN_A_BROWSER, List.of("ReferenceIT", "ReferenceFilesIT"))),
            entry("ReferenceCallsQuarkusTest", new Exemption(IN_A_BROWSER, List.of("ReferenceIT"))),
            entry("BareReferenceQuarkusTest", new Exemption(IN_A_BROWSER, List.of("ReferenceIT"))),
            entry("StatusPageFilesQuarkusTest", new Exemption(IN_A_BROWSER, List.of("StatusIT"))),
            entry("StatusChartsQuarkusTest", new Exemption(IN_A_BROWSER, List.of("StatusIT"))),
            // Lambda's event server is one of the process; a binary for Lambda is another artefact.
            entry("LambdaQuarkusTest", new Exemption("named = \"lambda\"", List.of())));

    @Test
    void eachQuarkusTestHasATwinForThePackagedService() throws IOException {
        List<String> twins = sources("IT.java").map(TwinTest::text).toList();

        assertThat(names("QuarkusTest.java"))
                .filteredOn(name -> twins.stream().noneMatch(twin -> twin.contains("IT extends " + name + " ")))
                .containsExactlyInAnyOrderElementsOf(EXEMPT.keySet());
    }

    @Test
    void eachExemptClassShowsTheReasonAndTheTestsInsteadExist() throws IOException {
        List<String> others = names("IT.java");

        assertThat(sources("QuarkusTest.java"))
                .filteredOn(source -> EXEMPT.containsKey(name(source)))
                .allSatisfy(source -> {
                    var exemption = EXEMPT.get(name(source));
                    assertThat(text(source)).containsPattern(Pattern.compile(exemption.source()));
                    assertThat(others).containsAll(exemption.instead());
                });
    }

    private static List<String> names(String suffix) throws IOException {
        return sources(suffix).map(TwinTest::name).toList();
    }

    private static String name(Path source) {
        return source.getFileName().toString().replace(".java", "");
    }

    private static Stream<Path> sources(String suffix) throws IOException {
        try (var files = Files.walk(TESTS)) {
            return files.filter(file -> file.getFileName().toString().endsWith(suffix)).toList().stream();
        }
    }

    private static String text(Path source) {
        try {
            return Files.readString(source);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
