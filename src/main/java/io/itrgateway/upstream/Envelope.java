package io.itrgateway.upstream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.itrgateway.transport.Answer;
import java.io.IOException;
import java.util.Optional;

/**
 * A success of Deepvue, whole.
 *
 * @param status 200, or 202 where Deepvue has not finished; 201 and 203 are answered as 200
 * @param json the bytes as they came, checked to be one well-formed JSON object
 * @param isPending whether {@code data} says that Deepvue has not finished, whatever the status
 * @param transactionId Deepvue's id of the transaction, if it gave one as text
 * @param hasData whether there is a member {@code data}; some operations that are not in the catalogue answer without
 */
public record Envelope(int status, byte[] json, Optional<String> transactionId, boolean isPending, boolean hasData) {

    /** Names of members may be data, as many as there are: to intern each would take seconds for a long answer. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    /**
     * Empty if the body is not the envelope: not JSON, cut short, another document. Read tolerantly but for that. Empty, too, if the
     * status says that the body is not the whole result (206), or that there is none.
     */
    static Optional<Envelope> of(Answer answer) {
        return ofAnyObject(answer).filter(Envelope::hasData);
    }

    /** The same, also without a member {@code data}. */
    static Optional<Envelope> ofAnyObject(Answer answer) {
        return status(answer).flatMap(status -> of(status, answer));
    }

    private static Optional<Integer> status(Answer answer) {
        return switch (answer.status()) {
            case 200, 201, 203 -> Optional.of(200);
            case 202 -> Optional.of(202);
            default -> Optional.empty();
        };
    }

    private static Optional<Envelope> of(int status, Answer answer) {
        if (!answer.isUtf8Text()) {
            return Optional.empty();
        }
        try (JsonParser parser = JSON.createParser(answer.body())) {
            return read(status, answer, parser);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<Envelope> read(int status, Answer answer, JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            return Optional.empty();
        }
        String transactionId = null;
        boolean data = false;
        boolean pending = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("transaction_id") && value == JsonToken.VALUE_STRING) {
                transactionId = parser.getText();
            }
            if (field.equals("data")) {
                data = true;
            }
            if (field.equals("data") && value == JsonToken.START_OBJECT) {
                pending = isPending(parser);
            } else {
                parser.skipChildren();
            }
        }
        return parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null
                ? Optional.of(new Envelope(status, answer.body(), Optional.ofNullable(transactionId), pending, data))
                : Optional.empty();
    }

    /** Reads the rest of the object. */
    private static boolean isPending(JsonParser parser) throws IOException {
        boolean pending = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean isStatus = parser.currentName().equals("status");
            boolean isText = parser.nextToken() == JsonToken.VALUE_STRING;
            pending |= isStatus && isText && parser.getText().equalsIgnoreCase("pending");
            parser.skipChildren();
        }
        return pending;
    }

    /** Says nothing of the body: a person's data is in it. */
    @Override
    public String toString() {
        return "Envelope[status=" + status + ", bytes=" + json.length + "]";
    }
}
