package io.itrgateway.idempotency;

/** How a call with a key was served; each is counted once. */
enum Result {
    /** It was carried out. */
    NEW,
    /** It waited for one that ran. */
    JOINED,
    /** It got what was kept. */
    REPLAYED,
    /** The key belongs to another payload. */
    REUSED,
    /** The one that runs was not waited for, or not to its end. */
    IN_PROGRESS,
    /** It could not wait, or not be claimed. */
    OVERLOADED
}
