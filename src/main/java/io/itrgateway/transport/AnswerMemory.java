package io.itrgateway.transport;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * The memory for the bodies of answers, in bytes, of all calls together.
 *
 * <p>An answer that arrives takes what it needs before more of it is read, and waits if nothing is left. All answers that hold memory could then
 * wait for each other, so one of them at a time may exceed the limit. It ends, since it does not wait, and releases all that it
 * holds. So there are never more bytes than the limit and what one answer needs: its own bytes, and as many decoded ones.
 *
 * <p>A body that is being sent to callers counts once, however many they are, and without waiting: it exists already.
 */
@Singleton
public class AnswerMemory {

    @Inject
    MeterRegistry meters;

    private final long limitBytes;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final Map<byte[], Integer> sending = new IdentityHashMap<>();
    private Gauge gauge;
    private Lease beyondTheLimit;

    /** Changed under the lock. */
    private volatile long heldBytes;

    private record Waiting(Lease lease, int bytes, Runnable granted) {}

    @Inject
    AnswerMemory(GuardSettings settings) {
        this(settings.maxAnswerBytes());
    }

    public AnswerMemory(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    @PostConstruct
    void addGauge() {
        gauge = Gauge.builder("gateway.answer.bytes", this, AnswerMemory::heldBytes)
                .baseUnit("bytes")
                .description(
                        "Bodies of Deepvue's answers in memory, while they arrive and while they are sent to callers")
                .strongReference(true)
                .register(meters);
    }

    /** The registry outlives the application in tests and live reload. */
    @PreDestroy
    void removeGauge() {
        meters.remove(gauge);
    }

    /** Whether as much is held as may be, so that no further call should be sent. */
    public boolean isFull() {
        return heldBytes >= limitBytes;
    }

    /** Counts a body while it is sent to a caller; to be undone by {@link #release}. */
    public synchronized void hold(byte[] body) {
        if (sending.merge(body, 1, Integer::sum) == 1) {
            heldBytes += body.length;
        }
    }

    /** Undoes one {@link #hold}. */
    public void release(byte[] body) {
        synchronized (this) {
            if (sending.computeIfPresent(body, (same, times) -> times == 1 ? null : times - 1) != null) {
                return;
            }
            heldBytes -= body.length;
        }
        grant();
    }

    /** What one answer holds; nothing at first. */
    Lease lease() {
        return new Lease();
    }

    private long heldBytes() {
        return heldBytes;
    }

    private void grant() {
        Waiting next;
        while ((next = nextGranted()) != null) {
            next.granted.run();
        }
    }

    private synchronized Waiting nextGranted() {
        Waiting first = waiting.peek();
        return first != null && first.lease.take(first.bytes) ? waiting.poll() : null;
    }

    /** Used by one answer; its state belongs to the lock of the memory. */
    final class Lease {
        private int bytes;
        private boolean closed;

        private Lease() {}

        /**
         * Takes so many bytes more. To be called again only when this has been granted.
         *
         * @param granted runs when they are there, on any thread, if they are not there now; never after {@link #close}
         * @return whether they are there now
         */
        boolean acquire(int more, Runnable granted) {
            synchronized (AnswerMemory.this) {
                if (closed) {
                    return false;
                }
                boolean isFirst = waiting.isEmpty() || beyondTheLimit == this;
                if (isFirst && take(more)) {
                    return true;
                }
                waiting.add(new Waiting(this, more, granted));
                return false;
            }
        }

        /** Gives back all but so many bytes. */
        void shrinkTo(int left) {
            synchronized (AnswerMemory.this) {
                if (closed) {
                    return;
                }
                heldBytes -= bytes - left;
                bytes = left;
            }
            grant();
        }

        /** Gives back everything, for good. */
        void close() {
            synchronized (AnswerMemory.this) {
                if (closed) {
                    return;
                }
                closed = true;
                heldBytes -= bytes;
                if (beyondTheLimit == this) {
                    beyondTheLimit = null;
                }
                waiting.removeIf(request -> request.lease == this);
                if (waiting.isEmpty()) {
                    return;
                }
            }
            grant();
        }

        private boolean take(int more) {
            if (heldBytes + more > limitBytes) {
                if (beyondTheLimit != null && beyondTheLimit != this) {
                    return false;
                }
                beyondTheLimit = this;
            }
            heldBytes += more;
            bytes += more;
            return true;
        }
    }
}
