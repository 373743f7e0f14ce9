package io.itrgateway.token;

import static io.itrgateway.token.TokenRoom.COMPANY;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.itrgateway.TurnableClock;
import io.itrgateway.problem.GatewayException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One test for each bug that was found here. */
class TokenRegressionTest {

    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-07T06:30:00Z"));

    @Test
    void anAuthorizerThatThrowsFailsItsCallers() throws Exception {
        var flights = Executors.newSingleThreadExecutor();
        var room = new TokenRoom(
                clock,
                generation -> {
                    throw new IllegalStateException("bug");
                },
                flights);

        var caller = room.tokensOf(COMPANY).current().subscribeAsCompletionStage();
        flights.shutdown();
        assertThat(flights.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        assertThat(caller).isDone();
    }

    @Test
    void aFlightThatCannotTakeOffIsAnUnavailableUpstream() {
        var room = new TokenRoom(clock, generation -> Uni.createFrom().nothing(), task -> {
            throw new RejectedExecutionException("executor is shut down");
        });

        var caller = room.tokensOf(COMPANY).current().subscribeAsCompletionStage();
        assertThat(caller.handle((t, f) -> f).join()).isInstanceOf(GatewayException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"expiry\":1772908200.75|PT12H",
                "\"expiry\":1772861400.5|PT-1H",
                "\"expiry\":\"1772908200000.5\"|PT12H",
                "\"expiry\":\"2026-03-07T18:30:00+00\"|PT12H",
                "\"expiry\":\"2026-03-08T00:00:00 +05:30\"|PT12H",
                "\"expires_in\":-1|PT0S",
                "\"expiry\":\"-1\"|PT0S",
                "\"expires_in\":1.0e5|PT24H",
                "\"expires_in\":10000000.0|PT24H"
            })
    void anExpiryIsReadInFull(String members, Duration life) throws Exception {
        assertThat(Expiry.read(
                                new ObjectMapper().readTree("{" + members + "}"),
                                Optional.empty(),
                                Instant.parse("2026-03-07T06:30:00Z"))
                        .life())
                .isEqualTo(life);
    }

    @Test
    void afterTheSecondUnprovenRefusalNoAuthorizeIsSentBeforeThePauseEnds() {
        var deepvue = new ScriptedAuthorizer(clock);
        var room = new TokenRoom(clock, deepvue, deepvue);
        var store = room.storeOf(COMPANY);
        var duringDrop = new AtomicReference<Runnable>(() -> {});
        var tokens = room.tokensOn(new TokenStore() {
            public Optional<AccessToken> held(long g) {
                return store.held(g);
            }

            public Uni<AccessToken> load(long g, TokenFetch f) {
                return store.load(g, f);
            }

            public void drop(long g) {
                duringDrop.getAndSet(() -> {}).run();
                store.drop(g);
            }
        });
        var c1 = tokens.current().subscribeAsCompletionStage();
        deepvue.grants();
        tokens.discard(c1.join());
        tokens.current().subscribeAsCompletionStage();
        var t2 = deepvue.grants();
        // another caller of the same token loses the compare-and-set and asks for the next one, between the winner's
        // compare-and-set and the winner's pause
        duringDrop.set(() -> {
            tokens.discard(t2);
            tokens.current().subscribeAsCompletionStage();
            deepvue.asked();
        });
        tokens.discard(t2);
        assertThat(deepvue.asked()).isEqualTo(2);
    }
}
