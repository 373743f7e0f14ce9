package io.itrgateway.idempotency;

import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/** What became of the wish to carry out a call. */
public sealed interface Claim {

    <R> R fold(
            Supplier<R> granted,
            BiFunction<Owner, Duration, R> running,
            Function<byte[], R> kept,
            Supplier<R> mismatch);

    /** Nobody carries it out or has done so: the owner may, and has to keep the answer or free the claim. */
    record Granted() implements Claim {
        @Override
        public <R> R fold(
                Supplier<R> granted,
                BiFunction<Owner, Duration, R> running,
                Function<byte[], R> kept,
                Supplier<R> mismatch) {
            return granted.get();
        }
    }

    /**
     * Another owner is carrying it out, with the same payload.
     *
     * @param owner the other one, of whom there may be {@link Claims#news}
     * @param longest after that time that claim has lapsed, if nothing was heard of its owner
     */
    record Running(Owner owner, Duration longest) implements Claim {
        @Override
        public <R> R fold(
                Supplier<R> granted,
                BiFunction<Owner, Duration, R> running,
                Function<byte[], R> kept,
                Supplier<R> mismatch) {
            return running.apply(owner, longest);
        }
    }

    /**
     * It was carried out, with the same payload.
     *
     * @param closed the answer as it was given to {@link Claims#keep}
     */
    record Kept(byte[] closed) implements Claim {
        @Override
        public <R> R fold(
                Supplier<R> granted,
                BiFunction<Owner, Duration, R> running,
                Function<byte[], R> kept,
                Supplier<R> mismatch) {
            return kept.apply(closed);
        }

        @Override
        public String toString() {
            return "Kept[" + closed.length + " bytes]";
        }
    }

    /** Another payload is being carried out, or was, under the same name. */
    record Mismatch() implements Claim {
        @Override
        public <R> R fold(
                Supplier<R> granted,
                BiFunction<Owner, Duration, R> running,
                Function<byte[], R> kept,
                Supplier<R> mismatch) {
            return mismatch.get();
        }
    }
}
