package io.itrgateway.operation;

import java.util.List;
import java.util.Optional;

/**
 * A member of an answer, as far as it is known. Answers are passed on as they come: a member may be missing or null, and others may be added.
 *
 * @param name as Deepvue has it
 * @param kind what its value is
 * @param description for people, one sentence or two
 * @param example a value, of a kind other than {@link Kind#LIST}; null where none is shown
 * @param items of a {@link Kind#LIST} what its elements are; else null
 */
public record Member(String name, Kind kind, String description, Object example, Shape items) {

    /** What a value is. */
    public enum Kind {
        /** Text by its nature, such as a name or a link. */
        TEXT,
        /** Anything: what Deepvue writes as text here and as a number or an object there. */
        ANY,
        /** A list of objects; an empty one is a normal answer. */
        LIST
    }

    static Member text(String name, String description, String example) {
        return new Member(name, Kind.TEXT, description, example, null);
    }

    static Member any(String name, String description, Object example) {
        return new Member(name, Kind.ANY, description, example, null);
    }

    static Member list(String name, String description, Shape items) {
        return new Member(name, Kind.LIST, description, null, items);
    }

    Optional<Object> exampleValue() {
        return kind == Kind.LIST ? Optional.of(List.of(items.example())) : Optional.ofNullable(example);
    }
}
