package io.itrgateway.problem;

import java.util.Locale;

/** What a caller does about a problem; the pages group problems by it, in this order. */
enum Remedy {
    REPEAT(
            "Repeat the request",
            "The same request may succeed later, and a repeat does no harm. If the answer has a Retry-After, wait for that time."),
    LOOK(
            "Look first",
            "The registration may have been made. Find out before a repeat without the same Idempotency-Key, which may register twice."),
    ASK(
            "Ask the operator",
            "Nothing was registered. A key, a grant or the account of this service has to change first."),
    FIX("Fix the request", "The same request, unchanged, is refused again.");

    private final String title;
    private final String meaning;

    Remedy(String title, String meaning) {
        this.title = title;
        this.meaning = meaning;
    }

    /** Its name in the OpenAPI document. */
    String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    String title() {
        return title;
    }

    /** One or two sentences for people. */
    String meaning() {
        return meaning;
    }
}
