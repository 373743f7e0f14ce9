package io.itrgateway.call;

import io.smallrye.mutiny.Uni;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * What one request takes of a memory that all share: from its first byte until the last of those who work with it has ended.
 *
 * <p>A caller may leave while its call goes on, and a call may wait for a turn while nothing is sent; so each of them holds it by itself.
 */
public final class MemoryReservation {

    /** The memory for all of them. */
    public static final class Memory {

        private final long limitBytes;
        private final AtomicLong heldBytes = new AtomicLong();

        public Memory(long limitBytes) {
            this.limitBytes = limitBytes;
        }

        /** For a request that comes, which holds nothing yet. */
        public MemoryReservation open() {
            return new MemoryReservation(this);
        }

        /** What is held now. */
        public long heldBytes() {
            return heldBytes.get();
        }

        private boolean take(int bytes) {
            if (heldBytes.addAndGet(bytes) <= limitBytes) {
                return true;
            }
            heldBytes.addAndGet(-bytes);
            return false;
        }
    }

    private final Memory memory;
    private long bytes;
    private int holders;

    private MemoryReservation(Memory memory) {
        this.memory = memory;
    }

    /** Reserves more memory for the current holders. @return false if the limit is reached or there are no holders left */
    public synchronized boolean take(int more) {
        if (holders == 0 || !memory.take(more)) {
            return false;
        }
        bytes += more;
        return true;
    }

    /** Runs the work, and holds the memory from its subscription until it ends or is cancelled. */
    public <T> Uni<T> during(Supplier<Uni<T>> work) {
        return Uni.createFrom().deferred(() -> {
            hold();
            try {
                return work.get().onTermination().invoke(this::release);
            } catch (RuntimeException e) {
                release();
                throw e;
            }
        });
    }

    private synchronized void hold() {
        holders++;
        if (holders == 1) {
            memory.heldBytes.addAndGet(bytes); // of one that begins late: it exists, whether or not there is room
        }
    }

    private synchronized void release() {
        holders--;
        if (holders == 0) {
            memory.heldBytes.addAndGet(-bytes);
        }
    }
}
