package io.itrgateway.edge;

import io.itrgateway.problem.ProblemKind;
import java.util.Optional;

/**
 * Whether the target of a request can be read in one way only. What is judged is the target as it came: policies, routes and resources
 * each decode and normalise it by themselves, and where two of them come to different results, one is passed by.
 *
 * <p>So a path has to be written plainly: no empty segment, no dot segment, no {@code ;}, nothing encoded, no slash at its end. Every other
 * spelling is a path that does not exist.
 */
final class RequestTargetValidator {

    private static final Optional<ProblemKind> PLAIN = Optional.empty();
    private static final Optional<ProblemKind> NOT_PLAIN = Optional.of(ProblemKind.NOT_FOUND);
    private static final Optional<ProblemKind> NO_TARGET = Optional.of(ProblemKind.MALFORMED_REQUEST);

    private static final boolean[] PATH = new boolean[128];

    static {
        for (char c = 0; c < 128; c++) {
            PATH[c] = c >= '0' && c <= '9'
                    || c >= 'A' && c <= 'Z'
                    || c >= 'a' && c <= 'z'
                    || "/-._~!$&'()*+,=:@".indexOf(c) >= 0;
        }
    }

    private RequestTargetValidator() {}

    /**
     * What is wrong with the target; empty if it is plain.
     *
     * @param target a path and a query, or a whole URI (RFC 9112, 3.2.2) of that host
     * @param host the value of Host, or null
     */
    static Optional<ProblemKind> fault(String target, String host) {
        int path = beginOfPath(target, host);
        if (path < 0) {
            return NO_TARGET;
        }
        int query = target.indexOf('?', path);
        int end = query < 0 ? target.length() : query;
        if (query >= 0 && !isQuery(target, query + 1)) {
            return NO_TARGET;
        }
        if (path == end && path > 0) {
            // Of a query behind a host, Vert.x would take what follows its first slash for the path.
            return query < 0 ? PLAIN : NOT_PLAIN;
        }
        return faultOfPath(target, path, end);
    }

    private static int beginOfPath(String target, String host) {
        if (target.startsWith("/")) {
            return 0;
        }
        int scheme = target.regionMatches(true, 0, "http://", 0, 7)
                ? 7
                : target.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
        if (scheme < 0) {
            return -1;
        }
        int end = scheme;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            end++;
        }
        return target.substring(scheme, end).equalsIgnoreCase(host) ? end : -1;
    }

    private static Optional<ProblemKind> faultOfPath(String target, int from, int to) {
        var fault = PLAIN;
        int segment = from + 1;
        for (int i = from; i <= to; i++) {
            char c = i == to ? '/' : target.charAt(i);
            if (c == '/' && i > from) {
                if (isNotPlain(target, segment, i) && to > from + 1) {
                    fault = NOT_PLAIN;
                }
                segment = i + 1;
            } else if (c == ';' || c == '%' && isEncoded(target, i, to)) {
                fault = NOT_PLAIN;
            } else if (c >= 128 || !PATH[c]) {
                return NO_TARGET;
            }
        }
        return fault;
    }

    private static boolean isNotPlain(String target, int from, int to) {
        return to == from
                || target.charAt(from) == '.' && (to == from + 1 || to == from + 2 && target.charAt(from + 1) == '.');
    }

    private static boolean isQuery(String target, int from) {
        for (int i = from; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c > '~' || c == '#' || c == '%' && !isEncoded(target, i, target.length())) {
                return false;
            }
        }
        return true;
    }

    private static boolean isEncoded(String target, int at, int to) {
        return at + 2 < to
                && Character.digit(target.charAt(at + 1), 16) >= 0
                && Character.digit(target.charAt(at + 2), 16) >= 0;
    }
}
