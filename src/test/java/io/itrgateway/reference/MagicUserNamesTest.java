package io.itrgateway.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page offers what the sandbox does. */
class MagicUserNamesTest {

    @Test
    void everyMagicUserNameThatIsOfferedIsOneOfTheSandboxs() throws IOException {
        String offers = Files.readString(Path.of("src/main/resources/reference/sandbox.js"));
        String sandbox = Files.readString(Path.of("docker/sandbox/README.md"));

        List<String> names = Pattern.compile("^  '([a-z0-9-]+)': ", Pattern.MULTILINE)
                .matcher(offers)
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(names)
                .hasSizeGreaterThan(9)
                .allSatisfy(name -> assertThat(sandbox).contains("| `" + name + "` |"));
    }
}
