package io.itrgateway.registration;

import static io.itrgateway.problem.ProblemKind.INVALID_REQUEST;
import static io.itrgateway.problem.ProblemKind.MALFORMED_REQUEST;
import static io.itrgateway.registration.Registration.LONGEST_PASSWORD_CHARS;
import static io.itrgateway.registration.Registration.LONGEST_USERNAME_CHARS;
import static io.itrgateway.registration.Registration.SHORTEST_PASSWORD_CHARS;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.itrgateway.problem.FieldFault;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.secret.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads and judges a registration: all of its faults at once, and none of its values in any message.
 *
 * <p>Not JSON, a duplicate key, a wrong JSON type: 400. A field that is missing, unknown, blank or of the wrong length: 422.
 */
final class RegistrationReader {

    /** Deep enough for any honest mistake; deeper nesting is refused while it is read. */
    private static final int DEEPEST_NESTING = 32;

    private static final int MOST_FAULTS = 20;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** What a misspelt name looks like. With a digit in it, it may be a PAN or a password in the wrong place. */
    private static final Pattern SHOWABLE_NAME = Pattern.compile("[A-Za-z_.$-]{1,64}");

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST_NESTING)
                    .build())
            .build();

    private final List<FieldFault> wrongTypes = new ArrayList<>();
    private final List<String> unknownFields = new ArrayList<>();
    private String username;
    private String password;

    private RegistrationReader() {}

    /**
     * @param body UTF-8 JSON; the parser itself would also take UTF-16 and forms that are not quite UTF-8
     * @throws GatewayException {@code malformed-request} or {@code invalid-request}
     */
    static Registration read(byte[] body) {
        var reader = new RegistrationReader();
        try (JsonParser json = JSON.createParser(text(body))) {
            reader.readAll(json);
        } catch (IOException e) {
            // Its message would quote the body.
            throw GatewayException.of(MALFORMED_REQUEST, "The body is not one well-formed JSON document.");
        }
        return reader.judged();
    }

    private static String text(byte[] utf8) throws CharacterCodingException {
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(utf8))
                .toString();
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    private void readAll(JsonParser json) throws IOException {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            if (json.currentToken() == null) {
                throw GatewayException.of(MALFORMED_REQUEST, "The body is empty; it should be a JSON object.");
            }
            wrongTypes.add(new FieldFault("#", "must be an object"));
            json.skipChildren();
        } else {
            readMembers(json);
        }
        if (json.nextToken() != null) {
            throw GatewayException.of(MALFORMED_REQUEST, "The body goes on after its JSON document.");
        }
    }

    private void readMembers(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String field = json.currentName();
            JsonToken value = json.nextToken();
            switch (field) {
                case "username" -> username = text(json, field, value);
                case "password" -> password = text(json, field, value);
                default -> {
                    json.skipChildren();
                    unknownFields.add(field);
                }
            }
        }
    }

    private String text(JsonParser json, String field, JsonToken value) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            return json.getText();
        }
        if (value != JsonToken.VALUE_NULL) {
            wrongTypes.add(FieldFault.of(field, "must be a string"));
            json.skipChildren();
        }
        return null;
    }

    private FieldFault unknown(String field) {
        // A name that is also a value may be a secret in the wrong place.
        boolean showable = SHOWABLE_NAME.matcher(field).matches() && !field.equals(username) && !field.equals(password);
        return showable
                ? FieldFault.of(field, "is not a field of this request")
                : new FieldFault("#", "has a member that is not a field of this request");
    }

    private Registration judged() {
        if (!wrongTypes.isEmpty()) {
            throw GatewayException.of(MALFORMED_REQUEST, "A value has the wrong JSON type; errors names it.")
                    .withErrors(wrongTypes);
        }
        List<FieldFault> faults = new ArrayList<>();
        if (username == null || username.isBlank()) {
            faults.add(FieldFault.of("username", username == null ? "is required" : "must not be blank"));
        } else {
            judge("username", username, 1, LONGEST_USERNAME_CHARS, faults);
        }
        if (password == null || password.isBlank()) {
            faults.add(FieldFault.of("password", password == null ? "is required" : "must not be blank"));
        } else {
            judge("password", password, SHORTEST_PASSWORD_CHARS, LONGEST_PASSWORD_CHARS, faults);
        }
        unknownFields.stream().limit(MOST_FAULTS).map(this::unknown).forEach(faults::add);
        if (!faults.isEmpty()) {
            throw GatewayException.of(
                            INVALID_REQUEST, "The request has faults; errors names each. Nothing was sent upstream.")
                    .withErrors(faults);
        }
        return new Registration(Secret.of(username), Secret.of(password));
    }

    private static void judge(String field, String value, int leastChars, int mostChars, List<FieldFault> faults) {
        int chars = value.codePointCount(0, value.length());
        if (chars < leastChars) {
            faults.add(FieldFault.of(field, "must be at least %d characters long".formatted(leastChars)));
        } else if (chars > mostChars) {
            faults.add(FieldFault.of(field, "must be at most %d characters long".formatted(mostChars)));
        } else if (value.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
            faults.add(FieldFault.of(field, "must be valid Unicode text, without half a surrogate pair"));
        }
    }
}
