package io.itrgateway.ratelimit;

import static io.itrgateway.problem.Effect.FETCHES;
import static io.itrgateway.problem.Effect.READS;
import static io.itrgateway.problem.Effect.REGISTERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.Effect;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Who is next. Callers have the names a, b, c, and their weights in the queue's constructor. */
class FairQueueTest {

    private long number;

    @Test
    void aSingleCallIsNextHoweverLongTheOtherLineIsAndWhateverItsWeight() {
        var queue = new FairQueue(Map.of("a", 100));
        add(queue, "a", 1_000);
        take(queue, 300);

        add(queue, "b", 1);

        assertThat(take(queue, 2)).contains("b");
    }

    @Test
    void turnsAreInProportionToTheWeights() {
        var queue = new FairQueue(Map.of("a", 5, "b", 2));
        add(queue, "a", 1_000);
        add(queue, "b", 1_000);
        add(queue, "c", 1_000);

        assertThat(counts(take(queue, 800))).isEqualTo(Map.of("a", 500L, "b", 200L, "c", 100L));
    }

    @Test
    void whatACallerDoesNotUseGoesToTheOthersAndIsNotOwedLater() {
        var queue = new FairQueue(Map.of("a", 3));
        add(queue, "b", 1_000);
        add(queue, "c", 1_000);
        assertThat(counts(take(queue, 400))).isEqualTo(Map.of("b", 200L, "c", 200L));

        add(queue, "a", 1_000);

        assertThat(counts(take(queue, 500))).isEqualTo(Map.of("a", 300L, "b", 100L, "c", 100L));
    }

    @Test
    void aReturningCallerHasItsShareAtOnce() {
        var queue = new FairQueue(Map.of("a", 3));
        add(queue, "b", 1_000);
        take(queue, 100);

        add(queue, "a", 1_000);

        assertThat(take(queue, 4)).filteredOn("a"::equals).hasSize(3);
    }

    @Test
    void insideALineRegistrationsComeBeforeFetchesAndThoseBeforeReads() {
        var queue = new FairQueue(Map.of());
        var read = call("a", READS);
        var fetch = call("a", FETCHES);
        var registration = call("a", REGISTERS);
        var later = call("a", REGISTERS);
        List.of(read, fetch, registration, later).forEach(queue::add);

        assertThat(List.of(next(queue), next(queue), next(queue), next(queue)))
                .isEqualTo(List.of(registration, later, fetch, read));
    }

    @Test
    void theReadOfOneCallerDoesNotWaitForTheRegistrationsOfAnother() {
        var queue = new FairQueue(Map.of());
        add(queue, "a", 1_000);
        queue.add(call("b", READS));

        assertThat(take(queue, 2)).contains("b");
    }

    @Test
    void whoIsAlwaysFirstCostsTheOthersNoTurn() {
        var queue = new FairQueue(Map.of("a", 2));
        add(queue, "a", 100);
        add(queue, "b", 100);
        take(queue, 30);

        add(queue, FairQueue.FIRST, 10);

        assertThat(take(queue, 10)).containsOnly(FairQueue.FIRST);
        assertThat(counts(take(queue, 60))).isEqualTo(Map.of("a", 40L, "b", 20L));
    }

    @Test
    void theCallThatGivesWayIsTheLastOfTheLineThatIsLongestForItsWeight() {
        var queue = new FairQueue(Map.of("a", 10));
        add(queue, "a", 50);
        add(queue, "b", 6);
        var last = call("b", READS);
        queue.add(last);
        queue.add(call("b", REGISTERS));

        assertThat(queue.lastOfALongerLine("c")).contains(last);
    }

    @Test
    void theNumberOfCallsThatGoBeforeIsTheOneThatDoes() {
        var random = new Random(3);
        for (int run = 0; run < 2_000; run++) {
            var queue = new FairQueue(Map.of("a", 1 + random.nextInt(3), "b", 1 + random.nextInt(3), "c", 1));
            fill(queue, random);
            take(queue, random.nextInt(queue.size() + 1));
            fill(queue, random);
            String caller = String.valueOf((char) ('a' + random.nextInt(3)));
            Effect effect = Effect.values()[random.nextInt(4)];

            int ahead = queue.countAhead(caller, effect);

            var further = call(caller, effect);
            queue.add(further);
            List<QueuedCall<?>> order = new ArrayList<>();
            while (!queue.isEmpty()) {
                order.add(next(queue));
            }
            assertThat(ahead).as("run %d", run).isEqualTo(order.indexOf(further));
        }
    }

    @Test
    void theCallsThatAreLateAreThoseWhoseTurnIs() {
        var random = new Random(4);
        for (int run = 0; run < 500; run++) {
            var queue = new FairQueue(Map.of("a", 3, "b", 2));
            fill(queue, random);
            take(queue, random.nextInt(queue.size() + 1));
            fill(queue, random);
            int inTime = 1 + random.nextInt(10);

            var late = queue.findLate(nth -> nth <= inTime ? 0 : Long.MAX_VALUE);

            List<QueuedCall<?>> served = new ArrayList<>();
            while (!queue.isEmpty()) {
                served.add(next(queue));
            }
            assertThat(late)
                    .as("run %d", run)
                    .hasSameElementsAs(served.subList(Math.min(inTime, served.size()), served.size()));
        }
    }

    /** Prints, for docs/plan.md, who has how many of 17 calls a second while another caller comes and goes. */
    @Test
    void sharesOfASaturatedPlanAsATable() {
        var queue = new FairQueue(Map.of("batch", 1, "branch", 3));
        Map<String, List<Long>> rows = new TreeMap<>();
        Set<String> waiting = new HashSet<>();
        for (int minute = 0; minute < 3; minute++) {
            Map<String, Long> served = new HashMap<>();
            for (int turn = 0; turn < 17 * 60; turn++) {
                for (String caller : minute == 1 ? List.of("batch", "app", "branch") : List.of("batch", "app")) {
                    if (waiting.add(caller)) {
                        queue.add(call(caller, READS));
                    }
                }
                String caller = next(queue).caller;
                waiting.remove(caller);
                served.merge(caller, 1L, Long::sum);
            }
            rows.put(
                    "minute " + minute, List.of(count(served, "batch"), count(served, "app"), count(served, "branch")));
        }

        System.out.println(
                "calls of batch (weight 1), app (weight 1), branch (weight 3, away in minutes 0 and 2): " + rows);
        assertThat(rows.get("minute 0")).containsExactly(510L, 510L, 0L);
        assertThat(rows.get("minute 1").get(2)).isBetween(611L, 613L);
        assertThat(rows.get("minute 2").get(0)).isBetween(507L, 511L);
    }

    private static long count(Map<String, Long> served, String caller) {
        return served.getOrDefault(caller, 0L);
    }

    private void fill(FairQueue queue, Random random) {
        for (int calls = random.nextInt(20); calls >= 0; calls--) {
            queue.add(call(String.valueOf((char) ('a' + random.nextInt(3))), Effect.values()[random.nextInt(4)]));
        }
    }

    private void add(FairQueue queue, String caller, int calls) {
        for (int i = 0; i < calls; i++) {
            queue.add(call(caller, REGISTERS));
        }
    }

    private QueuedCall<String> call(String caller, Effect effect) {
        var call = new QueuedCall<String>(
                caller, effect, 0, 1, permit -> Uni.createFrom().nothing(), null, Runnable::run);
        call.number = number++;
        return call;
    }

    private static QueuedCall<?> next(FairQueue queue) {
        return queue.next().orElseThrow();
    }

    private static List<String> take(FairQueue queue, int calls) {
        List<String> callers = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            callers.add(next(queue).caller);
        }
        return callers;
    }

    private static Map<String, Long> counts(List<String> callers) {
        Map<String, Long> counts = new HashMap<>();
        callers.forEach(caller -> counts.merge(caller, 1L, Long::sum));
        return counts;
    }
}
