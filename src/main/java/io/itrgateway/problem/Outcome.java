package io.itrgateway.problem;

/** What became of the registration that a failed call asked for. */
public enum Outcome {
    /** The upstream never acted on it; a retry cannot register twice. */
    NOT_PROCESSED(
            "not_processed",
            "The upstream never acted on the call: nothing was registered, and a repeat cannot register twice."),
    /** The upstream looked at it and refused; the same call would be refused again. */
    REJECTED("rejected", "The upstream looked at the call and refused it. The same call would be refused again."),
    /** It was sent and its answer was lost; a retry may register twice. */
    UNKNOWN("unknown", "The call was sent and its answer was lost. Look before you retry: it may have registered.");

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
