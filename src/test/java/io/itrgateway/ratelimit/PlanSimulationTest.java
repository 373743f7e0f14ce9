package io.itrgateway.ratelimit;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.Effect;
import io.itrgateway.problem.GatewayException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A day under saturation for each plan, in virtual time: 200 callers who call again as soon as they are answered, and when they are
 * told to come back later, then. Timers are 2 ms late, answers take 200 ms to 2 s, calls jitter by 30 ms on their way. Prints what of
 * the binding window was used.
 */
class PlanSimulationTest {

    private static final int CALLERS = 200;
    private static final Duration TIMER_LATENESS = Duration.ofMillis(2);
    private static final Duration JITTER = Duration.ofMillis(30);
    private static final Duration DAY = Duration.ofDays(1);

    private final VirtualTime time = new VirtualTime();
    private final Random random = new Random(7);
    private final Arrivals arrivals = new Arrivals();
    private LimiterRoom room;
    private int refused;

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "starter, minute, 0.98",
        "business, minute, 0.98",
        "growth, second, 0.95",
        "enterprise, minute, 0.98",
        "1/0/0, second, 0.95",
        "50/0/20000, day, 0.98"
    })
    void aSaturatedServiceUsesWhatTheBindingWindowAllows(String name, String binds, double least) {
        Plan plan = Plan.of(name).orElseThrow();
        time.late(TIMER_LATENESS);
        room = new LimiterRoom(LimiterRoom.settings(name, Duration.ofMinutes(5), 10_000, 1_024, Map.of()), time);
        for (int i = 0; i < CALLERS; i++) {
            call("caller-" + i % 7);
        }

        time.pass(DAY.plusHours(1));

        Window binding = plan.windows().stream()
                .filter(window -> window.name().equals(binds))
                .findFirst()
                .orElseThrow();
        Duration saturated = saturated(plan, binding);
        double used = (double) arrivals.between(0, saturated.toNanos())
                / binding.quota()
                / ((double) saturated.toNanos() / binding.length().toNanos());
        System.out.printf(
                "%-12s %8d calls in the first day; the %s binds for %6.1f min, %5.1f %% of it used; %d times refused with Retry-After%n",
                name, arrivals.between(0, DAY.toNanos()), binds, saturated.toSeconds() / 60.0, used * 100, refused);
        assertThat(used).isGreaterThanOrEqualTo(least);
        for (Window window : plan.windows()) {
            assertThat(arrivals.mostIn(window.length())).as(window.name()).isLessThanOrEqualTo(window.quota());
        }
    }

    private void call(String caller) {
        room.limiter
                .run(caller, Effect.REGISTERS, true, Optional.empty(), this::attempt)
                .subscribe()
                .with(served -> call(caller), told -> {
                    refused++;
                    long seconds = ((GatewayException) told).retryAfterSeconds().orElseThrow();
                    time.in(Duration.ofSeconds(seconds).toNanos(), () -> call(caller));
                });
    }

    private Uni<String> attempt(Permit permit) {
        permit.markSent();
        arrivals.add(time.nanos() + (long) (random.nextDouble() * JITTER.toNanos()));
        return Uni.createFrom()
                .emitter(answer -> time.in(millis(200, 2_000), () -> {
                    permit.markServed();
                    answer.complete("served");
                }));
    }

    private long millis(int least, int most) {
        return Duration.ofMillis(least + random.nextInt(most - least)).toNanos();
    }

    /** The time that the binding window binds: all of the day, or until the day's quota is gone. */
    private Duration saturated(Plan plan, Window binding) {
        return plan.perDay() == 0 || binding.name().equals("day")
                ? DAY
                : Duration.ofNanos(arrivals.at(plan.perDay() - 1));
    }
}
