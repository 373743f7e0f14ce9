package io.itrgateway.redis;

import io.itrgateway.idempotency.ClaimName;
import io.itrgateway.idempotency.Fingerprint;
import io.itrgateway.idempotency.Owner;
import java.util.Optional;
import java.util.function.Function;

/** What this process says in Redis about a call of its own. Each owner makes one at a time. */
sealed interface Promise {

    ClaimName name();

    Owner owner();

    <R> R fold(Function<Running, R> running, Function<Kept, R> kept, Function<Freed, R> freed);

    /** It is carrying the call out. */
    record Running(ClaimName name, Fingerprint fingerprint, Owner owner) implements Promise {
        @Override
        public <R> R fold(Function<Running, R> running, Function<Kept, R> kept, Function<Freed, R> freed) {
            return running.apply(this);
        }
    }

    /** It has carried it out, and this is the answer, for good. */
    record Kept(ClaimName name, Fingerprint fingerprint, Owner owner, byte[] closed) implements Promise {
        @Override
        public <R> R fold(Function<Running, R> running, Function<Kept, R> kept, Function<Freed, R> freed) {
            return kept.apply(this);
        }

        @Override
        public String toString() {
            return "Kept[" + closed.length + " bytes]";
        }
    }

    /** It has no claim any more; this is how the call ended, if it was begun. */
    record Freed(ClaimName name, Owner owner, Optional<byte[]> closed) implements Promise {
        @Override
        public <R> R fold(Function<Running, R> running, Function<Kept, R> kept, Function<Freed, R> freed) {
            return freed.apply(this);
        }
    }
}
