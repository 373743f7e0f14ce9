package io.itrgateway.quota;

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
 * The queue, fair between callers: each caller has a line, and the next turn is that of the line which had its last turn the
 * longest ago. So the single call of one caller goes next however long the line of another is, and lines take turns. Inside a
 * line the order is that of arrival. Not thread-safe.
 */
final class FairQueue<C extends Waiting> {

    /** The line that always goes first. Configured names and those of token holders are longer. */
    static final String FIRST = "";

    /** The last turn of the line that always goes first. */
    private static final long ALWAYS = -1;

    /** Callers whose last turn is remembered; one who is forgotten goes before those who are not. */
    private static final int MOST_REMEMBERED = 4096;

    private static final class Line<C extends Waiting> {
        private final String caller;
        private final long opened;
        private long lastTurn;
        private final TreeSet<C> calls = new TreeSet<>(Comparator.comparingLong(call -> call.number));

        private Line(String caller, long lastTurn, long opened) {
            this.caller = caller;
            this.lastTurn = lastTurn;
            this.opened = opened;
        }

        private boolean goesBefore(Line<?> other) {
            return ORDER.compare(this, other) < 0;
        }

        private static final Comparator<Line<?>> ORDER =
                Comparator.<Line<?>>comparingLong(line -> line.lastTurn).thenComparingLong(line -> line.opened);
    }

    private final Map<String, Line<C>> lines = new HashMap<>();
    private final TreeSet<Line<C>> order = new TreeSet<>(Line.ORDER);
    private final TreeSet<C> byDeadline =
            new TreeSet<>(Comparator.<C>comparingLong(call -> call.deadline).thenComparingLong(call -> call.number));
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

    void add(C call) {
        call.inQueue = true;
        byDeadline.add(call);
        Line<C> line = lines.get(call.caller);
        if (line == null) {
            line = new Line<>(call.caller, lastTurnOf(call.caller), opened++);
            lines.put(call.caller, line);
            line.calls.add(call);
            order.add(line);
        } else {
            line.calls.add(call);
        }
    }

    /** Takes the call out whose turn it is; empty if nobody waits. */
    Optional<C> next() {
        if (order.isEmpty()) {
            return Optional.empty();
        }
        Line<C> line = order.first();
        C call = line.calls.first();
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

    /** Takes the call out, wherever it stands; the ones behind it move up. */
    void remove(C call) {
        if (!call.inQueue) {
            return;
        }
        call.inQueue = false;
        byDeadline.remove(call);
        Line<C> line = lines.get(call.caller);
        line.calls.remove(call);
        if (line.calls.isEmpty()) {
            lines.remove(call.caller);
            order.remove(line);
        }
    }

    /** The one whose wait ends first. */
    Optional<C> soonestDeadline() {
        return isEmpty() ? Optional.empty() : Optional.of(byDeadline.first());
    }

    /** Whether the next turn is that of the line which always goes first. */
    boolean isFirstWaiting() {
        return !order.isEmpty() && order.first().caller.equals(FIRST);
    }

    /** How many go before a further call of that caller, if nobody else comes. */
    int ahead(String caller) {
        Line<C> own = lines.get(caller);
        int before = own == null ? 0 : own.calls.size();
        Line<C> asIf = own == null ? new Line<>(caller, lastTurnOf(caller), opened) : own;
        int ahead = before;
        for (Line<C> other : order) {
            if (other != own) {
                ahead += Math.min(other.calls.size(), other.goesBefore(asIf) ? before + 1 : before);
            }
        }
        return ahead;
    }

    private long lastTurnOf(String caller) {
        return caller.equals(FIRST) ? ALWAYS : lastTurns.getOrDefault(caller, 0L);
    }

    /** Whether a further call of that caller goes before one that waits already. */
    boolean overtakes(String caller) {
        return ahead(caller) < size();
    }

    /** The last call of the longest line, if that line is longer by more than one than that of the caller. */
    Optional<C> lastOfALongerLine(String caller) {
        int own = lines.containsKey(caller) ? lines.get(caller).calls.size() : 0;
        return order.stream()
                .filter(line -> !line.caller.equals(FIRST))
                .max(Comparator.comparingInt(line -> line.calls.size()))
                .filter(line -> line.calls.size() > own + 1)
                .map(line -> line.calls.last());
    }

    /**
     * The calls whose turn comes after their deadline, if each turn comes when {@code turn} says; the first is number 1. The
     * place of one of them counts for the ones behind it.
     */
    List<C> late(IntToLongFunction turn) {
        List<C> late = new ArrayList<>();
        List<Iterator<C>> round = new ArrayList<>();
        order.forEach(line -> round.add(line.calls.iterator()));
        int nth = 1;
        for (List<Iterator<C>> rest = round; !rest.isEmpty(); ) {
            List<Iterator<C>> nextRound = new ArrayList<>();
            for (Iterator<C> line : rest) {
                C call = line.next();
                if (turn.applyAsLong(nth) > call.deadline) {
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

    /** Takes everybody out. */
    List<C> clear() {
        List<C> all = List.copyOf(byDeadline);
        all.forEach(this::remove);
        return all;
    }
}
