package io.itrgateway.transport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * What came back from Deepvue, whatever its status.
 *
 * @param body whole, decoded, without a byte order mark, at most {@link Exchange#LONGEST_ANSWER_BYTES}; empty if there was none, or
 *     if a refusal's body was cut short or could not be decoded
 * @param date the answer's {@code Date} header as it came
 * @param retryAfter its {@code Retry-After} header as it came
 */
public record Answer(int status, byte[] body, Optional<String> date, Optional<String> retryAfter) {

    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(24);
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
    public boolean turnsAway() {
        return status == 429 || status == 503;
    }

    /** How long {@code Retry-After} asks to be left alone, in seconds up to a day; the other if it says nothing of that kind. */
    public Duration retryAfterOr(Duration other) {
        return retryAfter
                .filter(seconds -> seconds.matches("\\d{1,6}"))
                .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
                .filter(delay -> delay.compareTo(LONGEST_RETRY_AFTER) <= 0)
                .orElse(other);
    }

    /** The body as text; empty if it is not UTF-8. */
    public Optional<String> text() {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    /** The body as JSON, in whatever shape; the missing node if it is none. */
    public JsonNode json() {
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
