package io.itrgateway.ops;

import static io.itrgateway.sandbox.Gateway.caller;
import static io.itrgateway.sandbox.Gateway.register;
import static io.itrgateway.sandbox.Gateway.send;
import static io.itrgateway.sandbox.Person.ASHA;
import static io.itrgateway.sandbox.Person.magic;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.itrgateway.ops.Selectors.Matcher;
import io.itrgateway.ops.Selectors.Selector;
import io.itrgateway.problem.Outcome;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.transport.ExchangeFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table in docs/operating.md, the dashboard and the alert rules say of the metrics what the running service shows. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class MetricsSpecification {

    private static final Path DOCUMENT = Path.of("docs/operating.md");
    private static final Path DASHBOARD = Path.of("docker/observability/dashboards/itr-gateway.json");
    private static final Path RULES = Path.of("docker/observability/rules.yml");
    private static final Path AUTOSCALER = Path.of("docker/kubernetes/overlays/replicas/autoscaler.yaml");

    /** What a variable of the dashboard can be. */
    private static final Pattern CHOICE = Pattern.compile("label_values\\((.*), *(\\w+)\\)");

    /** What Prometheus adds to every series. */
    private static final Set<String> OF_PROMETHEUS = Set.of("instance", "job");

    /** Metrics of the table that the service does not show as this test has set it up. */
    abstract boolean isElsewhere(String metric);

    private Exposition shown;
    private Exposition shownBeforeTheFirstCall;

    @BeforeEach
    void provokeEveryMetric() {
        if (shownBeforeTheFirstCall == null) {
            shownBeforeTheFirstCall = scrape();
        }
        send(caller().header("Idempotency-Key", "metrics-" + System.nanoTime()), ASHA.json());
        register(magic("upstream-error"));
        register(magic("token-refused-once"));
        send(given().contentType("application/json"), ASHA.json());
        await().untilAsserted(() -> {
            shown = scrape();
            assertThat(shown.families().get("gateway_calls_seconds").labels().get("code"))
                    .contains("ok", "upstream-error", "unauthenticated");
        });
    }

    private static Exposition scrape() {
        return Exposition.of(given().accept("text/plain").get("/q/metrics").asString());
    }

    // ---- the table --------------------------------------------------------------------------------------------------

    private static Map<String, String> table() throws IOException {
        return Files.readAllLines(DOCUMENT).stream()
                .filter(line -> line.matches("\\| `(gateway|jvm|process)_\\w+` \\|.*"))
                .collect(Collectors.toMap(
                        line -> line.split("`")[1],
                        line -> line,
                        (one, other) -> {
                            throw new IllegalStateException("twice: " + one);
                        },
                        TreeMap::new));
    }

    private static String row(Exposition.Family family) {
        String labels = family.labels().keySet().stream()
                .map(label -> "`" + label + "`")
                .collect(Collectors.joining(", "));
        return "| `%s` | %s | %s | %s | %s |"
                .formatted(family.name(), family.type(), family.unit(), labels, family.help())
                .replaceAll(" +", " ");
    }

    /** The longest time of a timer stands beside it as a family of its own; the document says so once for all. */
    private boolean isPartOfATimer(Exposition.Family family) {
        return family.name().endsWith("_max")
                && shown.families().containsKey(family.name().replaceAll("_max$", ""));
    }

    private List<Exposition.Family> own() {
        return shown.families().values().stream()
                .filter(family -> family.name().startsWith("gateway_"))
                .filter(family -> !isPartOfATimer(family))
                .toList();
    }

    @Test
    void everyMetricOfTheServiceStandsInTheReadmeAsItIs() throws IOException {
        assertThat(table().values())
                .containsAll(own().stream().map(MetricsSpecification::row).toList());
    }

    @Test
    void nothingStandsInTheReadmeThatTheServiceDoesNotShow() throws IOException {
        assertThat(shown.families().keySet())
                .containsAll(table().keySet().stream()
                        .filter(metric -> !isElsewhere(metric))
                        .toList());
    }

    @Test
    void whatTheReadmeSaysOfTheProcessIsSo() throws IOException {
        assertThat(table().entrySet())
                .filteredOn(row -> !row.getKey().startsWith("gateway_"))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.getValue())
                        .startsWith("| `%s` | %s |"
                                .formatted(
                                        row.getKey(),
                                        shown.families().get(row.getKey()).type())));
    }

    @Test
    void everyMetricSaysWhatItMeans() {
        assertThat(own()).allSatisfy(family -> assertThat(family.help()).isNotBlank());
    }

    /** The increase of a series that appears with its first event is 0, and an alarm that asks for it stays silent. */
    @Test
    void whatAnAlarmCountsIsThereBeforeItHappens() {
        assertThat(shown.families().get("gateway_calls_seconds").labels().get("code"))
                .contains("caller-gone", "upstream-credentials-refused")
                .containsAll(Arrays.stream(ProblemKind.values())
                        .filter(kind -> kind.outcome() == Outcome.UNKNOWN)
                        .map(ProblemKind::code)
                        .toList());
        assertThat(shown.families().get("gateway_token_renewals_total").labels().get("result"))
                .contains("ok", "upstream-credentials-refused", "upstream-unavailable");
        assertThat(shown.families().get("gateway_shed_total").labels().get("reason"))
                .contains("quota", "waiting", "in_flight");
        assertThat(shown.families()
                        .get("gateway_breaker_transitions_total")
                        .labels()
                        .get("to"))
                .containsExactlyInAnyOrder("open", "half-open", "closed");
    }

    /** An alert on a series that is absent does not fire, and an autoscaler cannot compute a number of replicas. */
    @Test
    void whatAlertsDashboardAndAutoscalerReadIsThereBeforeTheFirstCall() throws IOException {
        Set<String> read = expressions()
                .flatMap(expression -> Selectors.of(expression).stream())
                .map(Selector::metric)
                .collect(Collectors.toSet());
        read.addAll(new ObjectMapper(new YAMLFactory())
                .readTree(AUTOSCALER.toFile()).path("spec").findValues("metric").stream()
                        .map(metric -> metric.path("name").asText())
                        .toList());
        read.removeIf(metric -> !metric.startsWith("gateway_") || isElsewhere(tabled(metric)));
        // Has a series for each result that there was.
        read.removeIf(metric -> tabled(metric).equals("gateway_upstream_attempts_seconds"));

        assertThat(read).contains("gateway_upstream_in_flight");
        assertThat(shownBeforeTheFirstCall.series()).containsAll(read);
    }

    // ---- what asks for them -----------------------------------------------------------------------------------------

    /** Of the rules, of the panels, and of what can be chosen above them. */
    static Stream<String> expressions() throws IOException {
        JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
        JsonNode rules = new ObjectMapper(new YAMLFactory()).readTree(RULES.toFile());
        return Stream.of(
                        dashboard.findValuesAsText("expr").stream(),
                        rules.findValuesAsText("expr").stream(),
                        dashboard.path("templating").findValuesAsText("definition").stream()
                                .map(choice -> CHOICE.matcher(choice).replaceAll("count by ($2) ($1)")))
                .flatMap(found -> found);
    }

    @Test
    void everyExpressionUsesExistingMetricsLabelsAndValues() throws IOException {
        assertThat(expressions())
                .hasSizeGreaterThan(40)
                .allSatisfy(expression -> assertThat(wrongIn(expression)).isEmpty());
    }

    /** A native binary has neither. */
    @Test
    void noExpressionUsesMetricsThatOnlyAJvmHas() throws IOException {
        assertThat(expressions())
                .isNotEmpty()
                .noneMatch(
                        expression -> expression.matches("(?s).*jvm_(gc|buffer|memory_usage|classes|compilation)_.*"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gateway_call_in_flight == 0",
                "sum(gateway_waiting) / gateway_weighting",
                "gateway_calls_seconds",
                "rate(gateway_token_renewals_total_bucket[5m])",
                "rate(gateway_shed[5m])",
                "rate(gateway_shed_total{cause=\"quota\"}[5m])",
                "rate(gateway_shed_total{reason=\"quotas\"}[5m])",
                "rate(gateway_shed_total{reason=~\"quota|weighting\"}[5m])",
                "sum(gateway_calls_seconds_count{code!=\"fine\"})",
                "sum by (reason) (gateway_waiting)",
                "sum(gateway_waiting) by (le)",
                "gateway_waiting and on (window) gateway_calls_in_flight",
                "summ(gateway_waiting)",
                "summ by (instance) (gateway_waiting)"
            })
    void anExpressionWithAnUnknownMetricIsDetected(String expression) {
        assertThat(wrongIn(expression)).hasSize(1);
    }

    private List<String> wrongIn(String expression) {
        List<String> wrong = new ArrayList<>();
        for (Selector selector : Selectors.of(expression)) {
            if (shown.series().contains(selector.metric())) {
                Exposition.Family family = family(selector);
                selector.matchers().stream()
                        .filter(matcher -> !isMet(matcher, family))
                        .forEach(matcher -> wrong.add(selector.metric() + " " + matcher));
            } else if (!selector.metric().equals("up") && !isElsewhere(tabled(selector.metric()))) {
                wrong.add("no metric " + selector.metric());
            }
        }
        wrong.addAll(ungroupable(expression));
        Selectors.unknownFunctions(expression).forEach(function -> wrong.add("no function " + function));
        return wrong;
    }

    private Exposition.Family family(Selector selector) {
        return shown.families().get(Exposition.familyOf(shown.families().keySet(), selector.metric()));
    }

    private static String tabled(String series) {
        try {
            return Exposition.familyOf(table().keySet(), series);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> ungroupable(String expression) {
        Set<String> labels = Selectors.of(expression).stream()
                .map(this::family)
                .filter(family -> family != null)
                .flatMap(family -> family.labels().keySet().stream())
                .collect(Collectors.toSet());
        boolean isHistogram = expression.contains("_bucket");
        boolean isKnown = Selectors.of(expression).stream().allMatch(selector -> family(selector) != null);
        return Selectors.groupedBy(expression).stream()
                .filter(label -> isKnown && !labels.contains(label) && !OF_PROMETHEUS.contains(label))
                .filter(label -> !(isHistogram && label.equals("le")))
                .map(label -> "by " + label + ": " + expression)
                .toList();
    }

    private static boolean isMet(Matcher matcher, Exposition.Family family) {
        if (OF_PROMETHEUS.contains(matcher.label())) {
            return true;
        }
        if (!family.labels().containsKey(matcher.label())) {
            return false;
        }
        if (matcher.value().equals("$" + matcher.label())) {
            return true; // what is chosen above the dashboard
        }
        Set<String> values = new HashSet<>(family.labels().get(matcher.label()));
        values.addAll(closedList(matcher.label()));
        return Arrays.stream(matcher.value().split("\\|"))
                .allMatch(value -> values.stream().anyMatch(each -> each.matches(value)));
    }

    /** Values that a label may have by its nature, whatever this test has brought about. */
    private static Set<String> closedList(String label) {
        return switch (label) {
            case "code" ->
                Stream.concat(Arrays.stream(ProblemKind.values()).map(ProblemKind::code), Stream.of("caller-gone"))
                        .collect(Collectors.toSet());
            case "outcome" ->
                Arrays.stream(Outcome.values()).map(Outcome::wireName).collect(Collectors.toSet());
            case "result" ->
                Arrays.stream(ExchangeFailure.Reason.values())
                        .map(reason -> reason.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.toSet());
            default -> Set.of();
        };
    }
}
