package io.itrgateway.transport;

import io.itrgateway.fairness.CallerShares;
import io.itrgateway.fairness.EventLoopWork;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The memory for the bodies of long answers, in bytes, shared by all callers. Short ones
 * ({@link EventLoopWork#LONGEST_BYTES}) are not counted: there are no more of them
 * than calls in flight, and none of them waits, whatever other callers hold.
 *
 * <p>An answer that arrives takes what it needs before more of it is read, and waits if its caller's share has no more. All answers that hold memory
 * could then wait for each other, so one of them at a time may exceed the limit. It ends, since it does not wait, and releases all that it
 * holds. It may do so only while its caller has no more bodies that are being stored or sent than is left: these end when they are stored, and
 * when the caller has read them or is cut off, and one that does not read would otherwise collect them. So the memory held by arriving answers never exceeds the limit by more than
 * one answer needs: its own bytes, and as many decoded ones.
 *
 * <p>A body that is being stored or sent counts once, however many requests it answers, and without waiting: it exists already.
 */
@Singleton
public class AnswerMemory {

    private final CallerShares shares;
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final Map<byte[], Sending> sending = new IdentityHashMap<>();
    private Lease beyondTheLimit;

    private record Sending(String caller, int times) {}

    private record Waiting(Lease lease, int bytes, Runnable granted) {}

    @Inject
    AnswerMemory(GuardSettings settings, MeterRegistry meters) {
        this(settings.maxAnswerBytes());
        Gauge.builder("gateway.answer.bytes", shares, CallerShares::taken)
                .baseUnit("bytes")
                .description(
                        "Memory held by the bodies of long answers while they arrive, are stored for an Idempotency-Key and are sent to callers")
                .strongReference(true)
                .register(meters);
    }

    public AnswerMemory(long limitBytes) {
        this.shares = new CallerShares(limitBytes);
    }

    /** Whether a caller holds as much as is left, so that no further call of it should be sent. */
    public boolean isFull(String caller) {
        long held = shares.heldBy(caller);
        return held > 0 && held >= shares.left();
    }

    /** Counts a long body of that caller while it is read, stored or sent; to be undone by {@link #release}. */
    public synchronized void hold(String caller, byte[] body) {
        Sending before = sending.get(body);
        sending.put(body, new Sending(caller, before == null ? 1 : before.times + 1));
        if (before == null) {
            shares.takeAnyway(caller, body.length);
        }
    }

    /** Undoes one {@link #hold}. */
    public void release(byte[] body) {
        synchronized (this) {
            Sending before = sending.remove(body);
            if (before.times > 1) {
                sending.put(body, new Sending(before.caller, before.times - 1));
                return;
            }
            shares.giveBack(before.caller, body.length);
        }
        grant();
    }

    /** What one answer to that caller holds; nothing at first. */
    Lease lease(String caller) {
        return new Lease(caller);
    }

    private void grant() {
        Waiting next;
        while ((next = nextGranted()) != null) {
            next.granted.run();
        }
    }

    /** In the order of arrival, but one that has to wait holds up only those of its own caller. */
    private synchronized Waiting nextGranted() {
        Set<String> heldUp = new HashSet<>();
        for (Waiting request : waiting) {
            String caller = request.lease.caller;
            if (!heldUp.contains(caller) && request.lease.take(request.bytes)) {
                waiting.remove(request);
                return request;
            }
            heldUp.add(caller);
        }
        return null;
    }

    private long sentTo(String caller) {
        return sending.entrySet().stream()
                .filter(body -> body.getValue().caller.equals(caller))
                .mapToLong(body -> body.getKey().length)
                .sum();
    }

    /** Used by one answer; its state belongs to the lock of the memory. */
    final class Lease {
        private final String caller;
        private int bytes;
        private boolean hasWaited;
        private boolean closed;

        private Lease(String caller) {
            this.caller = caller;
        }

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
                boolean isFirst = beyondTheLimit == this
                        || waiting.stream().noneMatch(request -> request.lease.caller.equals(caller));
                if (isFirst && take(more)) {
                    return true;
                }
                waiting.add(new Waiting(this, more, granted));
                hasWaited = true;
                return false;
            }
        }

        /** Whether something was not there when it was asked for. */
        boolean hasWaited() {
            synchronized (AnswerMemory.this) {
                return hasWaited;
            }
        }

        /** Whether something that was asked for is not there yet. */
        boolean isWaiting() {
            synchronized (AnswerMemory.this) {
                return waiting.stream().anyMatch(request -> request.lease == this);
            }
        }

        /** Gives back everything, for good. */
        void close() {
            synchronized (AnswerMemory.this) {
                if (closed) {
                    return;
                }
                closed = true;
                shares.giveBack(caller, bytes);
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
            if (!shares.take(caller, more)) {
                if (beyondTheLimit != this && (beyondTheLimit != null || sentTo(caller) > shares.left())) {
                    return false;
                }
                beyondTheLimit = this;
                shares.takeAnyway(caller, more);
            }
            bytes += more;
            return true;
        }
    }
}
