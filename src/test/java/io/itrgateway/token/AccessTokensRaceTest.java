package io.itrgateway.token;

import static io.itrgateway.token.TokenRoom.COMPANY;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.TurnableClock;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.Outcome;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.Secret;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds whatever many callers do at the same time: get tokens, find them good or refused, and leave. */
@ExtendWith(Hushed.class)
class AccessTokensRaceTest {

    private static final int CALLERS = 4;
    private static final int CALLS = 1_000;

    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-07T06:30:00Z"));
    private final ExecutorService flights = Executors.newFixedThreadPool(2);
    private final BusyAuthorizer deepvue = new BusyAuthorizer();
    private final TokenRoom room = new TokenRoom(clock, deepvue, flights);
    private final TokenService tokens = room.tokensOf(COMPANY);

    /** Counts what happens, so that it can be said what had happened before what. */
    private final AtomicLong moments = new AtomicLong();

    private final Map<AccessToken, Long> refusedAt = new ConcurrentHashMap<>();
    private final Queue<String> wrongs = new ConcurrentLinkedQueue<>();

    @AfterEach
    void endFlights() {
        flights.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void noRefusedTokenIsHandedOutAndEachRefusalCostsOneAuthorize(long seed) throws Exception {
        deepvue.grantsFor(Duration.ofHours(24));

        callersRace(seed, Duration.ofMillis(500)); // in all less than the token's life

        assertThat(wrongs).isEmpty();
        assertThat(deepvue.asked()).isLessThanOrEqualTo(refusedAt.size() + 1);
        assertThat(room.countedRefusals()).isEqualTo(refusedAt.size());
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6})
    void noExpiredTokenIsHandedOutWhileAuthorizeFailsAndTokensAreShort(long seed) throws Exception {
        deepvue.grantsFor(Duration.ofSeconds(20));
        deepvue.failsEvery(3);

        callersRace(seed, Duration.ofSeconds(1));

        assertThat(wrongs).isEmpty();
    }

    /** Lets several callers do as they like, each by his own dice, until all have what they asked for. */
    private void callersRace(long seed, Duration step) throws Exception {
        var threads = Executors.newFixedThreadPool(CALLERS);
        try {
            var start = new CyclicBarrier(CALLERS);
            List<Callable<Void>> callers = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                var dice = new Random(seed * CALLERS + caller);
                callers.add(() -> {
                    start.await(30, SECONDS);
                    calls(dice, step);
                    return null;
                });
            }
            for (var caller : threads.invokeAll(callers)) {
                caller.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void calls(Random dice, Duration step) throws Exception {
        List<CompletableFuture<Void>> waiting = new ArrayList<>();
        for (int call = 0; call < CALLS; call++) {
            if (dice.nextInt(10) == 0) {
                clock.turn(step);
            }
            long began = moments.incrementAndGet();
            var beganAt = clock.instant();
            int fate = dice.nextInt(20);
            var token = tokens.current().subscribeAsCompletionStage();
            if (fate < 4) {
                token.cancel(true);
                continue;
            }
            waiting.add(token.handle((given, failure) -> {
                used(given, failure, began, beganAt, fate);
                return null;
            }));
            if (dice.nextInt(5) == 0) {
                ended(waiting);
            }
        }
        ended(waiting);
    }

    private void used(AccessToken token, Throwable failure, long began, Instant beganAt, int fate) {
        if (failure != null) {
            if (!(failure instanceof GatewayException known) || known.kind().outcome() != Outcome.NOT_PROCESSED) {
                wrongs.add("failed with " + failure);
            }
            return;
        }
        if (refusedAt.getOrDefault(token, Long.MAX_VALUE) < began) {
            wrongs.add("handed out though refused: " + token);
        }
        if (!token.isUsableAt(beganAt)) {
            wrongs.add("handed out though expired: " + token + " at " + beganAt);
        }
        if (fate < 12) {
            tokens.markAccepted(token);
        } else if (fate < 16) {
            tokens.discard(token);
            refusedAt.putIfAbsent(token, moments.incrementAndGet());
        }
    }

    private static void ended(List<CompletableFuture<Void>> waiting) throws Exception {
        CompletableFuture.allOf(waiting.toArray(CompletableFuture[]::new)).get(30, SECONDS);
        waiting.clear();
    }

    /** Answers by itself, and watches that no generation is asked for twice at a time or once more after it was granted. */
    private final class BusyAuthorizer implements Authorizer {

        private final AtomicInteger asked = new AtomicInteger();
        private final Set<Long> open = ConcurrentHashMap.newKeySet();
        private final Set<Long> granted = ConcurrentHashMap.newKeySet();
        private Duration life;
        private int failsEvery = Integer.MAX_VALUE;

        void grantsFor(Duration lifeOfTokens) {
            life = lifeOfTokens;
        }

        void failsEvery(int authorizes) {
            failsEvery = authorizes;
        }

        int asked() {
            return asked.get();
        }

        @Override
        public Uni<AccessToken> authorize(long generation) {
            int number = asked.incrementAndGet();
            if (!open.add(generation)) {
                wrongs.add("two authorizes at a time for generation " + generation);
            }
            if (granted.contains(generation)) {
                wrongs.add("generation " + generation + " fetched again");
            }
            return Uni.createFrom()
                    .emitter(answer -> flights.execute(() -> {
                        open.remove(generation);
                        if (number % failsEvery == 0) {
                            answer.fail(GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE));
                            return;
                        }
                        granted.add(generation);
                        var now = clock.instant();
                        answer.complete(new AccessToken(Secret.of("token-" + number), generation, now, now.plus(life)));
                    }));
        }
    }
}
