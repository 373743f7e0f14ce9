package io.itrgateway.transport;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What came back from Deepvue, whatever its status.
 *
 * @param body whole, at most {@link Exchange#LONGEST_ANSWER_BYTES}; empty if there was none, or if a refusal's body was cut short
 * @param date the answer's {@code Date} header as it came
 * @param retryAfter its {@code Retry-After} header as it came
 */
public record Answer(int status, byte[] body, Optional<String> date, Optional<String> retryAfter) {

    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final ObjectMapper JSON = new ObjectMapper();

    public boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    /** The body as text, without a byte order mark; empty if it is not UTF-8. */
    public Optional<String> text() {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return Optional.of(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text);
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
