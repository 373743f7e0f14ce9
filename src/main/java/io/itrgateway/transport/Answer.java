package io.itrgateway.transport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.itrgateway.fairness.EventLoopWork;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DateFormatter;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.Optional;
import java.util.Set;

/**
 * What came back from Deepvue, whatever its status.
 *
 * @param body whole, decoded, without a byte order mark, at most {@link AnswerBody#LONGEST_BYTES}; empty if there was none, or
 *     if a refusal's body was cut short or could not be decoded
 * @param date the answer's {@code Date} header as it came
 * @param retryAfter its {@code Retry-After} header as it came
 */
public record Answer(int status, byte[] body, Optional<String> date, Optional<String> retryAfter) {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    /**
     * Defined as a refusal to act on the request, for a reason that is not in what the caller asked for but in the connection, the
     * protocol or a proxy. 429 and 503 are {@link #isThrottledOrUnavailable()}. Not here: 501, which applications also send when they have begun
     * their work, and statuses that no RFC defines.
     */
    private static final Set<Integer> NOTHING_WAS_DONE = Set.of(
            407, // RFC 9110, 15.5.8: "needs to authenticate itself in order to use a proxy for this request"
            408, // RFC 9110, 15.5.9: "did not receive a complete request message"
            411, // RFC 9110, 15.5.12: "refuses to accept the request without a defined Content-Length"
            417, // RFC 9110, 15.5.18: "could not be met by at least one of the inbound servers"
            421, // RFC 9110, 15.5.20: "unable or unwilling to produce an authoritative response"
            425, // RFC 8470, 5.2: "unwilling to risk processing a request that might be replayed"
            426, // RFC 9110, 15.5.22: "refuses to perform the request using the current protocol"
            431, // RFC 6585, 5: "because its header fields are too large"; of the caller's there is a short
            // Content-Type at most
            505, // RFC 9110, 15.6.6: "refuses to support, the major version of HTTP"
            511); // RFC 6585, 6: from "intercepting proxies"; "the client needs to authenticate to gain network access"

    private static final Duration DEFAULT_RETRY_DELAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(24);
    private static final BigDecimal LONGEST_RETRY_SECONDS = BigDecimal.valueOf(LONGEST_RETRY_AFTER.toSeconds());
    private static final ObjectMapper JSON = new ObjectMapper();

    public Answer {
        body = withoutByteOrderMarks(body);
    }

    /** RFC 8259, section 8.1: a parser may ignore one. More than one come from files that were put together. */
    private static byte[] withoutByteOrderMarks(byte[] body) {
        int start = 0;
        while (body.length - start >= BYTE_ORDER_MARK.length
                && Arrays.equals(
                        body, start, start + BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length)) {
            start += BYTE_ORDER_MARK.length;
        }
        return start == 0 ? body : Arrays.copyOfRange(body, start, body.length);
    }

    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** Whether it says that there are too many calls, or that the upstream is not available: neither looked at the request. */
    public boolean isThrottledOrUnavailable() {
        return status == 429 || status == 503;
    }

    /** Whether its status says that the upstream, or a proxy before it, did nothing with the request. */
    public boolean isNotProcessed() {
        return NOTHING_WAS_DONE.contains(status);
    }

    /**
     * How long {@code Retry-After} asks to wait, up to a day; a second if there is none that can be read. A point in time (RFC 9110,
     * 10.2.3) is counted from the answer's own {@code Date}, so that a wrong clock here does no harm.
     */
    public Duration retryDelay() {
        return retryAfter
                .flatMap(text -> seconds(text).or(() -> until(text)))
                .map(delay -> delay.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : delay)
                .orElse(DEFAULT_RETRY_DELAY);
    }

    /** Fractions, which RFC 9110 does not know, are rounded up. */
    private static Optional<Duration> seconds(String text) {
        return Optional.of(text)
                .filter(number -> number.matches("\\d{1,40}(\\.\\d{1,40})?"))
                .map(number -> new BigDecimal(number).setScale(0, RoundingMode.CEILING))
                .map(number ->
                        Duration.ofSeconds(number.min(LONGEST_RETRY_SECONDS).longValue()));
    }

    private Optional<Duration> until(String text) {
        return date.flatMap(Answer::httpDate)
                .flatMap(now -> httpDate(text).map(then -> Duration.between(now, then)))
                .filter(delay -> !delay.isNegative());
    }

    /** In any of the three forms of RFC 9110, 5.6.7. */
    private static Optional<Instant> httpDate(String text) {
        return Optional.ofNullable(DateFormatter.parseHttpDate(text)).map(Date::toInstant);
    }

    /** Whether the body is text in UTF-8 that begins with two ASCII characters, as a JSON object does; not in UTF-16 or UTF-32. */
    public boolean isUtf8Text() {
        return body.length > 1
                && body[0] > 0
                && body[1] > 0
                && ByteBufUtil.isText(Unpooled.wrappedBuffer(body), StandardCharsets.UTF_8);
    }

    /** The body as JSON, in whatever shape; the missing node if it is not JSON or is longer than {@link EventLoopWork#LONGEST_BYTES}. */
    public JsonNode json() {
        // Far longer than any refusal or token response. A tree takes up to thirty times the memory of its text, too.
        if (body.length > EventLoopWork.LONGEST_BYTES) {
            return JSON.missingNode();
        }
        try {
            JsonNode document = JSON.readTree(body);
            return document == null ? JSON.missingNode() : document;
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }

    /** Says nothing of the body: a token or a person's data may be in it. */
    @Override
    public String toString() {
        return "Answer[status=" + status + ", bytes=" + body.length + "]";
    }
}
