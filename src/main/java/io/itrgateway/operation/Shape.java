package io.itrgateway.operation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An object in an answer, as far as it is known.
 *
 * @param name of its schema in the OpenAPI document
 * @param description for people, one sentence or two
 * @param members none of which is certain to be there
 */
public record Shape(String name, String description, List<Member> members) {

    public Shape {
        members = List.copyOf(members);
    }

    /** One object of this shape, with every member that has an example. */
    public Map<String, Object> example() {
        Map<String, Object> values = new LinkedHashMap<>();
        members.forEach(member -> member.exampleValue().ifPresent(value -> values.put(member.name(), value)));
        return Collections.unmodifiableMap(values);
    }
}
