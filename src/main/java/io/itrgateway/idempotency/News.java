package io.itrgateway.idempotency;

import java.util.function.Function;
import java.util.function.Supplier;

/** What is known of a call that another owner carries out. */
public sealed interface News {

    <R> R fold(Supplier<R> running, Function<byte[], R> ended, Supplier<R> freed, Supplier<R> interrupted);

    /** It has not ended yet. */
    record Running() implements News {
        @Override
        public <R> R fold(Supplier<R> running, Function<byte[], R> ended, Supplier<R> freed, Supplier<R> interrupted) {
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
        public <R> R fold(Supplier<R> running, Function<byte[], R> ended, Supplier<R> freed, Supplier<R> interrupted) {
            return ended.apply(closed);
        }

        @Override
        public String toString() {
            return "Ended[" + closed.length + " bytes]";
        }
    }

    /** Its owner has freed the claim; how the call ended was not said, or not lately. */
    record Freed() implements News {
        @Override
        public <R> R fold(Supplier<R> running, Function<byte[], R> ended, Supplier<R> freed, Supplier<R> interrupted) {
            return freed.get();
        }
    }

    /** Its owner has gone without an end, or nothing is known of it any more: the call may have been sent. */
    record Interrupted() implements News {
        @Override
        public <R> R fold(Supplier<R> running, Function<byte[], R> ended, Supplier<R> freed, Supplier<R> interrupted) {
            return interrupted.get();
        }
    }
}
