package io.itrgateway.ops;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What {@code /q/metrics} shows, by family.
 *
 * @param families by name, in order
 * @param series names of all that has a value, so with the parts of a histogram
 */
record Exposition(Map<String, Family> families, Set<String> series) {

    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Set<String> SUFFIXES = Set.of("_count", "_sum", "_bucket");

    /** @param labels names and the values that were seen, without {@code le} */
    record Family(String name, String type, String help, Map<String, Set<String>> labels) {

        /** What the end of the name says; empty where what is counted has no unit. */
        String unit() {
            return name.matches(".*_(seconds|bytes)(_total)?")
                    ? name.replaceAll(".*_(seconds|bytes)(_total)?$", "$1")
                    : "";
        }
    }

    static Exposition of(String text) {
        Map<String, String> helps = new TreeMap<>();
        Map<String, Family> families = new TreeMap<>();
        Set<String> series = new TreeSet<>();
        text.lines().forEach(line -> {
            String[] words = line.split(" ", 4);
            if (line.startsWith("# HELP ")) {
                helps.put(words[2], words.length > 3 ? words[3].strip() : "");
            } else if (line.startsWith("# TYPE ")) {
                families.put(
                        words[2], new Family(words[2], words[3], helps.getOrDefault(words[2], ""), new TreeMap<>()));
            } else if (!line.startsWith("#")) {
                series.add(sample(families, line));
            }
        });
        return new Exposition(families, series);
    }

    private static String sample(Map<String, Family> families, String line) {
        String name = line.split("[{ ]", 2)[0];
        Family family = families.get(familyOf(families.keySet(), name));
        var labels = LABEL.matcher(line);
        while (labels.find()) {
            if (!labels.group(1).equals("le")) {
                family.labels()
                        .computeIfAbsent(labels.group(1), first -> new TreeSet<>())
                        .add(labels.group(2));
            }
        }
        return name;
    }

    /** The family of a series: of the parts of a histogram, its name. */
    static String familyOf(Set<String> families, String series) {
        return families.contains(series)
                ? series
                : SUFFIXES.stream()
                        .filter(series::endsWith)
                        .map(suffix -> series.substring(0, series.length() - suffix.length()))
                        .filter(families::contains)
                        .findFirst()
                        .orElse(series);
    }
}
