package io.itrgateway.quota;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Port: the one book of the calls of an account, which all replicas write in. It counts by a clock of its own, in microseconds, and takes
 * each step as a whole. It is asked by {@link SharedLedger}, and decides nothing that could be decided here.
 *
 * <p>Nothing happens before subscription. Each {@code Uni} ends within {@link #LONGEST_WAIT}, on any thread, and fails only where the book
 * cannot be reached; whether the step was taken is then unknown.
 */
public interface SharedBook {

    /** How long a step takes at the most, before it has failed. */
    Duration LONGEST_WAIT = Duration.ofMillis(250);

    /**
     * What is booked.
     *
     * @param windows at most one each of a second, a minute and a day
     * @param margin how much longer the windows of the book are than those of the plan
     * @param spacing from one slot of the time-table to the next; zero for no time-table
     * @param hold how long a call may take from its slot to being sent without being heard of; after that it counts as sent
     * @param horizon how soon a place has to come to be booked
     * @param presence how long a replica is taken to be there after it was heard of
     */
    record Terms(
            List<Window> windows,
            Duration margin,
            Duration spacing,
            Duration hold,
            Duration horizon,
            Duration presence) {}

    /**
     * How things are in the book at the end of a step.
     *
     * @param done whether the step did what it was for; of {@link #book}: whether a place was booked
     * @param waitMicros until its slot, or until it may be asked again
     * @param nowMicros when the step was taken
     * @param unsent calls of all replicas that are booked and not known to have been sent
     * @param nextMicros the next slot of the time-table
     * @param rivals other replicas whose calls wait, too
     * @param replicas those that are there, this one included
     * @param sentMicros when calls of all replicas were sent, in order: those that are newer than what is known, some thousand at the
     *     most
     * @param revision how often a call was added that is older than others
     * @param whole whether {@code sentMicros} are all calls of the last minute, since the revision is not the one that is known
     * @param rank of this replica among them, the first is 0; of a beat only
     * @param minutes calls by the minute of the book's clock in which they were booked, as far as was asked for
     */
    record Page(
            boolean done,
            long waitMicros,
            long nowMicros,
            int unsent,
            long nextMicros,
            int rivals,
            int replicas,
            List<Long> sentMicros,
            long revision,
            boolean whole,
            OptionalInt rank,
            Map<Long, Integer> minutes) {}

    /**
     * What this replica knows of the sent calls.
     *
     * @param newestMicros the newest of them
     * @param revision of the page on which it read them
     */
    record Known(long newestMicros, long revision) {}

    /**
     * A call that went out.
     *
     * @param call its name, whether it is booked here or not
     * @param agoMicros how long ago
     */
    record Sent(String call, long agoMicros) {}

    /** Before everything else, once. */
    void open(Terms terms);

    /**
     * Whom to tell when the book can be reached, with whether it has forgotten what this replica knew; and when it cannot be reached
     * any more. Told on any thread.
     */
    void watch(Consumer<Boolean> found, Runnable lost);

    /**
     * Books the next place in every window, or in none.
     *
     * @param call a name unlike any other
     * @param notAfterMicros nothing is to be booked any more after that time of the book's clock
     * @param known of the sent calls
     */
    Uni<Page> book(String call, OptionalLong notAfterMicros, Known known);

    /** Calls went out. Those that are not booked here are counted now; telling of one again, or late, changes nothing. */
    Uni<Page> sent(List<Sent> calls, Known known);

    /** Booked calls will never go out. */
    Uni<Page> unsent(List<String> calls, Known known);

    /**
     * This replica is there, and these of its calls are booked and unsent, also if the book has forgotten them.
     *
     * @param fromMinute the first minute whose calls are asked for; 0 for all, the largest number for none
     */
    Uni<Page> beat(List<String> unsent, long fromMinute, Known known);

    /** For a book that has forgotten: what is known here of all calls. Telling it again, or by several replicas, changes nothing. */
    Uni<Page> recall(List<Long> sentMicros, Map<Long, Integer> minutes);

    /**
     * Calls may have gone out that are not in the book: nobody is to book for that time, in which all tell of theirs.
     *
     * @param untilHeard it ends before when so many replicas were heard of since, this one included, each of which has told then; 0 if it
     *     is not known how many there are
     */
    Uni<Page> pause(Duration longest, int untilHeard);

    /** This replica is going. */
    Uni<Page> leave();
}
