package io.itrgateway.idempotency;

import io.smallrye.mutiny.Uni;

/** The call that a caller with a key would make. */
@FunctionalInterface
public interface Work {

    /** Makes it, on subscription. */
    Uni<KeptAnswer> begin();

    /**
     * Called, on any thread, when nobody waits for it any more. Unless it has been sent, it must not be sent from now on, and fails as not
     * processed; one that has not begun does so when it begins. One that has been sent goes on to its end.
     */
    default void withdraw() {}
}
