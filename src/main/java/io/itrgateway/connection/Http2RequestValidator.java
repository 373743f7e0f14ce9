package io.itrgateway.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.List;

/**
 * Resets the stream of a request that is malformed in a way which neither Netty nor Vert.x sees, or on which Vert.x fails: its
 * exceptions would end the connection. A target that is no URI is answered with a problem.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113#section-8.2.1">RFC 9113, 8.2.1 and 8.3.1</a>
 */
final class Http2RequestValidator extends Http2FrameListenerDecorator {

    /** A URI, so that the request reaches the filters of requests, which refuse a fragment. */
    private static final String REFUSED_TARGET = "/?#";

    /** Only with extended CONNECT (RFC 8441), which is not offered. */
    private static final AsciiString PROTOCOL = AsciiString.cached(":protocol");

    /** A field takes some 120 bytes beside its text: 20 KiB of short ones would take five times as much. */
    private static final int MOST_FIELDS = 100;

    private static final int BYTES_OF_A_FIELD = 32;

    private static final AsciiString FORWARDED_FOR = AsciiString.cached("x-forwarded-for");
    private static final AsciiString FORWARDED = AsciiString.cached("forwarded");

    private final Http2Streams streams;

    Http2RequestValidator(Http2FrameListener vertx, Http2Streams streams) {
        super(vertx);
        this.streams = streams;
    }

    @Override
    public void onHeadersRead(ChannelHandlerContext context, int id, Http2Headers headers, int padding, boolean isLast)
            throws Http2Exception {
        onHeadersRead(context, id, headers, 0, (short) 16, false, padding, isLast);
    }

    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int id,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean isExclusive,
            int padding,
            boolean isLast)
            throws Http2Exception {
        if (headers.size() > MOST_FIELDS) {
            throw Http2Exception.headerListSizeError(
                    id, Http2Error.PROTOCOL_ERROR, true, "more than %d header fields", MOST_FIELDS);
        }
        if (!isWellFormed(headers)) {
            throw Http2Exception.streamError(id, Http2Error.PROTOCOL_ERROR, "malformed request");
        }
        if ("CONNECT".contentEquals(text(headers.method()))) {
            throw Http2Exception.streamError(id, Http2Error.CONNECT_ERROR, "no tunnels here");
        }
        if (!streams.admit(id, listBytes(headers))) {
            return;
        }
        if (headers.path() != null && !isTarget(headers.path())) {
            headers.path(REFUSED_TARGET);
        }
        writeHostAsAuthority(headers);
        removeUnreadableForwarded(headers);
        if ("HEAD".contentEquals(text(headers.method()))) {
            streams.headResponses().expect(id);
        }
        try {
            super.onHeadersRead(context, id, headers, dependency, weight, isExclusive, padding, isLast);
        } catch (RuntimeException e) {
            throw Http2Exception.streamError(id, Http2Error.INTERNAL_ERROR, e, "request not understood");
        }
    }

    @Override
    public int onDataRead(ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean isLast)
            throws Http2Exception {
        try {
            return super.onDataRead(context, id, data, padding, isLast);
        } catch (RuntimeException e) {
            throw Http2Exception.streamError(id, Http2Error.INTERNAL_ERROR, e, "body not understood");
        }
    }

    /** The size of a field section as RFC 9113, 6.5.2 counts it. */
    private static int listBytes(Http2Headers headers) {
        int bytes = 0;
        for (var field : headers) {
            bytes += field.getKey().length() + field.getValue().length() + BYTES_OF_A_FIELD;
        }
        return bytes;
    }

    private static CharSequence text(CharSequence value) {
        return value == null ? "" : value;
    }

    private static boolean isWellFormed(Http2Headers headers) {
        for (var field : headers) {
            if (!isName(field.getKey()) || !isValue(field.getValue())) {
                return false;
            }
        }
        return (headers.method() == null || isToken(headers.method()))
                && (headers.scheme() == null || isScheme(headers.scheme()))
                && (headers.path() == null || isVisible(headers.path()))
                && !headers.contains(PROTOCOL)
                && (headers.authority() == null || isHost(headers.authority()))
                && isAtMostOneHost(headers.getAll(HttpHeaderNames.HOST));
    }

    private static boolean isAtMostOneHost(List<CharSequence> hosts) {
        return hosts.isEmpty() || hosts.size() == 1 && isHost(hosts.get(0));
    }

    /** As for HTTP/1. */
    private static boolean isHost(CharSequence host) {
        byte[] bytes = host.toString().getBytes(US_ASCII);
        return Http1Syntax.isHost(bytes, 0, bytes.length);
    }

    /** Letter case in a host is not significant (RFC 3986, 3.2.2), but Vert.x compares it. */
    private static void writeHostAsAuthority(Http2Headers headers) {
        CharSequence host = headers.get(HttpHeaderNames.HOST);
        CharSequence authority = headers.authority();
        if (host != null && authority != null && AsciiString.contentEqualsIgnoreCase(authority, host)) {
            headers.set(HttpHeaderNames.HOST, authority);
        }
    }

    private static void removeUnreadableForwarded(Http2Headers headers) {
        if (headers.contains(FORWARDED_FOR)
                && headers.getAll(FORWARDED_FOR).stream().anyMatch(ForwardedSyntax::isForwardedForUnreadable)) {
            headers.remove(FORWARDED_FOR);
        }
        if (headers.contains(FORWARDED)
                && headers.getAll(FORWARDED).stream().anyMatch(ForwardedSyntax::isForwardedUnreadable)) {
            headers.remove(FORWARDED);
        }
    }

    /** As for HTTP/1, but a whole URI is none (RFC 9113, 8.3.1). An empty one is Vert.x' to refuse. */
    private static boolean isTarget(CharSequence path) {
        byte[] bytes = path.toString().getBytes(US_ASCII);
        return bytes.length == 0
                || (bytes[0] == '/' || "*".contentEquals(path)) && Http1Syntax.isTarget(bytes, 0, bytes.length);
    }

    private static boolean isName(CharSequence name) {
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c <= ' ' || c >= 0x7f || c >= 'A' && c <= 'Z' || c == ':' && i > 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean isValue(CharSequence value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            boolean isAtAnEnd = i == 0 || i == value.length() - 1;
            if (c == 0 || c == '\r' || c == '\n' || isAtAnEnd && (c == ' ' || c == '\t')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isToken(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 0x7f || !Http1Syntax.isToken((byte) c)) {
                return false;
            }
        }
        return text.length() > 0;
    }

    /** RFC 3986, 3.1: all of its characters are those of a token. */
    private static boolean isScheme(CharSequence text) {
        return isToken(text)
                && text.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '+' || c == '-' || c == '.')
                && Character.isLetter(text.charAt(0));
    }

    private static boolean isVisible(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return true;
    }
}
