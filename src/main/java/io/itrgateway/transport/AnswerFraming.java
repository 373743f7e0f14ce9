package io.itrgateway.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the head of an answer says about its end (RFC 9112, 6 and 9). */
final class AnswerFraming {

    /** Most bytes of the header fields of one answer; and of its status line, in which some servers put a whole message. */
    static final int LONGEST_HEADERS_BYTES = 32 * 1024;

    private static final Pattern REQUEST_TIMEOUT = Pattern.compile("HTTP/1\\.[01] 408");
    private static final int TIMEOUT_LENGTH = 12;

    private static final Pattern KEPT_SECONDS =
            Pattern.compile("(?:^|[,;\\s])timeout\\s*=\\s*\"?(\\d{1,9})", Pattern.CASE_INSENSITIVE);
    private static final long LARGEST_MARGIN_MILLIS = 1_000;

    private AnswerFraming() {}

    static HttpDecoderConfig decoderConfig() {
        return new HttpDecoderConfig()
                .setMaxInitialLineLength(LONGEST_HEADERS_BYTES)
                .setMaxHeaderSize(LONGEST_HEADERS_BYTES)
                .setAllowDuplicateContentLengths(true); // equal ones; different ones are an error in any case
    }

    /**
     * To be called before the fields are read: the decoder and the HTTP client compare the version with the constant, and the decoder takes the
     * first of several lengths in an answer of HTTP/1.0. Such an answer is read like one of 1.1 after which the connection is closed (RFC 9112, 6.1
     * and 9.3); the version may be in lower case.
     */
    static HttpMessage asVersion11(HttpMessage head) {
        boolean is10 = head.protocolVersion().equals(HttpVersion.HTTP_1_0);
        if (is10 || head.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
            head.setProtocolVersion(HttpVersion.HTTP_1_1);
        }
        if (is10) {
            head.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        return head;
    }

    /** Whether it is the head with which servers end a connection that was idle for long, unasked (RFC 9110, 15.5.9). */
    static boolean isRequestTimeout(ByteBuf bytes) {
        return bytes.readableBytes() >= TIMEOUT_LENGTH
                && REQUEST_TIMEOUT
                        .matcher(bytes.toString(bytes.readerIndex(), TIMEOUT_LENGTH, US_ASCII))
                        .matches();
    }

    /** Whether an answer that has no content by its status says that it has some. */
    static boolean announcesContent(HttpHeaders fields) {
        return fields.contains(HttpHeaderNames.TRANSFER_ENCODING)
                || fields.contains(HttpHeaderNames.CONTENT_LENGTH)
                        && !fields.contains(HttpHeaderNames.CONTENT_LENGTH, "0", false);
    }

    /**
     * Whether another reader might see another end of the answer, or the upstream will not take a further request. A 408 "implies that the server has
     * decided to close the connection" (RFC 9110, 15.5.9), and may have been sent before the request arrived. An interim response has no content.
     */
    static boolean isUncertain(HttpResponseStatus status, HttpHeaders fields) {
        List<String> codings = fields.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        boolean length = fields.contains(HttpHeaderNames.CONTENT_LENGTH);
        boolean chunked = codings.size() == 1 && HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.get(0));
        boolean bodiless = status.code() == 204 || status.code() == 304;
        boolean closes = status.equals(HttpResponseStatus.REQUEST_TIMEOUT)
                || fields.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
        boolean interim = status.codeClass() == HttpStatusClass.INFORMATIONAL;
        return closes || !interim && (codings.isEmpty() ? !length && !bodiless : !chunked);
    }

    /**
     * For how long the connection may be idle before a further request, by what {@code Keep-Alive} says of how long the upstream keeps it: a second
     * less, or half, since a request that arrives when it is about to be closed is lost, and its outcome unknown. Empty if nothing is said.
     */
    static OptionalLong longestIdleMillis(HttpHeaders fields) {
        String keepAlive = fields.get("Keep-Alive");
        if (keepAlive == null) {
            return OptionalLong.empty();
        }
        Matcher kept = KEPT_SECONDS.matcher(keepAlive);
        if (!kept.find()) {
            return OptionalLong.empty();
        }
        long millis = Long.parseLong(kept.group(1)) * 1_000;
        return OptionalLong.of(millis - Math.min(LARGEST_MARGIN_MILLIS, millis / 2));
    }
}
