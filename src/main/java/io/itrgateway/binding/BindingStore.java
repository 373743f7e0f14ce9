package io.itrgateway.binding;

import io.smallrye.mutiny.Uni;
import java.time.Duration;

/**
 * Port: which caller has registered which client id, for all threads and processes that share the store.
 *
 * <p>Nothing happens before subscription. No {@code Uni} fails, and each ends within a fraction of a second, on the Vert.x context on which
 * it was subscribed to.
 */
public interface BindingStore {

    /** How long a binding holds, from the last time that it was {@linkplain #bind recorded}. */
    Duration LIFE = Duration.ofDays(7);

    /** Callers that may have registered the same client id; with one more, the one that did so first is forgotten. */
    int MAX_OWNERS = 16;

    /**
     * Records a binding, beside those of other callers to the same client id: Deepvue may return one id for two registrations of a
     * taxpayer. A store that is shared may do so later; {@link #find} on the same instance finds it at once.
     */
    Uni<Void> bind(Binding binding);

    /** What is known of that client id and that caller. */
    Uni<Ownership> find(Binding binding);

    /** Bindings that other processes would not know of if this one ended now. */
    default int unstored() {
        return 0;
    }
}
