package io.itrgateway.idempotency;

/** How a call with a key was served; each call is counted once. */
enum Served {
    /** It was made. */
    NEW,
    /** It waited for the same call in progress. */
    JOINED,
    /** It was answered with the kept result. */
    REPLAYED,
    /** Its key belongs to another payload. */
    REUSED,
    /** The same call was still in progress when its wait was over. */
    IN_PROGRESS,
    /** It could not wait, or its key could not be claimed. */
    OVERLOADED
}
