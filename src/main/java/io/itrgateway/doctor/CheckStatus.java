package io.itrgateway.doctor;

import java.util.Locale;

/** What a check comes to. Only {@link #FAILED} makes a deployment unhealthy. */
enum CheckStatus {
    OK,
    /** It works, but an operator should look at it. */
    WARNING,
    FAILED,
    /** What it needs is not there; its detail says what. */
    SKIPPED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
