package io.itrgateway.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The figures of the gateway beside those of the others, as plain text: medians, their ratio, and what each round gave. */
final class Table {

    /** The service that is compared with the others. */
    static final String OWN = "gateway";

    private static final String MEASURE = "  %-34s";
    private static final String MEDIAN = " %12s";
    private static final String RATIO = " %8s   ";
    private static final String ROUNDS = "%-30s ";

    /** What the rounds gave for one measure, by service, where it is known. */
    record Figures(String part, String measure, Map<String, List<Double>> rounds) {

        /** Of the services of which it is known. */
        Map<String, Double> medians() {
            Map<String, Double> medians = new LinkedHashMap<>();
            rounds.forEach((service, values) -> {
                if (!values.isEmpty()) {
                    medians.put(
                            service,
                            median(values.stream()
                                    .mapToDouble(Double::doubleValue)
                                    .toArray()));
                }
            });
            return medians;
        }
    }

    private final List<Contender> contenders;
    private final StringBuilder text = new StringBuilder();
    private final List<Figures> all = new ArrayList<>();
    private String part = "";

    /** @param contenders the gateway, what its ratio is taken to, and others */
    Table(List<Contender> contenders) {
        this.contenders = contenders;
        text.append(MEASURE.formatted("median of the rounds"));
        contenders.forEach(one -> text.append(MEDIAN.formatted(one.name())));
        text.append(RATIO.formatted("ratio"));
        contenders.forEach(one -> text.append(ROUNDS.formatted(one.name() + " rounds")));
        text.append(System.lineSeparator());
    }

    void heading(String words) {
        part = words;
        text.append(words).append(System.lineSeparator());
    }

    /** One line of figures; one that is not known is NaN. */
    void row(String measure, int decimals, Function<Contender, double[]> figureByRound) {
        List<double[]> figures = contenders.stream().map(figureByRound).toList();
        Map<String, List<Double>> rounds = new LinkedHashMap<>();
        for (int i = 0; i < figures.size(); i++) {
            rounds.put(contenders.get(i).name(), known(figures.get(i)));
        }
        all.add(new Figures(part, measure, rounds));
        text.append(MEASURE.formatted(measure));
        figures.forEach(values -> text.append(MEDIAN.formatted(number(median(values), decimals))));
        text.append(RATIO.formatted(number(median(figures.get(0)) / median(figures.get(1)), 2)));
        figures.forEach(values -> text.append(ROUNDS.formatted(rounds(values, decimals))));
        text.append(System.lineSeparator());
    }

    static double median(double[] values) {
        var sorted = values.clone();
        Arrays.sort(sorted);
        var upper = sorted[sorted.length / 2];
        return sorted.length % 2 == 1 ? upper : (sorted[sorted.length / 2 - 1] + upper) / 2;
    }

    @Override
    public String toString() {
        return text.toString();
    }

    /** The figures of each round, as a list of objects. */
    void writeJson(Path file) throws IOException {
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), all);
    }

    /** The medians of those measures as bars. */
    void writeChart(Path file, List<String> measures) throws IOException {
        Files.writeString(file, Chart.of(all, measures));
    }

    private static List<Double> known(double[] values) {
        return Arrays.stream(values)
                .filter(value -> !Double.isNaN(value))
                .boxed()
                .toList();
    }

    static String rounds(double[] values, int decimals) {
        return Arrays.stream(values).mapToObj(value -> number(value, decimals)).collect(Collectors.joining(" "));
    }

    private static String number(double value, int decimals) {
        return Double.isNaN(value) ? "-" : ("%,." + decimals + "f").formatted(value);
    }
}
