package io.itrgateway.operation;

import io.itrgateway.operation.Operation.Method;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A method and the paths that an entry of the relay list stands for.
 *
 * @param segments literal ones, and {@value #ANY} for exactly one of any content
 */
record RelayPattern(Method method, List<String> segments) implements Comparable<RelayPattern> {

    private static final String ANY = "*";

    /** What a literal segment may consist of: what no server reads in two ways (RFC 3986, unreserved). */
    private static final Pattern LITERAL = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._~-]+");

    /** What any segment may consist of. Nothing encoded, no {@code ;}, no dot segment: the edge refuses such paths anyway. */
    private static final Pattern SEGMENT = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._~!$&'()*+,=:@-]+");

    RelayPattern {
        segments = List.copyOf(segments);
    }

    /** @return empty if the path is none that can be listed */
    static Optional<RelayPattern> of(Method method, String path) {
        List<String> segments = segments(path);
        boolean valid = path.startsWith("/")
                && segments.stream()
                        .allMatch(segment ->
                                segment.equals(ANY) || LITERAL.matcher(segment).matches());
        return valid ? Optional.of(new RelayPattern(method, segments)) : Optional.empty();
    }

    private static List<String> segments(String path) {
        return List.of(path.substring(Math.min(1, path.length())).split("/", -1));
    }

    /** The path as the list has it. */
    String path() {
        return "/" + String.join("/", segments);
    }

    boolean matches(String path) {
        List<String> given = segments(path);
        if (!path.startsWith("/") || given.size() != segments.size()) {
            return false;
        }
        for (int i = 0; i < given.size(); i++) {
            String segment = segments.get(i);
            boolean matches =
                    segment.equals(ANY) ? SEGMENT.matcher(given.get(i)).matches() : segment.equals(given.get(i));
            if (!matches) {
                return false;
            }
        }
        return true;
    }

    /** The more special one first: where two match the same path, the one that is literal where they first differ. */
    @Override
    public int compareTo(RelayPattern other) {
        if (segments.size() != other.segments.size()) {
            return Integer.compare(segments.size(), other.segments.size());
        }
        for (int i = 0; i < segments.size(); i++) {
            int order = Boolean.compare(
                    segments.get(i).equals(ANY), other.segments.get(i).equals(ANY));
            if (order != 0) {
                return order;
            }
        }
        return (path() + method).compareTo(other.path() + other.method);
    }
}
