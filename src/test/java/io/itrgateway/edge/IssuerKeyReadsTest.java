package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.TurnableClock;
import io.quarkus.oidc.common.OidcRequestFilter.OidcRequestFilterContext;
import io.quarkus.oidc.common.OidcResponseFilter.OidcResponseFilterContext;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether the keys of the issuer are being read. */
class IssuerKeyReadsTest {

    private static final Duration REFRESH = Duration.ofSeconds(2);

    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-07T06:30:00Z"));
    private final IssuerKeyReads reads = new IssuerKeyReads(clock, REFRESH, true);

    @Test
    void aReadIsUnderWayUntilItsKeysAreInPlace() {
        assertThat(reads.isUnderWay()).isFalse();

        begins();
        assertThat(reads.isUnderWay()).isTrue();

        reads.filter(answerWith("{}")).await().indefinitely();
        assertThat(reads.isUnderWay()).isTrue();

        clock.turn(IssuerKeyReads.SETTLING);
        assertThat(reads.isUnderWay()).isFalse();
    }

    @Test
    void theTokenForWhichKeysAreReadIsJudgedByThem() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            Context request = ((ContextInternal) vertx.getOrCreateContext()).duplicate();
            Context another = ((ContextInternal) vertx.getOrCreateContext()).duplicate();

            on(request, () -> {
                begins();
                return null;
            });

            assertThat(on(request, reads::isUnderWay)).isFalse();
            assertThat(on(another, reads::isUnderWay)).isTrue();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static <T> T on(Context context, Callable<T> action) {
        var result = new CompletableFuture<T>();
        context.runOnContext(now -> {
            try {
                result.complete(action.call());
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        return result.join();
    }

    @Test
    void aReadThatIsNeverAnsweredEnds() {
        begins();

        clock.turn(IssuerFailureClassifier.LONGEST_ATTEMPT);

        assertThat(reads.isUnderWay()).isFalse();
    }

    @Test
    void aTokenThatIsYoungerThanTheKeysThatWereReadMayHaveANewerKey() {
        UnverifiedToken token = issuedNow();
        clock.turn(IssuerKeyReads.LATENESS);
        begins();
        assertThat(reads.mayLackKeyOf(token)).isTrue();

        clock.turn(Duration.ofSeconds(1));
        begins();
        assertThat(reads.mayLackKeyOf(token)).isFalse();
        assertThat(reads.mayLackKeyOf(issuedNow())).isTrue();
    }

    @Test
    void aTokenThatDoesNotSayWhenItWasIssuedIsJudgedByTheKeysThatWereRead() {
        assertThat(reads.mayLackKeyOf(new UnverifiedToken(new JsonObject(), new JsonObject())))
                .isFalse();
    }

    @Test
    void aTokenWhoseKeyIsNotYetKnownIsRepeatedWhenKeysMayBeReadAgain() {
        assertThat(reads.notYetKnown().retryAfterSeconds()).contains(REFRESH.toSeconds());
    }

    @Test
    void whereThereAreMoreThanEightKeysATokenHasToNameItsOwn() {
        assertThat(reads.requireKeyNames()).isFalse();

        publishes(8);
        assertThat(reads.requireKeyNames()).isFalse();

        publishes(9);
        assertThat(reads.requireKeyNames()).isTrue();

        publishes(1);
        assertThat(reads.requireKeyNames()).isFalse();
    }

    @Test
    void whereNotAllKeysAreTriedTheirNumberDoesNotMatter() {
        var tryingOne = new IssuerKeyReads(clock, REFRESH, false);

        tryingOne.filter(answerWith(keys(9))).await().indefinitely();

        assertThat(tryingOne.requireKeyNames()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "{\"keys\":{}}"})
    void whatIsNoKeySetIsNotCounted(String answer) {
        reads.filter(answerWith(answer)).await().indefinitely();

        assertThat(reads.requireKeyNames()).isFalse();
    }

    private void publishes(int number) {
        reads.filter(answerWith(keys(number))).await().indefinitely();
    }

    private static String keys(int number) {
        return "{\"keys\":[%s]}"
                .formatted(String.join(",", Collections.nCopies(number, "{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}")));
    }

    private static OidcResponseFilterContext answerWith(String body) {
        return new OidcResponseFilterContext(null, 200, null, Buffer.buffer(body));
    }

    private UnverifiedToken issuedNow() {
        return new UnverifiedToken(
                new JsonObject(), JsonObject.of("iat", clock.instant().getEpochSecond()));
    }

    private void begins() {
        reads.filter((OidcRequestFilterContext) null).await().indefinitely();
    }
}
