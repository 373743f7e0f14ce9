package io.itrgateway.binding;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.itrgateway.secret.Secret;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads the client id out of Deepvue's answer to create-client, which documents no name for it. */
final class ClientIds {

    private static final Set<String> MEMBERS = Set.of("itr_client_id", "client_id");
    private static final int MOST_IDS = 4;

    /** Names of members may be data, as many as there are: to intern each would take seconds for a long answer. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private ClientIds() {}

    /** @param envelope JSON; of a document that is none, what stands before its fault */
    static List<Secret> of(byte[] envelope) {
        List<Secret> ids = new ArrayList<>();
        try (JsonParser json = JSON.createParser(envelope)) {
            if (json.nextToken() == JsonToken.START_OBJECT) {
                readMembers(json, ids);
            }
        } catch (IOException e) {
            // The answer was checked when it came, and this one's message would quote it.
        }
        return ids;
    }

    private static void readMembers(JsonParser json, List<Secret> ids) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean isData = json.currentName().equals("data");
            if (json.nextToken() == JsonToken.START_OBJECT && isData) {
                readData(json, ids);
            } else {
                json.skipChildren();
            }
        }
    }

    private static void readData(JsonParser json, List<Secret> ids) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean isId = MEMBERS.contains(json.currentName());
            JsonToken value = json.nextToken();
            boolean isText = value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NUMBER_INT;
            if (isId && isText && ids.size() < MOST_IDS) {
                ids.add(Secret.of(json.getText()));
            }
            json.skipChildren();
        }
    }
}
