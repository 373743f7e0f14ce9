package io.itrgateway.bench;

import java.util.List;
import java.util.Map;

/** Medians of the {@link Table} as bars, in SVG: a row for each measure, a bar for each service, scaled to the longest of its row. */
final class Chart {

    private static final int WIDTH = 720;
    private static final int LABELS_WIDTH = 110;
    private static final int VALUES_WIDTH = 80;
    private static final int BAR_HEIGHT = 16;
    private static final int BAR_STEP = 20;
    private static final int TITLE_HEIGHT = 24;
    private static final int GAP = 14;

    private static final String OWN_COLOUR = "#1f5fa8";
    private static final String PEER_COLOUR = "#8a8f98";

    private final StringBuilder rows = new StringBuilder();
    private int height = GAP;

    /** Draws those measures, by their names in the table. */
    static String of(List<Table.Figures> figures, List<String> measures) {
        var chart = new Chart();
        for (Table.Figures row : figures) {
            if (measures.contains(row.measure())) {
                chart.draw(row);
            }
        }
        return """
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="12">
                <rect width="%1$d" height="%2$d" fill="#ffffff"/>
                %3$s</svg>
                """.formatted(WIDTH, chart.height, chart.rows);
    }

    private void draw(Table.Figures row) {
        Map<String, Double> medians = row.medians();
        double longest =
                medians.values().stream().mapToDouble(Double::doubleValue).max().orElse(1);
        rows.append("<text x=\"%d\" y=\"%d\" font-weight=\"bold\" fill=\"#1c1e21\">%s: %s</text>%n"
                .formatted(GAP, height + BAR_HEIGHT - 4, row.part(), row.measure()));
        height += TITLE_HEIGHT;
        for (var service : medians.entrySet()) {
            drawBar(service.getKey(), service.getValue(), longest);
        }
        height += GAP;
    }

    private void drawBar(String service, double value, double longest) {
        int space = WIDTH - LABELS_WIDTH - VALUES_WIDTH - GAP;
        long length = Math.max(1, Math.round(space * value / longest));
        int middle = height + BAR_HEIGHT - 4;
        rows.append("<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#1c1e21\">%s</text>%n"
                .formatted(LABELS_WIDTH - 6, middle, service));
        rows.append("<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>%n"
                .formatted(
                        LABELS_WIDTH,
                        height,
                        length,
                        BAR_HEIGHT,
                        service.equals(Table.OWN) ? OWN_COLOUR : PEER_COLOUR));
        rows.append("<text x=\"%d\" y=\"%d\" fill=\"#1c1e21\">%s</text>%n"
                .formatted(
                        LABELS_WIDTH + length + 6,
                        middle,
                        value < 100 ? "%.2f".formatted(value) : "%,.0f".formatted(value)));
        height += BAR_STEP;
    }
}
