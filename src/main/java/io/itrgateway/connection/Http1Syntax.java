package io.itrgateway.connection;

import io.netty.util.NetUtil;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The characters of HTTP/1, and the values of the fields that say where a message ends and for whom it is. */
final class Http1Syntax {

    private static final int HIGHEST_PORT = 65_535;
    private static final byte[] CONNECT = "CONNECT".getBytes(StandardCharsets.US_ASCII);

    private static final boolean[] TOKEN = new boolean[256];
    private static final boolean[] HOST = new boolean[256];

    static {
        for (char c = 0; c < 128; c++) {
            boolean alphanumeric = c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z';
            TOKEN[c] = alphanumeric || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
            HOST[c] = alphanumeric || "-._~!$&'()*+,;=%".indexOf(c) >= 0;
        }
    }

    private Http1Syntax() {}

    /** RFC 9110, 5.6.2: {@code tchar}. */
    static boolean isToken(byte b) {
        return TOKEN[b & 0xff];
    }

    /** RFC 3986: a character that can stand in a URI at all is a visible one of ASCII. */
    static boolean isVisible(byte b) {
        return b > ' ' && b < 0x7f;
    }

    /** RFC 9110, 5.5: {@code field-vchar}, a space or a tab. */
    static boolean isFieldContent(byte b) {
        return b >= ' ' ? b != 0x7f : b < 0 || b == '\t';
    }

    /** RFC 9112, 2.3: {@code HTTP-version}, from that byte on. */
    static boolean isVersion(byte[] bytes, int from) {
        return bytes[from] == 'H'
                && bytes[from + 1] == 'T'
                && bytes[from + 2] == 'T'
                && bytes[from + 3] == 'P'
                && bytes[from + 4] == '/'
                && isDigit(bytes[from + 5])
                && bytes[from + 6] == '.'
                && isDigit(bytes[from + 7]);
    }

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /**
     * RFC 9112, 3.2. What Quarkus takes for no URI would be answered with an empty 400 before the router sees it: so the
     * same class decides here, unless the target is plainly one that it accepts.
     */
    static boolean isTarget(byte[] bytes, int from, int to) {
        boolean plain = bytes[from] == '/' && (to == from + 1 || bytes[from + 1] != '/');
        for (int i = from; plain && i < to; i++) {
            plain = bytes[i] >= 0 && (HOST[bytes[i]] && bytes[i] != '%' || "/:@?".indexOf(bytes[i]) >= 0);
        }
        if (plain) {
            return true;
        }
        try {
            new URI(new String(bytes, from, to - from, StandardCharsets.US_ASCII));
            return true;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** RFC 9110, 9.1: methods are case-sensitive. */
    static boolean isConnect(byte[] bytes, int from, int to) {
        return Arrays.equals(bytes, from, to, CONNECT, 0, CONNECT.length);
    }

    static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    /** @return -1 if it is none */
    static int hexDigit(byte b) {
        return Character.digit(b, 16);
    }

    /** Whether these bytes are that word, given in lower case; the case of ASCII letters does not matter. */
    static boolean equalsIgnoreCase(byte[] bytes, int from, int to, String lowerCase) {
        if (to - from != lowerCase.length()) {
            return false;
        }
        for (int i = from; i < to; i++) {
            byte b = bytes[i];
            int lower = b >= 'A' && b <= 'Z' ? b + 32 : b;
            if (lower != lowerCase.charAt(i - from)) {
                return false;
            }
        }
        return true;
    }

    /** RFC 9110, 5.6.1: whether a list separated by commas has that member. */
    static boolean listHas(byte[] bytes, int from, int to, String lowerCase) {
        int start = from;
        for (int i = from; i <= to; i++) {
            if (i == to || bytes[i] == ',') {
                int first = endOfBlanks(bytes, start, i);
                if (equalsIgnoreCase(bytes, first, startOfBlanks(bytes, first, i), lowerCase)) {
                    return true;
                }
                start = i + 1;
            }
        }
        return false;
    }

    /** RFC 9112, 6.2: digits and nothing else, and not more of them than a {@code long} has. @return -1 if it is none */
    static long contentLength(byte[] bytes, int from, int to) {
        if (from == to || to - from > 18) {
            return -1;
        }
        long length = 0;
        for (int i = from; i < to; i++) {
            if (!isDigit(bytes[i])) {
                return -1;
            }
            length = 10 * length + bytes[i] - '0';
        }
        return length;
    }

    /** RFC 9112, 3.2: a host, and a port after it if there is one. An http URI without a host is not valid (RFC 9110, 4.2.1). */
    static boolean isHost(byte[] bytes, int from, int to) {
        int at = from < to && bytes[from] == '[' ? endOfAddress(bytes, from, to) : endOfName(bytes, from, to);
        if (at <= from || at < to && bytes[at] != ':') {
            return false;
        }
        return at >= to - 1 || to - at <= 6 && isPort(bytes, at + 1, to);
    }

    private static boolean isPort(byte[] bytes, int from, int to) {
        long port = contentLength(bytes, from, to);
        return port >= 0 && port <= HIGHEST_PORT;
    }

    private static int endOfName(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && HOST[bytes[at] & 0xff] && (bytes[at] != '%' || isEncoded(bytes, at, to))) {
            at++;
        }
        return at;
    }

    private static boolean isEncoded(byte[] bytes, int at, int to) {
        return at + 2 < to && hexDigit(bytes[at + 1]) >= 0 && hexDigit(bytes[at + 2]) >= 0;
    }

    private static int endOfAddress(byte[] bytes, int from, int to) {
        int at = from + 1;
        while (at < to && (hexDigit(bytes[at]) >= 0 || bytes[at] == ':' || bytes[at] == '.')) {
            at++;
        }
        boolean isAddress = at < to
                && bytes[at] == ']'
                && NetUtil.isValidIpV6Address(new String(bytes, from + 1, at - from - 1, StandardCharsets.US_ASCII));
        return isAddress ? at + 1 : -1;
    }

    /** RFC 9112, 7.1.1: the extensions of a chunk, in ASCII; an empty list is valid. */
    static boolean areChunkExtensions(byte[] bytes, int from, int to) {
        int at = from;
        while (at >= 0 && at < to) {
            int semicolon = endOfBlanks(bytes, at, to);
            int name = endOfBlanks(bytes, semicolon + 1, to);
            int end = endOfToken(bytes, name, to);
            boolean begins = semicolon < to && bytes[semicolon] == ';' && end > name;
            at = begins ? endOfExtensionValue(bytes, end, to) : -1;
        }
        return at >= 0;
    }

    /** @return -1 if it is none; where it begins if there is none */
    private static int endOfExtensionValue(byte[] bytes, int from, int to) {
        int equals = endOfBlanks(bytes, from, to);
        if (equals == to || bytes[equals] != '=') {
            return from;
        }
        int value = endOfBlanks(bytes, equals + 1, to);
        int end =
                value < to && bytes[value] == '"' ? endOfQuotedString(bytes, value, to) : endOfToken(bytes, value, to);
        return end > value ? end : -1;
    }

    /** RFC 9110, 5.6.4. @return -1 if it has no end */
    private static int endOfQuotedString(byte[] bytes, int from, int to) {
        for (int i = from + 1; i < to && bytes[i] >= 0 && isFieldContent(bytes[i]); i++) {
            if (bytes[i] == '"') {
                return i + 1;
            }
            if (bytes[i] == '\\' && i + 1 < to && bytes[i + 1] >= 0 && isFieldContent(bytes[i + 1])) {
                i++;
            }
        }
        return -1;
    }

    private static int endOfToken(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && isToken(bytes[at])) {
            at++;
        }
        return at;
    }

    static int endOfBlanks(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && isBlank(bytes[at])) {
            at++;
        }
        return at;
    }

    /** Of the blanks at the end. */
    static int startOfBlanks(byte[] bytes, int from, int to) {
        int at = to;
        while (at > from && isBlank(bytes[at - 1])) {
            at--;
        }
        return at;
    }
}
