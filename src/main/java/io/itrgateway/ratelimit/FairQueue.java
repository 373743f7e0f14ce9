package io.itrgateway.ratelimit;

import io.itrgateway.problem.Effect;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.function.IntToLongFunction;

/**
 * A queue that is fair between callers. Each caller has a line, and a caller of weight 3 has three turns for each one of a caller of
 * weight 1. Inside a line, what registers comes before what fetches and that before what reads, each in the order of arrival. Not
 * thread-safe.
 *
 * <p>This is start-time fair queuing: a virtual clock stands at the start of the last turn; a turn takes {@code 1 / weight} of it; a line's
 * next turn starts where its last one ended, or now if that is past. The line with the earliest start is next, and among those the one whose
 * last turn was the longest ago. So a caller that was idle is next, however long the other lines are; and what it did not use while it was
 * idle went to the others, and is not owed to it.
 */
final class FairQueue {

    /** The caller that is always first. The names of all others are longer. */
    static final String FIRST = "";

    /** Before the start of every other turn. */
    private static final long ALWAYS = -1;

    /** Virtual time of a turn of weight 1: divisible by most weights. */
    private static final long TURN = 720_720;

    /** Callers whose last turn is remembered; others come before them. */
    private static final int MOST_REMEMBERED = 4096;

    private static final Comparator<QueuedCall<?>> IN_LINE =
            Comparator.<QueuedCall<?>>comparingInt(call -> rank(call.effect)).thenComparingLong(call -> call.number);

    /** Of those of one caller, the lowest comes first; what has no declared effect may register. */
    private static int rank(Effect effect) {
        return effect == Effect.UNDECLARED ? Effect.REGISTERS.ordinal() : effect.ordinal();
    }

    /** @param end of the last turn, in virtual time */
    private record LastTurn(long end, long number) {}

    private static final LastTurn NONE = new LastTurn(0, 0);

    private static final class Line {
        private final String caller;
        private final long opened;
        private final long cost;
        private final TreeSet<QueuedCall<?>> calls = new TreeSet<>(IN_LINE);
        private final int[] callsOfRank = new int[Effect.values().length];
        private long start;
        private long lastTurn;

        private Line(String caller, long cost, long start, long lastTurn, long opened) {
            this.caller = caller;
            this.cost = cost;
            this.start = start;
            this.lastTurn = lastTurn;
            this.opened = opened;
        }

        private void add(QueuedCall<?> call) {
            calls.add(call);
            callsOfRank[rank(call.effect)]++;
        }

        private void remove(QueuedCall<?> call) {
            calls.remove(call);
            callsOfRank[rank(call.effect)]--;
        }

        /** How many of its calls come before a further one of that effect. */
        private int countBefore(Effect effect) {
            return Arrays.stream(callsOfRank, 0, rank(effect) + 1).sum();
        }

        /** How many of its calls have their turn before the n-th one, from 0, of the other line. */
        private int countBefore(Line other, int nth) {
            if (caller.equals(FIRST)) {
                return calls.size();
            }
            long ahead = other.start + nth * other.cost - start;
            if (ahead < 0) {
                return 0;
            }
            long earlier = (ahead + cost - 1) / cost;
            boolean atTheSameTime = ahead % cost == 0;
            return (int) Math.min(calls.size(), earlier + (atTheSameTime && precedes(earlier, other, nth) ? 1 : 0));
        }

        /** Whether of two turns with the same start this line's n-th is first: that of the line whose last turn was longer ago. */
        private boolean precedes(long nth, Line other, long otherNth) {
            if (nth > 0 && otherNth > 0 && cost != other.cost) {
                return cost > other.cost;
            }
            return nth == otherNth ? AMONG_EQUALS.compare(this, other) < 0 : nth < otherNth;
        }

        private static final Comparator<Line> AMONG_EQUALS =
                Comparator.<Line>comparingLong(line -> line.lastTurn).thenComparingLong(line -> line.opened);
        private static final Comparator<Line> ORDER =
                Comparator.<Line>comparingLong(line -> line.start).thenComparing(AMONG_EQUALS);
    }

    private final Map<String, Integer> weights;
    private final Map<String, Line> lines = new HashMap<>();
    private final TreeSet<Line> order = new TreeSet<>(Line.ORDER);
    private final TreeSet<QueuedCall<?>> byDeadline = new TreeSet<>(
            Comparator.<QueuedCall<?>>comparingLong(call -> call.deadlineNanos).thenComparingLong(call -> call.number));
    private final Map<String, LastTurn> lastTurns = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, LastTurn> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    private long clock;
    private long turns;
    private long opened;

    /** @param weights of callers, 1 for all others */
    FairQueue(Map<String, Integer> weights) {
        this.weights = weights;
    }

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
            line = newLine(call.caller);
            opened++;
            lines.put(call.caller, line);
            order.add(line);
        }
        line.add(call);
    }

    private Line newLine(String caller) {
        if (caller.equals(FIRST)) {
            return new Line(caller, 0, ALWAYS, 0, opened);
        }
        var last = lastTurns.getOrDefault(caller, NONE);
        return new Line(caller, costOf(caller), Math.max(clock, last.end), last.number, opened);
    }

    private long costOf(String caller) {
        return TURN / weights.getOrDefault(caller, 1);
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
        if (!line.caller.equals(FIRST)) {
            clock = line.start;
            line.start += line.cost;
            line.lastTurn = ++turns;
            lastTurns.remove(line.caller);
            lastTurns.put(line.caller, new LastTurn(line.start, line.lastTurn));
        }
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
        line.remove(call);
        if (line.calls.isEmpty()) {
            lines.remove(call.caller);
            order.remove(line);
        }
    }

    /** The call whose wait ends first. */
    Optional<QueuedCall<?>> soonestDeadline() {
        return isEmpty() ? Optional.empty() : Optional.of(byDeadline.first());
    }

    /**
     * Removes the calls whose deadline was before that time. They may still be here when their turn comes: after a freeze of the process what
     * was to happen meanwhile happens in any order.
     */
    List<QueuedCall<?>> removeExpired(long beforeNanos) {
        List<QueuedCall<?>> expired = new ArrayList<>();
        while (!isEmpty() && byDeadline.first().deadlineNanos < beforeNanos) {
            expired.add(byDeadline.first());
            remove(byDeadline.first());
        }
        return expired;
    }

    /** Whether the next turn is that of the caller that is always first. */
    boolean isFirstWaiting() {
        return !order.isEmpty() && order.first().caller.equals(FIRST);
    }

    /** How many calls have their turn before a further one of that caller and effect, if none arrives meanwhile. */
    int countAhead(String caller, Effect effect) {
        Line own = lines.get(caller);
        int before = own == null ? 0 : own.countBefore(effect);
        if (caller.equals(FIRST)) {
            return before;
        }
        Line asIf = own == null ? newLine(caller) : own;
        int ahead = before;
        for (Line other : order) {
            if (other != own) {
                ahead += other.countBefore(asIf, before);
            }
        }
        return ahead;
    }

    /** Whether a further call of that caller and effect has its turn before one that waits already. */
    boolean overtakes(String caller, Effect effect) {
        return countAhead(caller, effect) < size();
    }

    /** The last call of the line that is longest for its weight, if it is longer by more than a call than that of the caller. */
    Optional<QueuedCall<?>> lastOfALongerLine(String caller) {
        int own = lines.containsKey(caller) ? lines.get(caller).calls.size() : 0;
        return order.stream()
                .max(Comparator.comparingLong(line -> line.calls.size() * line.cost))
                .filter(line -> line.calls.size() * line.cost > (own + 1) * costOf(caller))
                .map(line -> line.calls.last());
    }

    /** A line in the turns to come. */
    private static final class Ahead {
        private final Iterator<QueuedCall<?>> calls;
        private final Line line;

        private Ahead(Line line) {
            this.calls = line.calls.iterator();
            this.line = new Line(line.caller, line.cost, line.start, line.lastTurn, line.opened);
        }
    }

    /**
     * The calls whose turn comes after their deadline, if the n-th turn comes at {@code turn}; the first is number 1. Such a call takes no
     * turn from those behind it.
     */
    List<QueuedCall<?>> findLate(IntToLongFunction turn) {
        List<QueuedCall<?>> late = new ArrayList<>();
        var rest = new PriorityQueue<Ahead>(Comparator.comparing((Ahead ahead) -> ahead.line, Line.ORDER));
        order.forEach(line -> rest.add(new Ahead(line)));
        int nth = 1;
        for (Ahead next = rest.poll(); next != null; next = rest.poll()) {
            QueuedCall<?> call = next.calls.next();
            if (turn.applyAsLong(nth) > call.deadlineNanos) {
                late.add(call);
            } else {
                next.line.start += next.line.cost;
                next.line.lastTurn = turns + nth++;
            }
            if (next.calls.hasNext()) {
                rest.add(next);
            }
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
