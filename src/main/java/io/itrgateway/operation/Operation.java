package io.itrgateway.operation;

import io.itrgateway.problem.Effect;
import java.util.List;

/**
 * An operation of Deepvue's as this service offers it: the same path, the same fields.
 *
 * @param name the public name, as metrics, logs and Idempotency-Keys have it; a closed list
 * @param method of HTTP, here and at Deepvue; in the catalogue GET or POST: with POST the fields are members of a JSON object, with GET query parameters
 * @param path here and at Deepvue
 * @param effect what it does there
 * @param fields all of them required, the one that says whom the call is about first; no others are accepted. Of a relayed operation none
 * @param summary one line for people
 * @param description some sentences for people
 * @param data what is known of the member {@code data} of a success
 */
public record Operation(
        String name,
        Method method,
        String path,
        Effect effect,
        List<Field> fields,
        String summary,
        String description,
        Shape data) {

    /** The methods that operations have. */
    public enum Method {
        GET,
        POST,
        PUT,
        PATCH,
        DELETE
    }

    /** The name of every operation that is relayed, in metrics, logs and traces. */
    public static final String RELAY = "relay";

    public Operation {
        fields = List.copyOf(fields);
    }

    /**
     * An operation that the operator has listed, whose fields and answers are not described.
     *
     * @param path a pattern, in which {@code *} stands for one segment
     */
    static Operation relayed(Method method, String path, Effect effect) {
        return new Operation(RELAY, method, path, effect, List.of(), "", "", AnswerData.UNKNOWN);
    }

    public boolean isRelayed() {
        return name.equals(RELAY);
    }

    /** Whether it is about a client id, which belongs to the caller that registered it. */
    public boolean isAboutAClient() {
        for (Field field : fields) {
            if (field.name().equals(Operations.CLIENT_ID.name())) {
                return true;
            }
        }
        return false;
    }
}
