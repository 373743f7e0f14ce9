package io.itrgateway.call;

import io.itrgateway.operation.Field;
import io.itrgateway.operation.Operation;
import io.itrgateway.secret.Secret;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The valid values of a request, one for each field of its operation. All of them are secrets: they are about a person. Of a relayed
 * operation there are none, but the request as it came.
 */
public final class RequestValues {

    private final Map<String, Secret> byName;
    private final Optional<RelayedRequest> relayed;

    private RequestValues(Map<String, Secret> byName, Optional<RelayedRequest> relayed) {
        this.byName = byName;
        this.relayed = relayed;
    }

    public static RequestValues of(RelayedRequest relayed) {
        return new RequestValues(Map.of(), Optional.of(relayed));
    }

    /** @param values by the name of the field; one for each field of the operation */
    public static RequestValues of(Operation operation, Map<String, String> values) {
        Map<String, Secret> byName = new LinkedHashMap<>();
        for (Field field : operation.fields()) {
            byName.put(field.name(), Secret.of(values.get(field.name())));
        }
        return new RequestValues(byName, Optional.empty());
    }

    public Secret get(String name) {
        return byName.get(name);
    }

    /** By name, in the order of the catalogue. */
    public Map<String, Secret> byName() {
        return byName;
    }

    /** In the order of the catalogue, as a new list. */
    public List<Secret> secrets() {
        return new ArrayList<>(byName.values());
    }

    /** The request of a relayed operation; empty for one of the catalogue. */
    public Optional<RelayedRequest> relayed() {
        return relayed;
    }

    /** The person whom the call is about; empty for a relayed operation. */
    public Optional<Secret> subject() {
        return byName.isEmpty()
                ? Optional.empty()
                : Optional.of(byName.values().iterator().next());
    }

    /** All that tells one call of the operation from another, in a fixed order. */
    public List<Secret> payload() {
        return relayed.map(RelayedRequest::payload).orElseGet(this::secrets);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RequestValues that && byName.equals(that.byName) && relayed.equals(that.relayed);
    }

    @Override
    public int hashCode() {
        return 31 * byName.hashCode() + relayed.hashCode();
    }

    /** The names, and {@value Secret#SHOWN} for each value. */
    @Override
    public String toString() {
        return byName.toString();
    }
}
