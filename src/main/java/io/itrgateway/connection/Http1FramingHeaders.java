package io.itrgateway.connection;

import static io.itrgateway.connection.Http1Syntax.equalsIgnoreCase;
import static io.itrgateway.connection.Http1Syntax.isHost;
import static io.itrgateway.connection.Http1Syntax.listHas;

import java.nio.charset.StandardCharsets;

/** What the fields of one HTTP/1 head say about where its request ends, and whether another one follows. */
final class Http1FramingHeaders {

    static final String HOST = "The request does not have exactly one valid Host.";
    static final String LENGTH = "The Content-Length is not one whole number.";
    static final String CODING = "The Transfer-Encoding is not exactly one \"chunked\" of an HTTP/1.1 request.";
    static final String TWO_LENGTHS = "The request has both a Content-Length and a Transfer-Encoding.";

    private final boolean http11;
    private String fault;
    private int hosts;
    private long length = -1;
    private boolean chunked;
    private boolean wantsContinue;
    private boolean closes;
    private boolean keepsAlive;
    private boolean ignored;

    /** @param http11 whether it is one of HTTP/1.1, and not of HTTP/1.0 */
    Http1FramingHeaders(boolean http11) {
        this.http11 = http11;
    }

    /**
     * Takes the next field.
     *
     * @param name where its name begins, which ends at the colon
     * @param from where its value begins, without blanks around it
     * @return what is wrong with it, or null
     */
    String field(byte[] bytes, int name, int colon, int from, int to) {
        ignored = false;
        switch (colon - name) {
            case 4:
                if (equalsIgnoreCase(bytes, name, colon, "host") && (++hosts > 1 || !isHost(bytes, from, to))) {
                    fault = HOST;
                }
                break;
            case 6:
                if (equalsIgnoreCase(bytes, name, colon, "expect")) {
                    wantsContinue |= listHas(bytes, from, to, "100-continue");
                }
                break;
            case 7:
                ignored = equalsIgnoreCase(bytes, name, colon, "upgrade") && listHas(bytes, from, to, "h2c");
                break;
            case 9:
                ignored = equalsIgnoreCase(bytes, name, colon, "forwarded")
                        && ForwardedSyntax.isForwardedUnreadable(text(bytes, from, to));
                break;
            case 10:
                if (equalsIgnoreCase(bytes, name, colon, "connection")) {
                    closes |= listHas(bytes, from, to, "close");
                    keepsAlive |= listHas(bytes, from, to, "keep-alive");
                }
                break;
            case 14:
                if (equalsIgnoreCase(bytes, name, colon, "content-length")) {
                    contentLength(bytes, from, to);
                }
                break;
            case 15:
                ignored = equalsIgnoreCase(bytes, name, colon, "x-forwarded-for")
                        && ForwardedSyntax.isForwardedForUnreadable(text(bytes, from, to));
                break;
            case 17:
                if (equalsIgnoreCase(bytes, name, colon, "transfer-encoding")) {
                    transferEncoding(bytes, from, to);
                }
                break;
            default:
                break;
        }
        return fault;
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** RFC 9112, 6.2 and 6.3: also where two lines, or a list, say the same length twice. */
    private void contentLength(byte[] bytes, int from, int to) {
        if (length >= 0) {
            fault = LENGTH;
            return;
        }
        length = Http1Syntax.contentLength(bytes, from, to);
        if (length < 0) {
            fault = LENGTH;
        }
    }

    /** RFC 9112, 6.1: no coding but chunked is known here, and it may not be applied twice. */
    private void transferEncoding(byte[] bytes, int from, int to) {
        if (chunked || !http11 || !equalsIgnoreCase(bytes, from, to, "chunked")) {
            fault = CODING;
        }
        chunked = true;
    }

    /** @return what is wrong with them all together, or null */
    String end() {
        if (http11 && hosts != 1) {
            return HOST;
        }
        return chunked && length >= 0 ? TWO_LENGTHS : fault;
    }

    /**
     * Whether the last field is to be ignored: one that asks for HTTP/2, since RFC 9113 has given up this way into HTTP/2 and a server may
     * ignore it, or one about proxies on which Quarkus would fail.
     */
    boolean isLastFieldIgnored() {
        return ignored;
    }

    boolean isHttp11() {
        return http11;
    }

    boolean isChunked() {
        return chunked;
    }

    /** -1 if it does not say. */
    long contentLength() {
        return length;
    }

    boolean wantsContinue() {
        return wantsContinue && http11;
    }

    /** RFC 9112, 9.3: whether this request is the last one of its connection. */
    boolean endsConnection() {
        return closes || !http11 && !keepsAlive;
    }
}
