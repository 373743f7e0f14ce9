package io.itrgateway.token.redis;

import static io.itrgateway.problem.ProblemKind.UPSTREAM_CREDENTIALS_REFUSED;
import static io.itrgateway.problem.ProblemKind.UPSTREAM_UNAVAILABLE;
import static io.itrgateway.token.Callers.answersTo;
import static io.itrgateway.token.Callers.failureOf;
import static io.itrgateway.token.TokenRoom.COMPANY;
import static io.itrgateway.token.redis.Replica.LONG;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.TurnableClock;
import io.itrgateway.redis.Keyspace;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.itrgateway.secret.Secret;
import io.itrgateway.token.AccessToken;
import io.itrgateway.token.Callers.Failed;
import io.itrgateway.transport.Account;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One token for several replicas, whatever they, Deepvue and Redis do. What is counted is authorizes, over all of them. */
@ExtendWith(Hushed.class)
@Needs(Needs.Tool.REDIS)
class ReplicasTokenTest {

    private static final Duration NINETY_PERCENT = Duration.ofMinutes(21 * 60 + 36);
    private static final Duration LIFE_OF_A_LEASE = Duration.ofSeconds(3);
    private static final int CALLERS = 50;

    private final Vertx vertx = Vertx.vertx();
    private final RedisServer server = new RedisServer();
    private final TurnableClock clock = new TurnableClock(Instant.parse("2026-03-07T06:30:00Z"));
    private final List<Replica> replicas = new ArrayList<>();

    @AfterEach
    void close() {
        replicas.forEach(replica -> replica.link.close());
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    // ---- Redis is away ----------------------------------------------------------------------------------------------

    @Test
    void withoutRedisAtTheStartEachFetchesForItself() {
        server.kill();
        for (int i = 0; i < 2; i++) {
            replica(COMPANY, clock).link.start();
        }

        var callers = callersOfAll();

        eventually().until(() -> asked() == 2);
        replicas.forEach(replica -> replica.deepvue.grants());
        assertThat(callers).allSatisfy(caller -> assertThat(ended(caller)).isNotNull());
    }

    @Test
    void aRedisThatAnswersSlowlyIsWaitedForBeforeATokenIsFetched() {
        startTogether(1);
        served();

        // Again where a busy machine makes the pause so long that Redis counts as away.
        eventually().until(this::newcomerAdoptsTheTokenOfASlowRedis);
    }

    private boolean newcomerAdoptsTheTokenOfASlowRedis() {
        var newcomer = newcomer();
        CompletableFuture<AccessToken> caller;
        server.pause();
        try {
            caller = newcomer.caller();
            await().pollDelay(RedisLink.SILENCE.dividedBy(2)).until(() -> true);
        } finally {
            server.resume();
        }
        eventually().until(() -> caller.isDone() || newcomer.deepvue.isBeingAsked());
        return caller.isDone();
    }

    @Test
    void whileRedisHangsTheTokenInMemoryServesAndARefusedOneIsReplaced() {
        startTogether(1);
        var held = served();
        server.pause();
        try {
            var replica = replicas.get(0);
            assertThat(replica.caller()).isCompletedWithValue(held);

            replica.tokens.discard(held);

            assertThat(granted()).isNotEqualTo(held);
            assertThat(asked()).isEqualTo(2);
        } finally {
            server.resume();
        }
    }

    @Test
    void aRedisThatComesBackEmptyGetsTheTokenThatIsHeld() {
        startTogether(2);
        var held = served();
        server.kill();
        server.startEmpty();

        eventually().ignoreExceptions().until(() -> serial().isPresent());

        assertThat(ended(newcomer().caller()).value()).isEqualTo(held.value());
        assertThat(asked()).isOne();
    }

    @Test
    void aTokenFetchedWhileRedisWasAwayReplacesTheRefusedOneWhenItIsBack() {
        startTogether(1);
        var refused = served();
        var old = serial().orElseThrow();
        var replica = replicas.get(0);
        server.pause();
        AccessToken fetched;
        try {
            replica.tokens.discard(refused);
            fetched = granted();
        } finally {
            server.resume();
        }
        eventually().until(replica.link::isUp);

        eventually().until(() -> serial().filter(there -> !there.equals(old)).isPresent());

        assertThat(ended(newcomer().caller()).value()).isEqualTo(fetched.value());
        assertThat(asked()).isEqualTo(2);
    }

    // ---- one of them dies -------------------------------------------------------------------------------------------

    @Test
    void whenTheOneThatFetchesDiesAnotherGoesOnAfterItsLease() {
        startTogether(2);
        var dying = replicas.get(0);
        dying.caller();
        eventually().until(dying.deepvue::isBeingAsked);
        var other = replicas.get(1);
        var caller = other.caller();

        dying.crashes();
        server.pass(LIFE_OF_A_LEASE);

        eventually().until(other.deepvue::isBeingAsked);
        var token = other.deepvue.grants();
        assertThat(ended(caller)).isEqualTo(token);
    }

    // ---- Deepvue refuses --------------------------------------------------------------------------------------------

    @Test
    void aFailedAuthorizeIsTheFailureOfAllAndOnlyOneTriesAgainAfterThePause() {
        startTogether(3);
        var callers = callersOfAll();

        asking().deepvue.fails(UPSTREAM_UNAVAILABLE);

        allEnded(callers);
        assertThat(answersTo(callers)).containsExactly(new Failed(UPSTREAM_UNAVAILABLE, Optional.of(1L)));
        assertThat(asked()).isOne();
        timePasses(Duration.ofSeconds(1));
        var later = callersOfAll();
        var token = asking().deepvue.grants();
        allEnded(later);
        assertThat(values(later)).containsOnly(token.value());
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void refusedCredentialsCostOneAuthorizeForEachPauseAndThePausesGrowForAll() {
        startTogether(3);
        for (int failures = 1; failures <= 4; failures++) {
            var callers = callersOfAll();
            asking().deepvue.fails(UPSTREAM_CREDENTIALS_REFUSED);
            allEnded(callers);
            assertThat(answersTo(callers)).containsExactly(new Failed(UPSTREAM_CREDENTIALS_REFUSED, Optional.empty()));

            Duration pause = Duration.ofSeconds(1L << (failures - 1));
            timePasses(pause.dividedBy(2));
            var meanwhile = callersOfAll();
            allEnded(meanwhile);
            assertThat(asked()).isEqualTo(failures);
            timePasses(pause.dividedBy(2));
        }
    }

    @Test
    void oneThatStartsDuringThePauseKeepsItToo() {
        startTogether(1);
        var caller = replicas.get(0).caller();
        asking().deepvue.fails(UPSTREAM_UNAVAILABLE);
        allEnded(List.of(caller));
        eventually().until(() -> server.keys().contains(key("token-pause")));

        var newcomer = newcomer().caller();

        allEnded(List.of(newcomer));
        assertThat(failureOf(newcomer).kind()).isEqualTo(UPSTREAM_UNAVAILABLE);
        assertThat(asked()).isOne();
    }

    @Test
    void tokensThatNeverWorkCostOneAuthorizeForEachPause() {
        startTogether(3);
        refusedByAll(servedToAll());
        refusedByAll(servedToAll());
        assertThat(asked()).isEqualTo(2);
        var paused = callersOfAll();
        allEnded(paused);
        assertThat(answersTo(paused)).containsExactly(new Failed(UPSTREAM_CREDENTIALS_REFUSED, Optional.empty()));

        timePasses(Duration.ofSeconds(1));

        servedToAll();
        assertThat(asked()).isEqualTo(3);
    }

    @Test
    void aTokenRefusedEverywhereAtOnceCostsOneAuthorize() {
        startTogether(3);
        var refused = servedToAll();

        refusedByAll(refused);

        assertThat(servedToAll().value()).isNotEqualTo(refused.value());
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void aTokenThatOneHasRefusedIsNotTakenAgainFromAnother() {
        startTogether(1);
        var refused = served();
        server.command(Command.COPY, key("token"), key("token-copy"));
        var replica = replicas.get(0);
        replica.tokens.discard(refused);
        eventually().until(() -> serial().isEmpty());
        server.command(Command.COPY, key("token-copy"), key("token"));

        var token = granted();

        assertThat(token.value()).isNotEqualTo(refused.value());
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void whoRefusesAnOldTokenLeavesTheNewerOneOfAnother() {
        startTogether(2);
        var old = servedToAll();
        replicas.get(0).tokens.discard(old);
        var newer = granted(replicas.get(0));

        replicas.get(1).tokens.discard(old);

        assertThat(ended(replicas.get(1).caller()).value()).isEqualTo(newer.value());
        assertThat(ended(newcomer().caller()).value()).isEqualTo(newer.value());
        assertThat(asked()).isEqualTo(2);
    }

    // ---- what lies in Redis -----------------------------------------------------------------------------------------

    @Test
    void changedBytesLeadToAnAuthorizeAndNotToAnError() {
        startTogether(1);
        served();
        server.command(Command.HSET, key("token"), "sealed", "changed");

        newcomer();

        assertThat(granted()).isNotNull();
    }

    @Test
    void aLongerLifeThanTheTokenWasGivenLeadsToAnAuthorize() {
        startTogether(1);
        served();
        server.command(Command.HSET, key("token"), "life", Long.MAX_VALUE);

        newcomer();

        assertThat(granted()).isNotNull();
    }

    @Test
    void anotherAccountAdoptsNothing() {
        startTogether(1);
        var token = served();

        var other = replica(new Account(COMPANY.clientId(), Secret.of("client-secret-2")), clock)
                .started();
        other.caller();

        eventually().until(other.deepvue::isBeingAsked);
        assertThat(other.deepvue.grants()).isNotEqualTo(token);
    }

    @Test
    void theTokenIsSealedInRedis() {
        startTogether(1);
        var token = served();

        var lies = server.command(Command.HGET, key("token"), "sealed").toBytes();

        assertThat(new String(lies, ISO_8859_1)).doesNotContain(token.value().reveal());
    }

    @Test
    void nothingLiesInRedisWithoutAnEndOfItsLife() {
        startTogether(2);
        var callers = callersOfAll();
        asking();
        everyKeyEnds("token-lease");
        asking().deepvue.fails(UPSTREAM_UNAVAILABLE);
        allEnded(callers);
        everyKeyEnds("token-pause");
        timePasses(Duration.ofSeconds(1));
        servedToAll();
        everyKeyEnds("token");
        assertThat(server.keys()).doesNotContain(key("token-lease"), key("token-pause"));
    }

    // ---- renewal ----------------------------------------------------------------------------------------------------

    @Test
    void aFailedRenewalIsNotRepeatedByOthersAndTheOldTokenServes() {
        startTogether(3);
        var old = servedToAll();
        timePasses(NINETY_PERCENT);
        var callers = callersOfAll();
        assertThat(values(callers)).containsOnly(old.value());

        asking().deepvue.fails(UPSTREAM_UNAVAILABLE);

        eventually().until(() -> server.keys().contains(key("token-pause")));
        assertThat(values(callersOfAll())).containsOnly(old.value());
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void theTokenIsRenewedByOneForAll() {
        startTogether(3);
        var old = servedToAll();
        timePasses(NINETY_PERCENT);
        var during = callersOfAll();
        assertThat(values(during)).containsOnly(old.value());

        var renewed = asking().deepvue.grants();

        eventually().until(() -> values(callersOfAll()).equals(List.of(renewed.value())));
        assertThat(asked()).isEqualTo(2);
    }

    // ---- the start --------------------------------------------------------------------------------------------------

    @Test
    void allThatStartAtOnceMakeOneAuthorize() {
        startTogether(3);
        var callers = callersOfAll();

        var token = asking().deepvue.grants();

        allEnded(callers);
        assertThat(values(callers)).containsOnly(token.value());
        assertThat(asked()).isOne();
        assertThat(replicas.stream().mapToLong(replica -> replica.room.countedRenewals()))
                .as("authorizes that are counted, over all")
                .containsExactlyInAnyOrder(1L, 0L, 0L);
    }

    @Test
    void aNewInstanceServesItsFirstCallWithoutAnAuthorize() {
        startTogether(1);
        var token = served();

        var first = newcomer().caller();

        assertThat(ended(first).value()).isEqualTo(token.value());
        assertThat(asked()).isOne();
    }

    @Test
    void aTokenKeepsItsAgeInEveryReplicaWhateverItsClock() {
        startTogether(1);
        served();
        server.pass(Duration.ofHours(20));
        var otherClock = new TurnableClock(clock.instant().minus(Duration.ofDays(3)));
        var newcomer = replica(COMPANY, otherClock).started();

        var adopted = ended(newcomer.caller());

        assertThat(Duration.between(otherClock.instant(), adopted.expiresAt()))
                .isBetween(Duration.ofHours(4).minusMinutes(1), Duration.ofHours(4));
        assertThat(newcomer.room.shownAge())
                .isBetween((double) Duration.ofHours(20).toSeconds(), (double)
                        Duration.ofHours(20).plusMinutes(1).toSeconds());
    }

    @Test
    void aTokenThatIsAboutToExpireIsNotAdopted() {
        startTogether(1);
        served();
        server.pass(Duration.ofHours(24).minusSeconds(50));

        newcomer();

        assertThat(granted()).isNotNull();
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void aTokenThatIsDueForRenewalServesANewInstanceWhileItRenewsIt() {
        startTogether(1);
        var due = served();
        server.pass(Duration.ofHours(22));
        var newcomer = newcomer();
        assertThat(ended(newcomer.caller()).value()).isEqualTo(due.value());

        assertThat(ended(newcomer.caller()).value()).isEqualTo(due.value());

        eventually().until(newcomer.deepvue::isBeingAsked);
    }

    // ---- in the words of this test ----------------------------------------------------------------------------------

    private Replica replica(Account account, Clock itsClock) {
        var replica = new Replica(vertx, server, account, itsClock);
        replicas.add(replica);
        return replica;
    }

    private void startTogether(int howMany) {
        for (int i = 0; i < howMany; i++) {
            replica(COMPANY, clock).started();
        }
    }

    private Replica newcomer() {
        return replica(COMPANY, clock).started();
    }

    /** In this thread, on which the scripted authorizes run. */
    private static ConditionFactory eventually() {
        return await().atMost(LONG).pollInSameThread();
    }

    private int asked() {
        return replicas.stream().mapToInt(replica -> replica.deepvue.asked()).sum();
    }

    /** The one that fetches now. */
    private Replica asking() {
        eventually().until(() -> replicas.stream().anyMatch(replica -> replica.deepvue.isBeingAsked()));
        var asking = replicas.stream()
                .filter(replica -> replica.deepvue.isBeingAsked())
                .toList();
        assertThat(asking).hasSize(1);
        return asking.get(0);
    }

    private List<CompletableFuture<AccessToken>> callersOfAll() {
        return replicas.stream()
                .flatMap(replica -> Stream.generate(replica::caller).limit(CALLERS))
                .toList();
    }

    private void allEnded(List<CompletableFuture<AccessToken>> callers) {
        eventually().until(() -> {
            asked(); // flights begin when a test looks
            return callers.stream().allMatch(CompletableFuture::isDone);
        });
    }

    private AccessToken ended(CompletableFuture<AccessToken> caller) {
        allEnded(List.of(caller));
        return caller.join();
    }

    /** The token that the newest replica gets after a fetch of its own. */
    private AccessToken granted() {
        return granted(replicas.get(replicas.size() - 1));
    }

    private AccessToken granted(Replica fetching) {
        var caller = fetching.caller();
        eventually().until(fetching.deepvue::isBeingAsked);
        var token = fetching.deepvue.grants();
        ended(caller);
        return token;
    }

    /** The token that one replica has fetched for all, and that lies in Redis. */
    private AccessToken served() {
        var token = granted();
        eventually().until(() -> serial().isPresent());
        return token;
    }

    /** The same, when all replicas have it. */
    private AccessToken servedToAll() {
        var callers = callersOfAll();
        var token = asking().deepvue.grants();
        allEnded(callers);
        assertThat(values(callers)).containsOnly(token.value());
        return token;
    }

    private void refusedByAll(AccessToken token) {
        for (Replica replica : replicas) {
            var held = replica.tokens.held().orElseThrow();
            assertThat(held.value()).isEqualTo(token.value());
            replica.tokens.discard(held);
        }
    }

    private static List<Secret> values(List<CompletableFuture<AccessToken>> callers) {
        return callers.stream().map(caller -> caller.join().value()).distinct().toList();
    }

    private void timePasses(Duration time) {
        clock.turn(time);
        server.pass(time);
    }

    private static String key(String name) {
        return new Keyspace(COMPANY).key(name);
    }

    private Optional<String> serial() {
        return Optional.ofNullable(server.command(Command.HGET, key("token"), "serial"))
                .map(Object::toString);
    }

    private void everyKeyEnds(String name) {
        eventually().until(() -> server.keys().contains(key(name)));
        assertThat(server.keys())
                .allSatisfy(key -> assertThat(server.command(Command.PTTL, key).toLong())
                        .as(key)
                        .isPositive());
    }
}
