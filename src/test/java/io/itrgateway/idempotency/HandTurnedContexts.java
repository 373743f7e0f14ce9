package io.itrgateway.idempotency;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.unchecked.Unchecked;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Places whose turn comes when the test says so, alarms that ring when it says so, and workers that are busy as long as it says so. Who is in no place is answered at once.
 */
final class HandTurnedContexts implements Contexts {

    private final ThreadLocal<Place> current = new ThreadLocal<>();
    private final List<Alarm> alarms = new ArrayList<>();
    private final Queue<Runnable> waitingTasks = new ConcurrentLinkedQueue<>();
    private boolean areWorkersBusy;
    private boolean areWorkersGone;

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

    /** At once, unless the test holds it back. */
    @Override
    public <T> Uni<T> compute(Callable<T> task) {
        if (areWorkersGone) {
            return Uni.createFrom().failure(new RejectedExecutionException("closed"));
        }
        return (areWorkersBusy
                        ? Uni.createFrom().<Void>emitter(emitter -> waitingTasks.add(() -> emitter.complete(null)))
                        : Uni.createFrom().voidItem())
                .map(Unchecked.function(due -> task.call()));
    }

    /** From now on no task is computed before the test says so. */
    void keepWorkersBusy() {
        areWorkersBusy = true;
    }

    /** From now on no task is computed. */
    void closeWorkers() {
        areWorkersGone = true;
    }

    int waitingTasks() {
        return waitingTasks.size();
    }

    void freeWorkers() {
        areWorkersBusy = false;
        for (var task = waitingTasks.poll(); task != null; task = waitingTasks.poll()) {
            task.run();
        }
    }

    synchronized int alarms() {
        return alarms.size();
    }
}
