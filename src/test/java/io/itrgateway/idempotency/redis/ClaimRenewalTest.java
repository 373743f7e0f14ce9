package io.itrgateway.idempotency.redis;

import static io.itrgateway.idempotency.redis.ClaimRenewal.BATCHES_AT_ONCE;
import static io.itrgateway.idempotency.redis.ClaimRenewal.MAX_AT_ONCE;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.idempotency.ClaimName;
import io.itrgateway.idempotency.Fingerprint;
import io.itrgateway.idempotency.Owner;
import io.itrgateway.redis.RedisAway;
import io.itrgateway.redis.RedisLink;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.NumberType;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClaimRenewalTest {

    /** Of the settings that are not set. */
    private static final int MOST_CLAIMS = 2 * 11_024 + 10_000 + 1_024 + 64 * 1024 * 1024 / PendingResults.ENTRY_BYTES;

    /** A batch that has been sent. */
    private record Sent(
            int claims, boolean areOthersToFollow, boolean holdsUpClaims, UniEmitter<? super Response> answer) {}

    private final List<Sent> sent = new ArrayList<>();
    private final AtomicInteger ended = new AtomicInteger();
    private List<HeldClaim> claims = List.of();
    private final ClaimRenewal renewal = new ClaimRenewal(
            (script, longest, keys, arguments) -> Uni.createFrom()
                    .emitter(emitter -> sent.add(new Sent(
                            keys.size() / 2,
                            arguments[3].equals(1),
                            arguments[4].equals(RedisClaimStore.PUT_BACK_IN.toMillis()),
                            emitter))),
            () -> claims,
            ended::incrementAndGet);

    /** Some time is left for the attempt that succeeds, and for the claims. */
    @Test
    void anAttemptToConnectToAHostThatDoesNotAnswerEndsWellBeforeNamesOfMissingClaimsAreAcquired() throws IOException {
        var settings = new Properties();
        try (var file = getClass().getResourceAsStream("/application.properties")) {
            settings.load(file);
        }
        Duration attempt =
                DurationConverter.parseDuration(settings.getProperty("quarkus.redis.tcp.connection-timeout"));

        assertThat(attempt.plus(RedisLink.BETWEEN_TRIES).plus(RedisLink.SILENCE))
                .isLessThanOrEqualTo(RedisClaimStore.PUT_BACK_IN);
    }

    private void hold(int number) {
        claims = IntStream.range(0, number)
                .mapToObj(i -> new HeldClaim(
                        new ClaimName("caller", "name-" + i), new Fingerprint("payload"), new Owner("owner-" + i)))
                .toList();
    }

    private void answer(int batch) {
        sent.get(batch).answer.complete(NumberType.create(1));
    }

    /** By a Redis that is as slow as one may be that grants claims. */
    @Test
    void aRoundOfAsManyClaimsAsThereMayBeIsOverBeforeALeaseIs() {
        hold(MOST_CLAIMS);
        Duration round = Duration.ZERO;

        renewal.renew(false);
        for (int answered = 0; ended.get() == 0; ) {
            int onTheirWay = sent.size();
            while (answered < onTheirWay) {
                answer(answered++);
            }
            round = round.plus(RedisClaimStore.LONGEST_WAIT);
        }

        assertThat(sent.stream().mapToInt(Sent::claims).sum()).isEqualTo(MOST_CLAIMS);
        assertThat(round.plusSeconds(1)).isLessThan(RedisClaimStore.LEASE);
    }

    @Test
    void aFewBatchesAreOnTheirWayAtOnceAndOnlyTheLastSaysSo() {
        hold((BATCHES_AT_ONCE + 1) * MAX_AT_ONCE + 1);

        renewal.renew(false);
        assertThat(sent).hasSize(BATCHES_AT_ONCE);
        answer(0);
        assertThat(sent).hasSize(BATCHES_AT_ONCE + 1);
        for (int batch = 1; batch < BATCHES_AT_ONCE + 2; batch++) {
            assertThat(ended).hasValue(0);
            answer(batch);
        }

        assertThat(ended).hasValue(1);
        assertThat(sent.subList(0, BATCHES_AT_ONCE + 1)).allMatch(Sent::areOthersToFollow);
        assertThat(sent.get(BATCHES_AT_ONCE + 1).areOthersToFollow()).isFalse();
    }

    @Test
    void aRoundWithoutClaimsSendsOneBatch() {
        renewal.renew(false);
        answer(0);

        assertThat(sent).extracting(Sent::claims).containsExactly(0);
        assertThat(ended).hasValue(1);
    }

    @Test
    void aRoundThatRedisDoesNotAnswerIsOver() {
        hold(100 * MAX_AT_ONCE);
        renewal.renew(false);

        sent.get(0).answer.fail(new RedisAway(RedisAway.Reason.AWAY));
        answer(1);

        assertThat(sent).hasSize(BATCHES_AT_ONCE);
        assertThat(ended).hasValue(1);
    }

    /** An older state may have the claims of the first batch. */
    @Test
    void whenRedisIsFoundNothingIsAcquiredBeforeTheRoundHasComeToItsEnd() {
        hold(2 * MAX_AT_ONCE);

        renewal.renew(true);

        assertThat(sent).extracting(Sent::holdsUpClaims).containsExactly(true, false);
    }

    @Test
    void afterARoundThatFailedNothingIsAcquiredBeforeTheNextOneHasComeAsFar() {
        hold(2 * MAX_AT_ONCE);
        renewal.renew(false);
        answer(0);
        sent.get(1).answer.fail(new RedisAway(RedisAway.Reason.AWAY));

        renewal.renew(false);
        answer(2);
        answer(3);
        renewal.renew(false);

        assertThat(sent).extracting(Sent::holdsUpClaims).containsExactly(false, false, true, false, false, false);
    }

    @Test
    void aRoundThatIsBegunAgainReplacesTheOneBefore() {
        hold(100 * MAX_AT_ONCE);
        renewal.renew(false);
        hold(1);

        renewal.renew(false);
        assertThat(sent).hasSize(BATCHES_AT_ONCE);
        renewal.renew(true);
        assertThat(sent).hasSize(BATCHES_AT_ONCE + 1);
        answer(0);
        assertThat(ended).hasValue(0);
        answer(BATCHES_AT_ONCE);

        assertThat(ended).hasValue(1);
        assertThat(sent).hasSize(BATCHES_AT_ONCE + 1);
    }
}
