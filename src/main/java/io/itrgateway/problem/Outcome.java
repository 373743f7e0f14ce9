package io.itrgateway.problem;

/** What became of what a failed call asked for. */
public enum Outcome {
    /** The upstream never acted on it; a repeat cannot register twice. */
    NOT_PROCESSED(
            "not_processed",
            "The upstream never acted on the call: nothing was done, and a repeat cannot register twice."),
    /** The upstream looked at it and refused; the same call would be refused again. */
    REJECTED("rejected", "The upstream looked at the call and refused it. The same call would be refused again."),
    /** It was sent, or may have been, and its end is not known; what a repeat does depends on the {@link Effect}. */
    UNKNOWN(
            "unknown",
            "The call was sent, or may have been, and it is not known whether it was carried out. A registration may have been made: look"
                    + " before you repeat it, unless with the same Idempotency-Key. Fetches and reads may be repeated.");

    private final String wireName;
    private final String meaning;

    Outcome(String wireName, String meaning) {
        this.wireName = wireName;
        this.meaning = meaning;
    }

    /** The value of {@code outcome} in a problem. */
    public String wireName() {
        return wireName;
    }

    /** One sentence for people. */
    public String meaning() {
        return meaning;
    }
}
