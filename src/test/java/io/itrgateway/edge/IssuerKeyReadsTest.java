package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.itrgateway.OvertakenClock;
import io.itrgateway.TurnableClock;
import io.quarkus.oidc.common.OidcRequestContextProperties;
import io.quarkus.oidc.common.OidcRequestFilter.OidcRequestFilterContext;
import io.quarkus.oidc.common.OidcResponseFilter.OidcResponseFilterContext;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.core.buffer.Buffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether the keys of the issuer are being read. */
class IssuerKeyReadsTest {

    private static final Duration REFRESH = Duration.ofSeconds(2);
    private static final Duration LIFE = Duration.ofHours(1);

    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-07T06:30:00Z"));
    private final IssuerKeyReads reads = new IssuerKeyReads(clock, REFRESH, true, true, OptionalInt.empty());

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
    void aReadIsNotUnderWayForLongerWhereTheClockIsSetBack() {
        begins();
        reads.filter(answerWith("{}")).await().indefinitely();

        clock.turn(Duration.ofHours(-1));

        assertThat(reads.isUnderWay()).isFalse();
    }

    @Test
    void aReadThatIsRepeatedMeanwhileStaysUnderWay() {
        var beginsAgain = new AtomicBoolean();
        var overtaken = new AtomicReference<IssuerKeyReads>();
        Clock racing = new OvertakenClock(clock, () -> {
            if (beginsAgain.getAndSet(false)) {
                clock.turn(Duration.ofNanos(1));
                overtaken.get().filter((OidcRequestFilterContext) null).await().indefinitely();
            }
        });
        overtaken.set(new IssuerKeyReads(racing, REFRESH, true, true, OptionalInt.empty()));
        overtaken.get().filter((OidcRequestFilterContext) null).await().indefinitely();

        beginsAgain.set(true);

        assertThat(overtaken.get().isUnderWay()).isTrue();
    }

    @Test
    void aTokenThatIsYoungerThanTheKeysThatWereReadMayHaveANewerKey() {
        UnverifiedToken token = issuedIn(Duration.ZERO);
        clock.turn(IssuerKeyReads.LATENESS);
        begins();
        assertThat(reads.mayLackKeyOf(token)).isTrue();

        clock.turn(Duration.ofSeconds(1));
        begins();
        assertThat(reads.mayLackKeyOf(token)).isFalse();
        assertThat(reads.mayLackKeyOf(issuedIn(Duration.ZERO))).isTrue();
    }

    @Test
    void aTokenThatIsNotYetIssuedIsJudgedByTheKeysThatWereRead() {
        assertThat(reads.mayLackKeyOf(issuedIn(IssuerKeyReads.LATENESS))).isTrue();
        assertThat(reads.mayLackKeyOf(issuedIn(IssuerKeyReads.LATENESS.plusSeconds(1))))
                .isFalse();
    }

    @Test
    void aTokenThatHasExpiredIsJudgedByTheKeysThatWereRead() {
        UnverifiedToken token = issuedIn(Duration.ZERO);
        token.claims().put("exp", clock.instant().getEpochSecond() + 1);
        assertThat(reads.mayLackKeyOf(token)).isTrue();

        clock.turn(Duration.ofSeconds(1));
        assertThat(reads.mayLackKeyOf(token)).isFalse();
    }

    @Test
    void aTokenThatDoesNotSayWhenItExpiresIsJudgedByTheKeysThatWereRead() {
        UnverifiedToken token = issuedIn(Duration.ZERO);
        token.claims().remove("exp");

        assertThat(reads.mayLackKeyOf(token)).isFalse();
    }

    /** With {@code quarkus.oidc.token.lifespan-grace}, Quarkus accepts it when its key is known. */
    @Test
    void aTokenThatIsWithinTheToleratedDifferenceOfClocksMayHaveANewerKey() {
        Duration grace = Duration.ofMinutes(1);
        var tolerant = new IssuerKeyReads(clock, REFRESH, true, true, OptionalInt.of((int) grace.toSeconds()));

        UnverifiedToken expired = issuedIn(grace.negated());
        expired.claims().put("exp", clock.instant().minus(grace).getEpochSecond() + 1);
        assertThat(tolerant.mayLackKeyOf(expired)).isTrue();
        assertThat(tolerant.mayLackKeyOf(issuedIn(grace))).isTrue();
        assertThat(tolerant.mayLackKeyOf(issuedIn(grace.plusSeconds(1)))).isFalse();

        expired.claims().put("exp", clock.instant().minus(grace).getEpochSecond());
        assertThat(tolerant.mayLackKeyOf(expired)).isFalse();
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
        var tryingOne = new IssuerKeyReads(clock, REFRESH, false, true, OptionalInt.empty());

        tryingOne.filter(answerWith(keys(9))).await().indefinitely();

        assertThat(tryingOne.requireKeyNames()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kty\":\"RSA\",\"use\":\"enc\"}",
                "{\"kty\":\"RSA\",\"use\":1}",
                "{\"kty\":\"oct\"}",
                "{\"use\":\"sig\"}",
                "{\"kty\":null}"
            })
    void aKeyThatVerifiesNoTokenIsNotCounted(String key) {
        reads.filter(answerWith(keys(9, key))).await().indefinitely();
        assertThat(reads.requireKeyNames()).isFalse();
    }

    /** The only key without one would be that of every token that does not name its key. */
    @Test
    void aKeyWithoutAnIdGetsOne() {
        assertThat(idsOf(passedOnBy(reads, "{\"keys\":[{\"kty\":\"RSA\"},{\"kty\":\"EC\",\"kid\":null}]}")))
                .doesNotContainNull()
                .doesNotHaveDuplicates()
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"keys\": [{\"kty\":\"RSA\", \"kid\":\"k1\"}]}",
                "{\"keys\": [{\"kty\":\"RSA\", \"use\":\"enc\"}]}",
                "<html>"
            })
    void everyOtherAnswerStaysAsItCame(String answer) {
        assertThat(passedOnBy(reads, answer)).isEqualTo(answer);
    }

    @Test
    void whereNotAllKeysAreTriedAKeyWithoutAnIdStaysOne() {
        var tryingOne = new IssuerKeyReads(clock, REFRESH, false, true, OptionalInt.empty());

        assertThat(passedOnBy(tryingOne, "{\"keys\":[{\"kty\":\"RSA\"}]}")).isEqualTo("{\"keys\":[{\"kty\":\"RSA\"}]}");
    }

    /** Quarkus knows no other way then to the key of a token that does not name it. */
    @Test
    void whereTheKeysAreReadForEachTokenAKeyWithoutAnIdStaysOne() {
        var late = new IssuerKeyReads(clock, REFRESH, true, false, OptionalInt.empty());

        assertThat(passedOnBy(late, "{\"keys\":[{\"kty\":\"RSA\"}]}")).isEqualTo("{\"keys\":[{\"kty\":\"RSA\"}]}");
    }

    /** Quarkus continues with the keys that it has. */
    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "{\"keys\":null}", "<html>"})
    void whatIsNoKeySetChangesNothing(String answer) {
        publishes(9);

        reads.filter(answerWith(answer)).await().indefinitely();

        assertThat(reads.requireKeyNames()).isTrue();
    }

    /** Quarkus fails with what it may also fail with over a token. */
    @ParameterizedTest
    @ValueSource(strings = {"{\"keys\":{}}", "{\"keys\":[1]}", "{\"keys\":[{\"kty\":\"RSA\"},\"RSA\"]}"})
    void keysThatAreNoObjectsAreAFaultOfTheIssuer(String answer) {
        assertThatThrownBy(() -> reads.filter(answerWith(answer)).await().indefinitely())
                .isInstanceOf(IssuerFault.class)
                .hasMessage(IssuerFault.NOT_JSON);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 304, 404, 500})
    void anAnswerThatIsNotOkChangesNothing(int status) {
        publishes(9);

        reads.filter(new OidcResponseFilterContext(null, status, null, Buffer.buffer(keys(1))))
                .await()
                .indefinitely();

        assertThat(reads.requireKeyNames()).isTrue();
    }

    @Test
    void anAnswerWithoutABodyChangesNothing() {
        publishes(9);

        reads.filter(new OidcResponseFilterContext(null, 200, null, null))
                .await()
                .indefinitely();

        assertThat(reads.requireKeyNames()).isTrue();
    }

    private void publishes(int number) {
        reads.filter(answerWith(keys(number))).await().indefinitely();
    }

    private static String keys(int number) {
        return keys(number, "{\"kty\":\"EC\",\"use\":\"sig\"}");
    }

    private static String keys(int number, String key) {
        return "{\"keys\":[%s]}".formatted(String.join(",", Collections.nCopies(number, key)));
    }

    private static String passedOnBy(IssuerKeyReads reads, String body) {
        OidcResponseFilterContext answer = answerWith(body);
        reads.filter(answer).await().indefinitely();
        return answer.responseBody().toString();
    }

    private static List<String> idsOf(String keySet) {
        return new JsonObject(keySet)
                .getJsonArray("keys").stream()
                        .map(key -> ((JsonObject) key).getString("kid"))
                        .toList();
    }

    private static OidcResponseFilterContext answerWith(String body) {
        return new OidcResponseFilterContext(
                new OidcRequestContextProperties(Map.of()), 200, null, Buffer.buffer(body));
    }

    private UnverifiedToken issuedIn(Duration time) {
        long issuedAt = clock.instant().plus(time).getEpochSecond();
        return new UnverifiedToken(
                new JsonObject(), JsonObject.of("iat", issuedAt, "exp", issuedAt + LIFE.toSeconds()));
    }

    private void begins() {
        reads.filter((OidcRequestFilterContext) null).await().indefinitely();
    }
}
