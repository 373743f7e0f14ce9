package io.itrgateway.bench;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The figures of the gateway beside those of the yardstick, as plain text: medians, their ratio, and what each round gave. */
final class Table {

    private static final String ROW = "  %-34s %12s %12s %8s   %-30s %s%n";

    private final StringBuilder text = new StringBuilder();

    Table() {
        text.append(ROW.formatted(
                "median of the rounds", "gateway", "bare proxy", "ratio", "gateway rounds", "proxy rounds"));
    }

    void heading(String words) {
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

    private static String rounds(double[] values, int decimals) {
        return Arrays.stream(values).mapToObj(value -> number(value, decimals)).collect(Collectors.joining(" "));
    }

    private static String number(double value, int decimals) {
        return Double.isNaN(value) ? "-" : ("%,." + decimals + "f").formatted(value);
    }
}
