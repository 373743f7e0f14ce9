package io.itrgateway.problem;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One fault of one field of the request.
 *
 * @param pointer where, as a JSON Pointer in a URI fragment: {@code #/password}; {@code #} for the whole body
 * @param detail what is wrong, for the caller; never contains the field's value
 */
public record FieldFault(String pointer, String detail) {

    /** A fault of the top-level field of that name. */
    public static FieldFault of(String field, String detail) {
        return at(List.of(field), detail);
    }

    /** A fault of what is reached by those names, one inside the other; of the whole body if there are none. */
    public static FieldFault at(List<String> path, String detail) {
        return new FieldFault(
                path.stream().map(name -> "/" + escaped(name)).collect(Collectors.joining("", "#", "")), detail);
    }

    private static String escaped(String field) {
        return field.replace("~", "~0").replace("/", "~1");
    }
}
