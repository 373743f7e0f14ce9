package io.itrgateway.binding;

/** What is known of a client id and a caller. */
public enum Ownership {
    /** The caller has registered it; others may have, too. */
    OWN,
    /** Only other callers have registered it. */
    ANOTHERS,
    /** Nothing: it was registered before bindings were recorded, elsewhere, too long ago, or never. */
    UNKNOWN,
    /** Nothing here, and the shared store could not be asked in time. */
    UNAVAILABLE
}
