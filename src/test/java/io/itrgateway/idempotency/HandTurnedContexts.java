package io.itrgateway.idempotency;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Places whose turn comes when the test says so, and alarms that ring when it says so. Who is in no place is answered at once.
 */
final class HandTurnedContexts implements Contexts {

    private final ThreadLocal<Place> current = new ThreadLocal<>();
    private final List<Alarm> alarms = new ArrayList<>();

    private record Alarm(Duration after, Runnable task) {}

    /** One caller's place. */
    final class Place {

        private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
        private boolean closed;

        void does(Runnable task) {
            Place before = current.get();
            current.set(this);
            try {
                task.run();
            } finally {
                current.set(before);
            }
        }

        /** Does what was left for it. */
        void turns() {
            for (var task = waiting.poll(); task != null; task = waiting.poll()) {
                does(task);
            }
        }

        /** From now on it takes nothing, like an event loop that is shut down. */
        void closes() {
            closed = true;
        }

        private void run(Runnable task) {
            if (current.get() == this) {
                task.run();
            } else if (closed) {
                throw new RejectedExecutionException("closed");
            } else {
                waiting.add(task);
            }
        }
    }

    Place place() {
        return new Place();
    }

    /** Where it is called, or null. */
    Place here() {
        return current.get();
    }

    @Override
    public Executor current() {
        Place here = current.get();
        return here == null ? Runnable::run : here::run;
    }

    @Override
    public synchronized Runnable after(Duration time, Runnable task) {
        var alarm = new Alarm(time, task);
        alarms.add(alarm);
        return () -> callOff(alarm);
    }

    private synchronized void callOff(Alarm alarm) {
        alarms.removeIf(each -> each == alarm);
    }

    /** Rings those that are set to that time or less. */
    void pass(Duration time) {
        List<Alarm> due;
        synchronized (this) {
            due = alarms.stream()
                    .filter(alarm -> alarm.after().compareTo(time) <= 0)
                    .toList();
            alarms.removeAll(due);
        }
        due.forEach(alarm -> alarm.task().run());
    }

    synchronized int alarms() {
        return alarms.size();
    }
}
