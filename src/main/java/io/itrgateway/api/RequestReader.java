package io.itrgateway.api;

import static io.itrgateway.problem.ProblemKind.INVALID_REQUEST;
import static io.itrgateway.problem.ProblemKind.MALFORMED_REQUEST;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.itrgateway.call.RequestValues;
import io.itrgateway.operation.Field;
import io.itrgateway.operation.Field.Syntax;
import io.itrgateway.operation.Operation;
import io.itrgateway.problem.FieldFault;
import io.itrgateway.problem.GatewayException;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads and validates the request of an operation: all of its faults at once, and none of its values in any message.
 *
 * <p>Not JSON, a duplicate key, a wrong JSON type, a query that is not well-formed: 400. A field that is missing, unknown, blank or of
 * the wrong length: 422.
 */
final class RequestReader {

    /** Deep enough for any honest mistake; deeper nesting is refused while it is read. */
    private static final int DEEPEST_NESTING = 32;

    private static final int MOST_FAULTS = 20;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** What a misspelt name looks like. With a digit in it, it may be a PAN or a password in the wrong place. */
    private static final Pattern SHOWABLE_NAME = Pattern.compile("[A-Za-z_.$-]{1,64}");

    /** Keeps no names: a table of them would be shared by all callers, and names that collide in it make it fail for others. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST_NESTING)
                    .build())
            .build();

    private final Operation operation;
    private final List<FieldFault> wrongTypes = new ArrayList<>();
    private final List<String> unknownFields = new ArrayList<>();
    private final Map<String, String> values = new HashMap<>();

    private RequestReader(Operation operation) {
        this.operation = operation;
    }

    /**
     * @param body UTF-8 JSON; the parser itself would also take UTF-16 and forms that are not quite UTF-8
     * @throws GatewayException {@code malformed-request} or {@code invalid-request}
     */
    static RequestValues readBody(Operation operation, byte[] body) {
        var reader = new RequestReader(operation);
        try (JsonParser json = JSON.createParser(text(body))) {
            reader.readDocument(json);
        } catch (IOException e) {
            // Its message would quote the body.
            throw GatewayException.of(MALFORMED_REQUEST, "The body is not one well-formed JSON document.");
        }
        return reader.validated();
    }

    /**
     * @param query as it came, percent-encoded; null for none
     * @throws GatewayException {@code malformed-request} or {@code invalid-request}
     */
    static RequestValues readQuery(Operation operation, String query) {
        var reader = new RequestReader(operation);
        for (String parameter : query == null || query.isEmpty() ? new String[0] : query.split("&", -1)) {
            reader.readParameter(parameter);
        }
        return reader.validated();
    }

    /** For an operation whose fields are in its body. @throws GatewayException {@code invalid-request} */
    static void demandNoQuery(Operation operation, String query) {
        if (query == null || query.isEmpty()) {
            return;
        }
        List<String> names = Stream.of(query.split("&"))
                .map(parameter -> parameter.replaceFirst("=.*", ""))
                .toList();
        List<FieldFault> faults = operation.fields().stream()
                .map(Field::name)
                .filter(names::contains)
                .map(field -> FieldFault.of(field, "belongs in the body, not in the query"))
                .toList();
        throw GatewayException.of(INVALID_REQUEST, "The path has a query; this operation takes no query parameters.")
                .withErrors(
                        faults.isEmpty()
                                ? List.of(new FieldFault("#", "must be all of the request, without a query"))
                                : faults);
    }

    private void readParameter(String parameter) {
        int equals = parameter.indexOf('=');
        String name = decoded(equals < 0 ? parameter : parameter.substring(0, equals));
        String value = equals < 0 ? "" : decoded(parameter.substring(equals + 1));
        if (!isField(name)) {
            unknownFields.add(name);
        } else if (values.put(name, value) != null) {
            throw GatewayException.of(MALFORMED_REQUEST, "The query has the parameter %s twice.".formatted(name));
        }
    }

    /** Decoded strictly: what is not UTF-8 would reach Deepvue as other characters, and distinct values would become the same. */
    private static String decoded(String text) {
        try {
            byte[] bytes = URLDecoder.decode(text, ISO_8859_1).getBytes(ISO_8859_1);
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw GatewayException.of(
                    MALFORMED_REQUEST,
                    "The query is not well-formed: a % without two digits behind it, or bytes that are not UTF-8.");
        }
    }

    private static String text(byte[] utf8) throws CharacterCodingException {
        String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
        return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    }

    private void readDocument(JsonParser json) throws IOException {
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
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (!isField(name)) {
                json.skipChildren();
                unknownFields.add(name);
            } else if (value == JsonToken.VALUE_STRING) {
                values.put(name, json.getText());
            } else if (value != JsonToken.VALUE_NULL) {
                wrongTypes.add(FieldFault.of(name, "must be a string"));
                json.skipChildren();
            }
        }
    }

    private boolean isField(String name) {
        for (Field field : operation.fields()) {
            if (field.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private FieldFault unknown(String field) {
        // A name that is also a value may be a secret in the wrong place.
        boolean showable = SHOWABLE_NAME.matcher(field).matches() && !values.containsValue(field);
        return showable
                ? FieldFault.of(field, "is not a field of this request")
                : new FieldFault("#", "has a member that is not a field of this request");
    }

    private RequestValues validated() {
        if (!wrongTypes.isEmpty()) {
            throw GatewayException.of(MALFORMED_REQUEST, "A value has the wrong JSON type; errors names it.")
                    .withErrors(wrongTypes);
        }
        List<FieldFault> faults = new ArrayList<>();
        operation.fields().forEach(field -> validate(field, values.get(field.name()), faults));
        unknownFields.stream().limit(MOST_FAULTS).map(this::unknown).forEach(faults::add);
        if (!faults.isEmpty()) {
            throw GatewayException.of(
                            INVALID_REQUEST, "The request has faults; errors names each. Nothing was sent upstream.")
                    .withErrors(faults);
        }
        return RequestValues.of(operation, values);
    }

    private static void validate(Field field, String value, List<FieldFault> faults) {
        if (value == null || value.isBlank()) {
            faults.add(FieldFault.of(field.name(), value == null ? "is required" : "must not be blank"));
            return;
        }
        int chars = value.codePointCount(0, value.length());
        if (chars < field.leastChars()) {
            faults.add(
                    FieldFault.of(field.name(), "must be at least %d characters long".formatted(field.leastChars())));
        } else if (chars > field.mostChars()) {
            faults.add(FieldFault.of(field.name(), "must be at most %d characters long".formatted(field.mostChars())));
        } else if (value.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
            faults.add(FieldFault.of(field.name(), "must be valid Unicode text, without half a surrogate pair"));
        } else if (field.syntax() == Syntax.VISIBLE && !value.codePoints().allMatch(RequestReader::isVisible)) {
            faults.add(FieldFault.of(field.name(), "must not have spaces, control characters or invisible ones"));
        }
    }

    /** Not a zero-width space or a byte order mark, either: with one more, a client id would not be found to be another caller's. */
    private static boolean isVisible(int c) {
        return !Character.isWhitespace(c)
                && !Character.isSpaceChar(c)
                && !Character.isISOControl(c)
                && Character.getType(c) != Character.FORMAT;
    }
}
