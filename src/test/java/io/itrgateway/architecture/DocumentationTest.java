package io.itrgateway.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README is short, and leads to everything else. */
class DocumentationTest {

    private static final Path README = Path.of("README.md");

    /** Three screens. */
    private static final int MOST_LINES_OF_THE_README = 150;

    private static final Pattern CODE_BLOCK = Pattern.compile("^```.*?^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern WITH_A_SCHEME = Pattern.compile("[a-z]+:.*");

    @Test
    void theReadmeTakesThreeScreensAndHasAPictureOfTheWayOfARequest() throws IOException {
        assertThat(README).content().contains("```mermaid");
        assertThat(Files.readAllLines(README)).hasSizeLessThanOrEqualTo(MOST_LINES_OF_THE_README);
    }

    @Test
    void theReadmeLeadsToEveryDocument() throws IOException {
        try (Stream<Path> documents = Files.list(Path.of("docs"))) {
            assertThat(documents.filter(DocumentationTest::isMarkdown).map(Path::toString))
                    .isNotEmpty()
                    .allSatisfy(document -> assertThat(links(README)).contains(document));
        }
    }

    @Test
    void everyLinkLeadsToAFileAndAHeadingThatExist() throws IOException {
        assertThat(documents())
                .isNotEmpty()
                .allSatisfy(document -> assertThat(links(document))
                        .allSatisfy(link ->
                                assertThat(exists(document, link)).as(link).isTrue()));
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(Path.of(""));
                Stream<Path> docs = Files.walk(Path.of("docs"));
                Stream<Path> docker = Files.walk(Path.of("docker"))) {
            return Stream.of(top, docs, docker)
                    .flatMap(files -> files)
                    .filter(DocumentationTest::isMarkdown)
                    .toList();
        }
    }

    private static boolean isMarkdown(Path file) {
        return file.toString().endsWith(".md");
    }

    private static List<String> links(Path document) {
        return texts(LINK, document)
                .filter(link -> !WITH_A_SCHEME.matcher(link).matches())
                .toList();
    }

    private static boolean exists(Path document, String link) {
        String[] fileAndHeading = link.split("#", 2);
        Path file = fileAndHeading[0].isEmpty() ? document : document.resolveSibling(fileAndHeading[0]);
        return Files.exists(file)
                && (fileAndHeading.length == 1 || anchors(file).contains(fileAndHeading[1]));
    }

    /** As GitHub makes them. */
    private static Set<String> anchors(Path document) {
        return texts(HEADING, document)
                .map(heading -> heading.toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }

    private static Stream<String> texts(Pattern pattern, Path document) {
        try {
            String prose = CODE_BLOCK.matcher(Files.readString(document)).replaceAll("");
            return pattern.matcher(prose).results().map(match -> match.group(1)).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
