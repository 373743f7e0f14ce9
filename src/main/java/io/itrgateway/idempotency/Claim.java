package io.itrgateway.idempotency;

import java.util.function.Function;
import java.util.function.Supplier;

/** What became of the wish to carry out a call. */
public sealed interface Claim {

    <R> R fold(
            Supplier<R> granted,
            Function<Owner, R> running,
            Function<byte[], R> kept,
            Supplier<R> interrupted,
            Supplier<R> mismatch);

    /** Nobody carries it out or has done so: the owner may, and has to keep the answer or free the claim. */
    record Granted() implements Claim {
        @Override
        public <R> R fold(
                Supplier<R> granted,
                Function<Owner, R> running,
                Function<byte[], R> kept,
                Supplier<R> interrupted,
                Supplier<R> mismatch) {
            return granted.get();
        }
    }

    /**
     * Another owner is carrying it out, with the same payload.
     *
     * @param owner the other one, of whom there may be {@link Claims#news}
     */
    record Running(Owner owner) implements Claim {
        @Override
        public <R> R fold(
                Supplier<R> granted,
                Function<Owner, R> running,
                Function<byte[], R> kept,
                Supplier<R> interrupted,
                Supplier<R> mismatch) {
            return running.apply(owner);
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
                Function<Owner, R> running,
                Function<byte[], R> kept,
                Supplier<R> interrupted,
                Supplier<R> mismatch) {
            return kept.apply(closed);
        }

        @Override
        public String toString() {
            return "Kept[" + closed.length + " bytes]";
        }
    }

    /**
     * Another owner began it, with the same payload, and its process ended before it kept an answer or freed the claim; as far as is known
     * now. Whether the call was sent is not known, so that nobody may carry it out.
     */
    record Interrupted() implements Claim {
        @Override
        public <R> R fold(
                Supplier<R> granted,
                Function<Owner, R> running,
                Function<byte[], R> kept,
                Supplier<R> interrupted,
                Supplier<R> mismatch) {
            return interrupted.get();
        }
    }

    /** Another payload is being carried out, or was, under the same name. */
    record Mismatch() implements Claim {
        @Override
        public <R> R fold(
                Supplier<R> granted,
                Function<Owner, R> running,
                Function<byte[], R> kept,
                Supplier<R> interrupted,
                Supplier<R> mismatch) {
            return mismatch.get();
        }
    }
}
