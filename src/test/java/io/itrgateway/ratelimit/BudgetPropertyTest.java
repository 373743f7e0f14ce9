package io.itrgateway.ratelimit;

import static io.itrgateway.problem.ProblemKind.QUOTA_EXHAUSTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.problem.GatewayException;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever comes, in whatever order, no window of the upstream ever holds more than the plan says. Each run is made of random
 * plans, arrivals, connections that take their time, calls that are never sent, callers who hang up, refusals of the upstream,
 * late timers and clocks that go back; the seed is in the name of the run, so that a failure can be repeated.
 */
@ExtendWith(Hushed.class)
class BudgetPropertyTest {

    private static final int RUNS = 120;
    private static final Duration JITTER = Duration.ofMillis(30);

    static List<Long> seeds() {
        return new Random(20261122).longs(RUNS).boxed().toList();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void noWindowOfTheUpstreamEverHoldsMoreThanThePlanSays(long seed) {
        var random = new Random(seed);
        var plan = randomPlan(random);
        var arrivals = new Arrivals();

        new Weather(random, plan, arrivals).blow();

        assertThat(arrivals.count()).isPositive();
        for (Window window : plan.windows()) {
            assertThat(arrivals.mostIn(window.length()))
                    .as("%s of %s, %d calls in all", window.name(), plan, arrivals.count())
                    .isLessThanOrEqualTo(window.quota());
        }
    }

    /** Small numbers, so that a run meets its limits often; sometimes a window without a limit. */
    private static Plan randomPlan(Random random) {
        int perSecond = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(20);
        int perMinute = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(300);
        int perDay = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(2_000);
        return perSecond + perMinute + perDay == 0 ? new Plan(3, 30, 300) : new Plan(perSecond, perMinute, perDay);
    }

    private static final class Weather {
        private final Random random;
        private final Arrivals arrivals;
        private final VirtualTime time = new VirtualTime();
        private final LimiterRoom room;
        private final List<LimiterRoom.Caller> callers = new ArrayList<>();

        private Weather(Random random, Plan plan, Arrivals arrivals) {
            this.random = random;
            this.arrivals = arrivals;
            this.room = new LimiterRoom(
                    new RateLimitSettings(
                            plan,
                            Duration.ofSeconds(random.nextInt(90)),
                            500,
                            1 + random.nextInt(50),
                            Duration.ofSeconds(60),
                            Map.of(),
                            Map.of(),
                            OptionalInt.empty()),
                    time);
        }

        private void blow() {
            int gusts = 300 + random.nextInt(300);
            for (int gust = 0; gust < gusts; gust++) {
                if (random.nextInt(20) == 0) {
                    time.late(millis(60));
                }
                if (random.nextInt(25) == 0) {
                    time.setBack(millis(random.nextInt(6) == 0 ? 90_000 : 500));
                }
                int comers = random.nextInt(5) == 0 ? random.nextInt(60) : random.nextInt(3);
                for (int i = 0; i < comers; i++) {
                    callers.add(room.call("caller-" + random.nextInt(5), patience(), this::attempt));
                }
                if (random.nextInt(3) == 0 && !callers.isEmpty()) {
                    callers.get(random.nextInt(callers.size())).hangUp();
                }
                time.pass(pause());
            }
        }

        private Duration pause() {
            return switch (random.nextInt(12)) {
                case 0 -> Duration.ofSeconds(random.nextInt(90));
                case 1 -> random.nextInt(40) == 0 ? Duration.ofHours(random.nextInt(30)) : Duration.ZERO;
                case 2, 3, 4 -> Duration.ZERO;
                default -> millis(1_500);
            };
        }

        private Optional<Duration> patience() {
            return random.nextBoolean() ? Optional.empty() : Optional.of(millis(20_000));
        }

        private Duration millis(int most) {
            return Duration.ofMillis(random.nextInt(most)).plusNanos(random.nextInt(1_000_000));
        }

        /** Connects for a while, is sent or not, arrives somewhat later, and is answered, or turned away, later still. */
        private Uni<String> attempt(Permit permit) {
            return Uni.createFrom().emitter(answer -> {
                Duration connecting = random.nextInt(4) == 0 ? millis(800) : Duration.ZERO;
                boolean neverSent = random.nextInt(15) == 0;
                if (neverSent) {
                    time.in(connecting.toNanos(), () -> answer.complete("never sent"));
                } else if (connecting.isZero()) {
                    send(permit, answer);
                } else {
                    time.in(connecting.toNanos(), () -> send(permit, answer));
                }
            });
        }

        private void send(Permit permit, UniEmitter<? super String> answer) {
            permit.markSent();
            arrivals.add(time.truly() + (long) (random.nextDouble() * JITTER.toNanos()));
            boolean turnedAway = random.nextInt(60) == 0;
            time.in(millis(3_000).toNanos(), () -> {
                if (turnedAway) {
                    answer.fail(permit.markRefused(GatewayException.of(QUOTA_EXHAUSTED), Duration.ofSeconds(1)));
                } else {
                    permit.markServed();
                    answer.complete("served");
                }
            });
        }
    }
}
