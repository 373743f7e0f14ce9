package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Whether they fire when they should is tried by promtool: docker/observability/rules_test.yml. */
class AlertRulesTest {

    private static final Path OBSERVABILITY = Path.of("docker/observability");

    private static JsonNode rules() throws IOException {
        return new ObjectMapper(new YAMLFactory())
                .readTree(OBSERVABILITY.resolve("rules.yml").toFile())
                .at("/groups/0/rules");
    }

    @Test
    void everyRuleSaysWhoIsToLookWhatIsWrongAndWhatToDo() throws IOException {
        assertThat(rules()).isNotEmpty().allSatisfy(rule -> {
            assertThat(rule.at("/labels/severity").asText()).isIn("critical", "warning");
            assertThat(rule.at("/annotations/summary").asText()).isNotBlank().hasSizeLessThan(100);
            assertThat(rule.at("/annotations/description").asText()).hasSizeGreaterThan(80);
        });
    }

    @Test
    void theAlertsForTheEngineerOnCallAreTheCriticalOnes() throws IOException {
        String urgent = Files.readString(Path.of("docs/deploy.md"))
                .split("(?m)^## What to alert on$")[1]
                .split("(?m)^The rest can wait")[0];
        List<String> documented = Pattern.compile("`(Gateway\\w+)`")
                .matcher(urgent)
                .results()
                .map(name -> name.group(1))
                .toList();

        assertThat(documented)
                .containsExactlyInAnyOrderElementsOf(StreamSupport.stream(rules().spliterator(), false)
                        .filter(rule -> rule.at("/labels/severity").asText().equals("critical"))
                        .map(rule -> rule.path("alert").asText())
                        .toList());
    }

    @Test
    void everyRuleIsTried() throws IOException {
        String tests = Files.readString(OBSERVABILITY.resolve("rules_test.yml"));

        assertThat(rules())
                .allSatisfy(rule -> assertThat(tests)
                        .contains(
                                "alertname=\"%s\"".formatted(rule.path("alert").asText())));
    }
}
