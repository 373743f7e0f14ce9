package io.itrgateway.idempotency;

import io.smallrye.mutiny.Uni;

/** The call that a caller with a key would make. */
@FunctionalInterface
public interface Work {

    /** Makes it, on subscription. */
    Uni<KeptAnswer> begin();

    /**
     * Called, on any thread, when no caller is left. A call that has not been sent must not be sent after this, and fails as not processed; if
     * it has not begun, it fails when it begins. A call that has been sent runs to its end.
     */
    default void withdraw() {}

    /**
     * Called on the first caller's context when the result has been stored, or storing has failed, and that caller has it, if it still waits. Called again
     * if the call has to be started again.
     */
    default void finish() {}
}
