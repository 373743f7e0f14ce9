package io.itrgateway.call;

import io.itrgateway.fairness.CallerShares;
import io.itrgateway.fairness.Once;
import io.smallrye.mutiny.Uni;
import java.util.function.Supplier;

/**
 * What one request takes of a memory that all callers share: from its first byte until the last of those who work with it has ended.
 *
 * <p>A caller may leave while its call goes on, and a call may wait for a turn while nothing is sent; so each of them holds it by itself.
 */
public final class MemoryReservation {

    /** The memory for all of them. */
    public static final class Memory {

        private final CallerShares shares;

        public Memory(long limitBytes) {
            this.shares = new CallerShares(limitBytes);
        }

        /** For a request of that caller that comes, which holds nothing yet. */
        public MemoryReservation open(String caller) {
            return new MemoryReservation(this, caller);
        }

        /** What is held now. */
        public long heldBytes() {
            return shares.taken();
        }
    }

    private final Memory memory;
    private final String caller;
    private long bytes;
    private int holders;

    private MemoryReservation(Memory memory, String caller) {
        this.memory = memory;
        this.caller = caller;
    }

    /**
     * Reserves more memory for the current holders. The only request of a caller may take all that is left, since a body is reserved in parts.
     *
     * @return false if the limit is reached or there are no holders left
     */
    public synchronized boolean take(int more) {
        if (holders == 0 || !memory.shares.takeMore(caller, bytes, more)) {
            return false;
        }
        bytes += more;
        return true;
    }

    /** Runs the work, and holds the memory from its subscription until it ends or is cancelled. */
    public <T> Uni<T> during(Supplier<Uni<T>> work) {
        return Uni.createFrom().deferred(() -> {
            hold();
            var release = new Once(this::release);
            try {
                return work.get().onTermination().invoke(release);
            } catch (RuntimeException e) {
                release.run();
                throw e;
            }
        });
    }

    private synchronized void hold() {
        holders++;
        if (holders == 1) {
            memory.shares.takeAnyway(caller, bytes); // of one that begins late: it exists, whether or not there is room
        }
    }

    private synchronized void release() {
        holders--;
        if (holders == 0) {
            memory.shares.giveBack(caller, bytes);
        }
    }
}
