package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.PackagedService;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The words on the command line that need no configuration: here there is none, which would stop a start. */
class CommandLineIT {

    private static final Pattern VERSION_IN_POM =
            Pattern.compile("<artifactId>itr-gateway</artifactId>\\s*<version>([^<]+)</version>");

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h"})
    void theUsageIsPrintedAndNothingElseDone(String word) throws Exception {
        var ended = PackagedService.run(Map.of(), word);

        assertThat(ended.exitCode()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out())
                .startsWith("usage: ")
                .contains("doctor", "--json", "--help", "--version")
                .contains("DEEPVUE_CLIENT_ID", "DEEPVUE_CLIENT_SECRET", "GATEWAY_API_KEYS", "NAME_FILE");
    }

    @Test
    void theVersionIsThatOfTheBuild() throws Exception {
        var inPom = VERSION_IN_POM.matcher(Files.readString(Path.of("pom.xml")));
        assertThat(inPom.find()).isTrue();

        var ended = PackagedService.run(Map.of(), "--version");

        assertThat(ended.exitCode()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(ended.out()).isEqualToIgnoringNewLines("itr-gateway " + inPom.group(1));
    }
}
