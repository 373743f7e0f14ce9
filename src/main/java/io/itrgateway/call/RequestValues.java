package io.itrgateway.call;

import io.itrgateway.operation.Field;
import io.itrgateway.operation.Operation;
import io.itrgateway.secret.Secret;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The valid values of a request, one for each field of its operation. All of them are secrets: they are about a person. */
public final class RequestValues {

    private final Map<String, Secret> byName;

    private RequestValues(Map<String, Secret> byName) {
        this.byName = byName;
    }

    /** @param values by the name of the field; one for each field of the operation */
    public static RequestValues of(Operation operation, Map<String, String> values) {
        Map<String, Secret> byName = new LinkedHashMap<>();
        for (Field field : operation.fields()) {
            byName.put(field.name(), Secret.of(values.get(field.name())));
        }
        return new RequestValues(byName);
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

    @Override
    public boolean equals(Object other) {
        return other instanceof RequestValues that && byName.equals(that.byName);
    }

    @Override
    public int hashCode() {
        return byName.hashCode();
    }

    /** The names, and {@value Secret#SHOWN} for each value. */
    @Override
    public String toString() {
        return byName.toString();
    }
}
