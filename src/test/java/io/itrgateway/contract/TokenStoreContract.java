package io.itrgateway.contract;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.secret.Secret;
import io.itrgateway.token.AccessToken;
import io.itrgateway.token.TokenFetch;
import io.itrgateway.token.TokenStore;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What everyone who implements {@link TokenStore} has promised. */
public abstract class TokenStoreContract {

    protected static final Duration LONG = Duration.ofSeconds(30);
    protected static final Instant NOW = Instant.parse("2026-03-07T06:30:00Z");

    private static final int THREADS = 4;
    private static final int CROWD = 200;

    static {
        // Mutiny sets itself up on its first use, which must be one thread's; in production that is the start.
        Uni.createFrom().deferred(() -> Uni.createFrom().voidItem()).await().indefinitely();
    }

    /** The store to be judged, empty at the start of each test, the same throughout one. */
    protected abstract TokenStore store();

    /** A flight that stays in the air until the test ends it, and counts how often it took off. */
    public static final class HeldFetch implements TokenFetch {

        private final AtomicInteger takeOffs = new AtomicInteger();
        private final Queue<UniEmitter<? super AccessToken>> inTheAir = new ConcurrentLinkedQueue<>();

        @Override
        public Uni<AccessToken> fetch() {
            return Uni.createFrom().emitter(end -> {
                takeOffs.incrementAndGet();
                inTheAir.add(end);
            });
        }

        public int takeOffs() {
            return takeOffs.get();
        }

        private UniEmitter<? super AccessToken> awaited() {
            await().atMost(LONG).until(() -> !inTheAir.isEmpty());
            return inTheAir.remove();
        }

        public void lands(AccessToken token) {
            awaited().complete(token);
        }

        public void fails() {
            awaited().fail(GatewayException.of(ProblemKind.UPSTREAM_UNAVAILABLE));
        }
    }

    protected static AccessToken token(long generation) {
        return new AccessToken(
                Secret.of("token of generation " + generation), generation, NOW, NOW.plus(Duration.ofHours(24)));
    }

    protected final HeldFetch flight = new HeldFetch();

    protected final CompletableFuture<AccessToken> loading(long generation) {
        return store().load(generation, flight).subscribeAsCompletionStage();
    }

    protected static AccessToken ended(CompletableFuture<AccessToken> load) {
        return load.orTimeout(LONG.toSeconds(), SECONDS).join();
    }

    private void loaded(long generation) {
        var load = loading(generation);
        flight.lands(token(generation));
        ended(load);
    }

    private List<CompletableFuture<AccessToken>> crowd(long generation) throws Exception {
        var start = new CyclicBarrier(THREADS);
        Callable<List<CompletableFuture<AccessToken>>> some = () -> {
            start.await(30, SECONDS);
            return Stream.generate(() -> loading(generation))
                    .limit(CROWD / THREADS)
                    .toList();
        };
        var threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<CompletableFuture<AccessToken>> crowd = new ArrayList<>();
            for (var loads :
                    threads.invokeAll(Stream.generate(() -> some).limit(THREADS).toList())) {
                crowd.addAll(loads.get());
            }
            return crowd;
        } finally {
            threads.shutdownNow();
        }
    }

    // ---- flights that fail, and subscribers who leave ---------------------------------------------------------------

    @Test
    void aFlightThatFailsFailsEveryCallThatWaitsForIt() throws Exception {
        var crowd = crowd(1);

        flight.fails();

        assertThat(crowd)
                .allSatisfy(load ->
                        assertThat(catchThrowable(() -> ended(load))).hasCauseInstanceOf(GatewayException.class));
        assertThat(flight.takeOffs()).isOne();
    }

    @Test
    void aFlightThatFailedLeavesNothingBehind() {
        var failed = loading(1);
        flight.fails();
        catchThrowable(() -> ended(failed));
        assertThat(store().held(1)).isEmpty();

        var next = loading(1);

        flight.lands(token(1));
        assertThat(ended(next)).isEqualTo(token(1));
        assertThat(flight.takeOffs()).isEqualTo(2);
    }

    @Test
    void aCancelledWaiterDoesNotEndTheFetchForOthers() {
        var leader = loading(1);
        var follower = loading(1);

        leader.cancel(true);

        flight.lands(token(1));
        assertThat(ended(follower)).isEqualTo(token(1));
    }

    @Test
    void aFlightThatAllHaveLeftStillBringsTheToken() {
        loading(1).cancel(true);

        flight.lands(token(1));

        await().atMost(LONG).until(() -> store().held(1).isPresent());
    }

    // ---- tokens that are dropped ------------------------------------------------------------------------------------

    @Test
    void aDroppedTokenIsNotHeldAndDoesNotComeBack() {
        loaded(1);

        store().drop(1);

        assertThat(store().held(1)).isEmpty();
        var next = loading(2);
        flight.lands(token(2));
        assertThat(ended(next)).isEqualTo(token(2));
        assertThat(flight.takeOffs()).isEqualTo(2);
    }

    @Test
    void droppingTakesThatGenerationAndNoOther() {
        loaded(1);
        loaded(2);

        store().drop(1);

        assertThat(store().held(1)).isEmpty();
        assertThat(store().held(2)).contains(token(2));
    }

    @Test
    void droppingWhatIsNotThereChangesNothing() {
        loaded(1);

        store().drop(2);

        assertThat(store().held(1)).contains(token(1));
    }

    // ---- loading ----------------------------------------------------------------------------------------------------

    @Test
    void howeverManyAskAtOnceOneFlightRuns() throws Exception {
        var crowd = crowd(1);

        flight.lands(token(1));

        assertThat(crowd).allSatisfy(load -> assertThat(ended(load)).isEqualTo(token(1)));
        assertThat(flight.takeOffs()).isOne();
    }

    @Test
    void aTokenThatIsHeldNeedsNoFlight() {
        loaded(1);

        assertThat(ended(loading(1))).isEqualTo(token(1));
        assertThat(flight.takeOffs()).isOne();
    }

    @Test
    void theNextGenerationIsFetchedWhileTheOneBeforeIsHeld() {
        loaded(1);

        var next = loading(2);
        assertThat(store().held(1)).contains(token(1));
        flight.lands(token(2));

        assertThat(ended(next)).isEqualTo(token(2));
        assertThat(store().held(1)).contains(token(1));
    }

    // ---- what is held -----------------------------------------------------------------------------------------------

    @Test
    void nothingIsHeldAtTheBeginning() {
        assertThat(store().held(1)).isEmpty();
    }

    @Test
    void aHeldTokenIsReturnedWithoutWaitingForAFetch() {
        var load = loading(1);

        assertThat(store().held(1)).isEmpty();

        flight.lands(token(1));
        assertThat(ended(load)).isEqualTo(token(1));
        assertThat(store().held(1)).contains(token(1));
    }
}
