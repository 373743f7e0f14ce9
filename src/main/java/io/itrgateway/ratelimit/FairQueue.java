package io.itrgateway.ratelimit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntToLongFunction;

/**
 * A queue that is fair between callers: each caller has a line, and the next turn is that of the line whose last turn was the longest
 * ago. So the single call of one caller is next however long the line of another is. Inside a line the order is that of arrival. Not
 * thread-safe.
 */
final class FairQueue {

    /** The caller that is always first. The names of all others are longer. */
    static final String FIRST = "";

    /** The last turn of the line that is always first. */
    private static final long ALWAYS = -1;

    /** Callers whose last turn is remembered; others come before them. */
    private static final int MOST_REMEMBERED = 4096;

    private static final class Line {
        private final String caller;
        private final long opened;
        private long lastTurn;
        private final TreeSet<QueuedCall<?>> calls = new TreeSet<>(Comparator.comparingLong(call -> call.number));

        private Line(String caller, long lastTurn, long opened) {
            this.caller = caller;
            this.lastTurn = lastTurn;
            this.opened = opened;
        }

        private boolean goesBefore(Line other) {
            return ORDER.compare(this, other) < 0;
        }

        private static final Comparator<Line> ORDER =
                Comparator.<Line>comparingLong(line -> line.lastTurn).thenComparingLong(line -> line.opened);
    }

    private final Map<String, Line> lines = new HashMap<>();
    private final TreeSet<Line> order = new TreeSet<>(Line.ORDER);
    private final TreeSet<QueuedCall<?>> byDeadline = new TreeSet<>(
            Comparator.<QueuedCall<?>>comparingLong(call -> call.deadlineNanos).thenComparingLong(call -> call.number));
    private final Map<String, Long> lastTurns = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    private long turns;
    private long opened;

    int size() {
        return byDeadline.size();
    }

    boolean isEmpty() {
        return byDeadline.isEmpty();
    }

    void add(QueuedCall<?> call) {
        call.queued = true;
        byDeadline.add(call);
        Line line = lines.get(call.caller);
        if (line == null) {
            line = new Line(call.caller, lastTurnOf(call.caller), opened++);
            lines.put(call.caller, line);
            line.calls.add(call);
            order.add(line);
        } else {
            line.calls.add(call);
        }
    }

    /** Removes the call whose turn it is; empty if none waits. */
    Optional<QueuedCall<?>> next() {
        if (order.isEmpty()) {
            return Optional.empty();
        }
        Line line = order.first();
        QueuedCall<?> call = line.calls.first();
        remove(call);
        order.remove(line);
        line.lastTurn = line.caller.equals(FIRST) ? ALWAYS : ++turns;
        lastTurns.remove(line.caller);
        lastTurns.put(line.caller, line.lastTurn);
        if (!line.calls.isEmpty()) {
            order.add(line);
        }
        return Optional.of(call);
    }

    /** Removes the call, wherever it is in its line. */
    void remove(QueuedCall<?> call) {
        if (!call.queued) {
            return;
        }
        call.queued = false;
        byDeadline.remove(call);
        Line line = lines.get(call.caller);
        line.calls.remove(call);
        if (line.calls.isEmpty()) {
            lines.remove(call.caller);
            order.remove(line);
        }
    }

    /** The call whose wait ends first. */
    Optional<QueuedCall<?>> soonestDeadline() {
        return isEmpty() ? Optional.empty() : Optional.of(byDeadline.first());
    }

    /** Whether the next turn is that of the caller that is always first. */
    boolean isFirstWaiting() {
        return !order.isEmpty() && order.first().caller.equals(FIRST);
    }

    /** How many calls have their turn before a further one of that caller, if none arrives meanwhile. */
    int ahead(String caller) {
        Line own = lines.get(caller);
        int before = own == null ? 0 : own.calls.size();
        Line asIf = own == null ? new Line(caller, lastTurnOf(caller), opened) : own;
        int ahead = before;
        for (Line other : order) {
            if (other != own) {
                ahead += Math.min(other.calls.size(), other.goesBefore(asIf) ? before + 1 : before);
            }
        }
        return ahead;
    }

    private long lastTurnOf(String caller) {
        return caller.equals(FIRST) ? ALWAYS : lastTurns.getOrDefault(caller, 0L);
    }

    /** Whether a further call of that caller has its turn before one that waits already. */
    boolean overtakes(String caller) {
        return ahead(caller) < size();
    }

    /** The last call of the longest line, if that line is longer by more than one than that of the caller. */
    Optional<QueuedCall<?>> lastOfALongerLine(String caller) {
        int own = lines.containsKey(caller) ? lines.get(caller).calls.size() : 0;
        return order.stream()
                .filter(line -> !line.caller.equals(FIRST))
                .max(Comparator.comparingInt(line -> line.calls.size()))
                .filter(line -> line.calls.size() > own + 1)
                .map(line -> line.calls.last());
    }

    /**
     * The calls whose turn comes after their deadline, if the n-th turn comes at {@code turn}; the first is number 1. Such a call takes no
     * turn from those behind it.
     */
    List<QueuedCall<?>> late(IntToLongFunction turn) {
        List<QueuedCall<?>> late = new ArrayList<>();
        List<Iterator<QueuedCall<?>>> round = new ArrayList<>();
        order.forEach(line -> round.add(line.calls.iterator()));
        int nth = 1;
        for (List<Iterator<QueuedCall<?>>> rest = round; !rest.isEmpty(); ) {
            List<Iterator<QueuedCall<?>>> nextRound = new ArrayList<>();
            for (Iterator<QueuedCall<?>> line : rest) {
                QueuedCall<?> call = line.next();
                if (turn.applyAsLong(nth) > call.deadlineNanos) {
                    late.add(call);
                } else {
                    nth++;
                }
                if (line.hasNext()) {
                    nextRound.add(line);
                }
            }
            rest = nextRound;
        }
        return late;
    }

    /** Removes all calls. */
    List<QueuedCall<?>> clear() {
        List<QueuedCall<?>> all = List.copyOf(byDeadline);
        all.forEach(this::remove);
        return all;
    }
}
