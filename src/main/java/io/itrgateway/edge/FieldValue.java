package io.itrgateway.edge;

import java.util.ArrayList;
import java.util.List;

/** The value of a field as a list (RFC 9110, 5.6.1) or with parameters (5.6.6). */
final class FieldValue {

    private FieldValue() {}

    /** The members of a list that may be spread over several lines, without the empty ones. */
    static List<String> members(List<String> lines) {
        return lines.stream()
                .flatMap(line -> split(line, ',').stream())
                .map(String::strip)
                .filter(member -> !member.isEmpty())
                .toList();
    }

    /** The parts between separators that do not stand inside quotes; at least one. */
    static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }
}
