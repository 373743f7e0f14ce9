package io.itrgateway.idempotency;

import java.util.function.Function;
import java.util.function.Supplier;

/** What is known of a call that another owner carries out. */
public sealed interface News {

    <R> R fold(Supplier<R> running, Function<byte[], R> ended, Supplier<R> gone);

    /** It has not ended yet. */
    record Running() implements News {
        @Override
        public <R> R fold(Supplier<R> running, Function<byte[], R> ended, Supplier<R> gone) {
            return running.get();
        }
    }

    /**
     * It has ended.
     *
     * @param closed its ending as it was given to {@link Claims#keep} or {@link Claims#free}
     */
    record Ended(byte[] closed) implements News {
        @Override
        public <R> R fold(Supplier<R> running, Function<byte[], R> ended, Supplier<R> gone) {
            return ended.apply(closed);
        }

        @Override
        public String toString() {
            return "Ended[" + closed.length + " bytes]";
        }
    }

    /** Its owner does not hold the claim, and its ending is not known, or not any more. */
    record Gone() implements News {
        @Override
        public <R> R fold(Supplier<R> running, Function<byte[], R> ended, Supplier<R> gone) {
            return gone.get();
        }
    }
}
