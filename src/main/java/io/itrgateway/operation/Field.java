package io.itrgateway.operation;

/**
 * A field of a request: a member of the JSON body of a POST, a query parameter of a GET.
 *
 * @param name as Deepvue has it
 * @param syntax what its value may consist of
 * @param leastChars shortest value, in code points
 * @param mostChars longest value, in code points
 * @param description for people, one sentence or two
 * @param example a value that the sandbox accepts
 */
public record Field(String name, Syntax syntax, int leastChars, int mostChars, String description, String example) {

    /** What a value may consist of. */
    public enum Syntax {
        /** Any text that is not blank. */
        TEXT,
        /** The same, not shown while it is typed. */
        PASSWORD,
        /** No spaces, no control characters and no invisible ones; what it means is Deepvue's. */
        VISIBLE
    }

    /** An identifier of Deepvue's: 1 to 128 visible characters, otherwise opaque, since formats drift. */
    static Field id(String name, String description, String example) {
        return new Field(name, Syntax.VISIBLE, 1, 128, description, example);
    }
}
