package io.itrgateway.transport;

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

    public boolean isSuccess() {
        return status >= 200 && status < 300;
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

    /** Says nothing of the body: a token or a person's data may be in it. */
    @Override
    public String toString() {
        return "Answer[status=" + status + ", bytes=" + body.length + "]";
    }
}
