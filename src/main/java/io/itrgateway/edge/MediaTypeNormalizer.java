package io.itrgateway.edge;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes Content-Type and Accept in the one spelling that Quarkus REST and Vert.x Web both read: they take blanks for a part of the type,
 * split at commas inside quotes, and differ on empty elements and on several lines.
 */
final class MediaTypeNormalizer {

    static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /** A browser sends about ten. Each is parsed up to three times, also for a caller without a key. */
    static final int MOST_RANGES = 100;

    /** A range that includes the type of OpenMetrics, without its parameters. */
    private static final Pattern WITH_OPEN_METRICS =
            Pattern.compile("application/(?:\\*|openmetrics-text)(?=$|,|;q=)", Pattern.CASE_INSENSITIVE);

    private MediaTypeNormalizer() {}

    /** To be called after {@link #normalise}: Vert.x Web matches a range without parameters with no type that has some. */
    static void completeOpenMetrics(MultiMap headers) {
        String ranges = headers.get(HttpHeaders.ACCEPT);
        if (ranges != null) {
            headers.set(
                    HttpHeaders.ACCEPT, WITH_OPEN_METRICS.matcher(ranges).replaceAll(OPEN_METRICS.replace(" ", "")));
        }
    }

    /** To be called after {@link #normalise}, which leaves no comma inside a range. @param lines of Accept */
    static boolean areTooManyRanges(List<String> lines) {
        int ranges = lines.size();
        for (String line : lines) {
            for (int comma = line.indexOf(','); comma >= 0; comma = line.indexOf(',', comma + 1)) {
                ranges++;
            }
        }
        return ranges > MOST_RANGES;
    }

    /** To be called before the headers are read. A value that is malformed stays so, and a list that is too long. */
    static void normalise(MultiMap headers) {
        List<String> types = headers.getAll(HttpHeaders.CONTENT_TYPE);
        if (types.size() == 1 && !isPlain(types.get(0))) {
            headers.set(HttpHeaders.CONTENT_TYPE, String.join(";", parts(types.get(0))));
        }
        List<String> ranges = headers.getAll(HttpHeaders.ACCEPT);
        if (ranges.isEmpty() || ranges.size() == 1 && isPlain(ranges.get(0))) {
            return;
        }
        List<String> elements = ranges.stream()
                .flatMap(line -> FieldValue.split(line, ',').stream())
                .toList();
        if (elements.size() > MOST_RANGES) {
            return;
        }
        String list = elements.stream()
                .map(MediaTypeNormalizer::range)
                .filter(range -> !range.isEmpty())
                .collect(Collectors.joining(","));
        if (list.isEmpty()) {
            headers.remove(HttpHeaders.ACCEPT);
        } else {
            headers.set(HttpHeaders.ACCEPT, list);
        }
    }

    /** Whether it is one element in which nothing can be written in another way. */
    private static boolean isPlain(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == ' ' || c == '\t' || c == '"' || c == ',') {
                return false;
            }
        }
        return !value.isEmpty();
    }

    /** No type that is offered has a parameter with a comma, so one is left out that nothing could match. */
    private static String range(String element) {
        List<String> parts = parts(element);
        parts.removeIf(part -> part.indexOf(',') >= 0);
        return String.join(";", parts);
    }

    /** The type and its parameters, without the blanks between them, and without those that are empty (RFC 9110, 5.6.6). */
    private static List<String> parts(String value) {
        List<String> parts = new ArrayList<>();
        for (String part : FieldValue.split(value, ';')) {
            String stripped = part.strip();
            if (parts.isEmpty() || !stripped.isEmpty()) {
                parts.add(stripped);
            }
        }
        return parts;
    }
}
