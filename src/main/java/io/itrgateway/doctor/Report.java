package io.itrgateway.doctor;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All findings, for people or for machines. */
public record Report(List<Finding> findings) {

    public static final int UNHEALTHY = 1;

    private static final int CHECK_COLUMNS = column(Arrays.stream(Check.values()));
    private static final int VERDICT_COLUMNS = column(Arrays.stream(CheckStatus.values()));

    public Report {
        findings = List.copyOf(findings);
    }

    /** Where not even the program that looks has started, since a setting of Quarkus' own is wrong. */
    public static Report ofNoStart(Throwable failure) {
        Stream<Finding> rest = Arrays.stream(Check.values())
                .skip(1)
                .map(check -> Finding.skipped(check, "the configuration cannot be read"));
        return new Report(Stream.concat(Stream.of(StartupFailureDescriber.finding(failure)), rest)
                .toList());
    }

    boolean isHealthy() {
        return findings.stream().noneMatch(finding -> finding.verdict() == CheckStatus.FAILED);
    }

    int exitCode() {
        return isHealthy() ? 0 : UNHEALTHY;
    }

    /** A line for each finding, and one for all. */
    String table() {
        String rows = findings.stream().map(Report::row).collect(Collectors.joining("\n"));
        return rows + "\n\n" + (isHealthy() ? "healthy: " : "NOT HEALTHY: ") + counts();
    }

    private static String row(Finding finding) {
        return "%s%s%s"
                .formatted(
                        padded(finding.check(), CHECK_COLUMNS),
                        padded(finding.verdict(), VERDICT_COLUMNS),
                        finding.detail());
    }

    private static String padded(Object word, int columns) {
        return word + " ".repeat(columns - word.toString().length());
    }

    private static int column(Stream<?> words) {
        return words.mapToInt(word -> word.toString().length()).max().orElse(0) + 2;
    }

    private String counts() {
        Map<CheckStatus, Long> counts = new EnumMap<>(CheckStatus.class);
        findings.forEach(finding -> counts.merge(finding.verdict(), 1L, Long::sum));
        return counts.entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey())
                .collect(Collectors.joining(", "));
    }

    /** One object: {@code healthy}, and {@code checks} with {@code check}, {@code verdict}, {@code detail} and {@code facts} each. */
    String json() {
        ObjectNode report = JsonNodeFactory.instance.objectNode();
        report.put("healthy", isHealthy());
        var checks = report.putArray("checks");
        for (Finding finding : findings) {
            ObjectNode check = checks.addObject();
            check.put("check", finding.check().toString());
            check.put("verdict", finding.verdict().toString());
            check.put("detail", finding.detail());
            ObjectNode facts = check.putObject("facts");
            finding.facts().forEach((name, fact) -> facts.set(name, facts.pojoNode(fact)));
        }
        return report.toPrettyString();
    }
}
