package io.itrgateway.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is tested in the process of the tests is tested against the packaged service, too, wherever that is possible. */
class TwinTest {

    private static final Path TESTS = Path.of("src", "test", "java");

    /**
     * What a test has only in the process: beans and identities, the log, Lambda's event server. Tests in a browser have no twin either, since the
     * pages are the same bytes, nor have tests with API keys of their own: a packaged service gets those of the sandbox's account instead.
     */
    private static final Pattern NEEDS_THE_PROCESS = Pattern.compile(
            "@Inject\\b|@TestSecurity\\b|\\b(LoggedLines|WholeLog|LogRecord|Browser|TwoCallers)\\b|\"gateway.api-keys\"|named = \"lambda\"");

    @Test
    void eachQuarkusTestHasATwinForThePackagedServiceOrNeedsTheProcess() throws IOException {
        List<String> twins = sources("IT.java").map(TwinTest::text).collect(Collectors.toList());

        assertThat(sources("QuarkusTest.java"))
                .filteredOn(source -> !NEEDS_THE_PROCESS.matcher(text(source)).find())
                .extracting(source -> source.getFileName().toString().replace(".java", ""))
                .allMatch(name -> twins.stream().anyMatch(twin -> twin.contains("IT extends " + name + " ")));
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
