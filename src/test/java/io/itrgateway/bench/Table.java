package io.itrgateway.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The figures of the gateway beside those of the yardstick, as plain text: medians, their ratio, and what each round gave. */
final class Table {

    private static final String ROW = "  %-34s %12s %12s %8s   %-30s %s%n";

    /** What the rounds gave for one measure. */
    private record Figures(String part, String measure, List<Double> gateway, List<Double> proxy) {}

    private final StringBuilder text = new StringBuilder();
    private final List<Figures> all = new ArrayList<>();
    private String part = "";

    Table() {
        text.append(ROW.formatted(
                "median of the rounds", "gateway", "bare proxy", "ratio", "gateway rounds", "proxy rounds"));
    }

    void heading(String words) {
        part = words;
        text.append(words).append(System.lineSeparator());
    }

    /** One line of figures; one that is not known is NaN. */
    void row(
            String measure,
            int decimals,
            Contender gateway,
            Contender proxy,
            Function<Contender, double[]> figureByRound) {
        var ofGateway = figureByRound.apply(gateway);
        var ofProxy = figureByRound.apply(proxy);
        all.add(new Figures(part, measure, known(ofGateway), known(ofProxy)));
        text.append(ROW.formatted(
                measure,
                number(median(ofGateway), decimals),
                number(median(ofProxy), decimals),
                number(median(ofGateway) / median(ofProxy), 2),
                rounds(ofGateway, decimals),
                rounds(ofProxy, decimals)));
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
