package io.itrgateway.problem;

/**
 * One fault of one field of the request.
 *
 * @param pointer where, as a JSON Pointer in a URI fragment: {@code #/password}; {@code #} for the whole body
 * @param detail what is wrong, for the caller; never contains the field's value
 */
public record FieldFault(String pointer, String detail) {

    /** A fault of the top-level field of that name. */
    public static FieldFault of(String field, String detail) {
        return new FieldFault("#/" + escaped(field), detail);
    }

    private static String escaped(String field) {
        return field.replace("~", "~0").replace("/", "~1");
    }
}
