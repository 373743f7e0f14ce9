package io.itrgateway.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The series that an expression of PromQL asks for, found by its tokens. Good for what rules and dashboards hold: functions, operators,
 * grouping, selectors in braces.
 */
final class Selectors {

    /** What one label is to be. */
    record Matcher(String label, String operator, String value) {}

    /** One metric as it stands in an expression. */
    record Selector(String metric, List<Matcher> matchers) {}

    private static final Pattern TOKEN =
            Pattern.compile("(?<string>\"(?:[^\"\\\\]|\\\\.)*\")|(?<range>\\[[^]]*])|(?<variable>\\$\\w+)"
                    + "|(?<name>[a-zA-Z_:][\\w:]*)|(?<sign>=~|!~|!=|[{}(),=])|(?<other>[^\\s])");

    private static final Set<String> GROUPING = Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
    private static final Set<String> WORDS = Set.of("and", "or", "unless", "bool", "offset");

    /** Those that are used here. */
    private static final Set<String> FUNCTIONS = Set.of(
            "sum",
            "min",
            "max",
            "count",
            "rate",
            "increase",
            "histogram_quantile",
            "max_over_time",
            "absent",
            "vector",
            "label_values");

    private Selectors() {}

    private static List<String> tokens(String expression) {
        return TOKEN.matcher(expression).results().map(found -> found.group()).toList();
    }

    static List<Selector> of(String expression) {
        List<String> tokens = tokens(expression);
        List<Selector> selectors = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            String next = i + 1 < tokens.size() ? tokens.get(i + 1) : "";
            if (GROUPING.contains(token)) {
                i = closing(tokens, i, ")");
            } else if (token.matches("[a-zA-Z_:][\\w:]*")
                    && !WORDS.contains(token)
                    && !next.equals("(")
                    && !isGrouped(next)) {
                int end = next.equals("{") ? closing(tokens, i, "}") : i;
                selectors.add(new Selector(token, matchers(tokens.subList(i, end))));
                i = end;
            }
        }
        return selectors;
    }

    /** An aggregation whose grouping comes first, as in {@code sum by (le) (…)}. */
    private static boolean isGrouped(String next) {
        return next.equals("by") || next.equals("without");
    }

    /** What stands as a function and is none that is used here. */
    static List<String> unknownFunctions(String expression) {
        List<String> tokens = tokens(expression);
        return IntStream.range(0, tokens.size() - 1)
                .filter(i -> tokens.get(i + 1).equals("(") || isGrouped(tokens.get(i + 1)))
                .mapToObj(tokens::get)
                .filter(token -> token.matches("[a-zA-Z_]\\w*"))
                .filter(token -> !FUNCTIONS.contains(token) && !GROUPING.contains(token) && !WORDS.contains(token))
                .toList();
    }

    /** Labels by which an expression groups or joins. */
    static List<String> groupedBy(String expression) {
        List<String> tokens = tokens(expression);
        List<String> labels = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            if (GROUPING.contains(tokens.get(i))) {
                int end = closing(tokens, i, ")");
                labels.addAll(tokens.subList(i + 2, end).stream()
                        .filter(each -> !each.equals(","))
                        .toList());
                i = end;
            }
        }
        return labels;
    }

    private static int closing(List<String> tokens, int from, String sign) {
        int at = from;
        while (!tokens.get(at).equals(sign)) {
            at++;
        }
        return at;
    }

    private static List<Matcher> matchers(List<String> tokens) {
        List<Matcher> matchers = new ArrayList<>();
        for (int i = 2; i + 2 < tokens.size(); i += 4) {
            matchers.add(new Matcher(tokens.get(i), tokens.get(i + 1), unquoted(tokens.get(i + 2))));
        }
        return matchers;
    }

    private static String unquoted(String string) {
        return string.substring(1, string.length() - 1);
    }
}
