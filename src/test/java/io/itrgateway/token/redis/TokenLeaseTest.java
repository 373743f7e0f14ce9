package io.itrgateway.token.redis;

import static io.itrgateway.token.TokenRoom.COMPANY;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.itrgateway.TurnableClock;
import io.itrgateway.contract.TokenStoreContract.HeldFetch;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.redis.Keyspace;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.itrgateway.secret.Secret;
import io.itrgateway.token.AccessToken;
import io.itrgateway.token.ScriptedAuthorizer;
import io.itrgateway.token.TokenRoom;
import io.itrgateway.transport.Account;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** One replica fetches at a time; and none waits without end for one that does not come to an end. */
@ExtendWith(Hushed.class)
@Needs(Needs.Tool.REDIS)
class TokenLeaseTest {

    private static final Duration LIFE = Replica.TIMES.life();

    private static final Duration LONG = Replica.LONG;
    private static final Instant NOW = Instant.parse("2026-03-07T06:30:00Z");

    private final Vertx vertx = Vertx.vertx();
    private final RedisServer server = new RedisServer();
    private final TurnableClock clock = new TurnableClock(NOW);
    private final List<RedisLink> links = new ArrayList<>();

    /** Time passes only when a test says so. */
    private final Queue<Runnable> alarms = new ConcurrentLinkedQueue<>();

    private final HeldFetch flight = new HeldFetch();
    private final RedisTokenStore store = storeOf(COMPANY);

    private RedisTokenStore storeOf(Account account) {
        var link = Replica.link(vertx, server, new Keyspace("0123456789abcdef"));
        links.add(link);
        var room = new TokenRoom(clock, new ScriptedAuthorizer(clock));
        var made = new RedisTokenStore(
                link,
                room.storeOf(account),
                account,
                Replica.TIMES,
                clock,
                (time, task) -> alarms.add(task),
                Runnable::run);
        link.start();
        await().atMost(LONG).until(link::isUp);
        return made;
    }

    @AfterEach
    void close() {
        links.forEach(RedisLink::close);
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private CompletableFuture<AccessToken> loading() {
        return store.load(1, flight).subscribeAsCompletionStage();
    }

    private static AccessToken ended(CompletableFuture<AccessToken> load) {
        return load.orTimeout(LONG.toSeconds(), SECONDS).join();
    }

    private static String key(String name) {
        return new Keyspace("0123456789abcdef").key(name);
    }

    private long leftOfTheLease() {
        return server.command(Command.PTTL, key("token-lease")).toLong();
    }

    private void leaseOfAnotherReplica() {
        server.command(Command.SET, key("token-lease"), "another replica", "PX", 3_600_000);
    }

    /** Waits until an alarm is set, and lets it ring. */
    private void nextAlarm() {
        await().atMost(LONG).until(() -> !alarms.isEmpty());
        alarms.remove().run();
    }

    private AccessToken tokenNamed(String name) {
        return new AccessToken(Secret.of(name), 1, NOW, NOW.plus(Duration.ofHours(24)));
    }

    // ---- leases -----------------------------------------------------------------------------------------------------

    @Test
    void waitingForALeaseThatNeverEndsIsBounded() {
        leaseOfAnotherReplica();
        var load = loading();

        while (flight.takeOffs() == 0) {
            await().atMost(LONG).until(() -> !alarms.isEmpty() || flight.takeOffs() > 0);
            if (flight.takeOffs() == 0) {
                alarms.remove().run();
            }
        }

        flight.lands(tokenNamed("one"));
        assertThat(ended(load)).isEqualTo(tokenNamed("one"));
    }

    @Test
    void theLeaseIsHeldWhileTheFlightRuns() {
        loading();
        await().atMost(LONG).until(() -> flight.takeOffs() == 1);
        server.pass(LIFE.minusMillis(500));

        nextAlarm();

        await().atMost(LONG).until(() -> leftOfTheLease() > 1_000);
    }

    @Test
    void aFlightThatNeverEndsDoesNotHoldTheLeaseWithoutEnd() {
        loading();
        await().atMost(LONG).until(() -> flight.takeOffs() == 1);
        long renewals = Replica.TIMES.longestFetch().dividedBy(Replica.TIMES.betweenRenewals());

        for (int i = 0; i < renewals; i++) {
            nextAlarm();
        }

        assertThat(alarms).isEmpty();
    }

    @Test
    void theLeaseIsGivenBackWhenTheFlightFails() {
        var load = loading();
        flight.fails();
        catchThrowable(() -> ended(load));
        await().atMost(LONG).until(() -> leftOfTheLease() < 0);

        nextAlarm();

        assertThat(alarms).isEmpty();
        assertThat(server.keys()).doesNotContain(key("token-lease"));
    }

    @Test
    void theLeaseIsGivenBackWhenTheFlightLands() {
        var load = loading();
        flight.lands(tokenNamed("one"));
        ended(load);
        await().atMost(LONG).until(() -> leftOfTheLease() < 0);

        nextAlarm();

        assertThat(alarms).isEmpty();
        assertThat(server.keys()).doesNotContain(key("token-lease"));
    }

    @Test
    void aLostLeaseIsNotTakenFromItsNewOwner() {
        var load = loading();
        await().atMost(LONG).until(() -> flight.takeOffs() == 1);
        leaseOfAnotherReplica();

        nextAlarm();
        flight.fails();

        assertThat(catchThrowable(() -> ended(load))).hasCauseInstanceOf(GatewayException.class);
        await().during(Duration.ofMillis(200)).atMost(LONG).until(() -> leftOfTheLease() > 3_000_000);
    }

    @Test
    void theLateTokenOfOneThatStoodStillReplacesNoNewerOne() {
        var late = loading();
        await().atMost(LONG).until(() -> flight.takeOffs() == 1);
        server.pass(LIFE);
        var other = storeOf(COMPANY);
        var flightOfTheOther = new HeldFetch();
        var newer = other.load(1, flightOfTheOther).subscribeAsCompletionStage();
        flightOfTheOther.lands(tokenNamed("newer"));
        ended(newer);
        await().atMost(LONG).until(() -> server.keys().contains(key("token")));
        var serial = server.command(Command.HGET, key("token"), "serial").toString();

        flight.lands(tokenNamed("late"));

        ended(late);
        await().during(Duration.ofMillis(200))
                .atMost(LONG)
                .until(() -> server.command(Command.HGET, key("token"), "serial")
                        .toString()
                        .equals(serial));
    }

    // ---- whose it is ------------------------------------------------------------------------------------------------

    @Test
    void whatWasSealedWithAnotherClientSecretIsNotOpenedAndIsReplaced() {
        var load = loading();
        flight.lands(tokenNamed("one"));
        ended(load);
        await().atMost(LONG).until(() -> server.keys().contains(key("token")));
        var serial = server.command(Command.HGET, key("token"), "serial").toString();
        var other = storeOf(new Account(COMPANY.clientId(), Secret.of("client-secret-2")));

        var ofTheOther = other.load(1, flight).subscribeAsCompletionStage();
        flight.lands(tokenNamed("other"));

        assertThat(ended(ofTheOther)).isEqualTo(tokenNamed("other"));
        await().atMost(LONG)
                .until(() -> !server.command(Command.HGET, key("token"), "serial")
                        .toString()
                        .equals(serial));
    }

    @Test
    void aFailureOfAKindThatThisReleaseDoesNotKnowIsAnUnavailableUpstream() {
        server.command(Command.HSET, key("token-pause"), "kind", "NEW_KIND", "failures", 3);
        server.command(Command.PEXPIRE, key("token-pause"), 60_000);

        var load = loading();

        assertThat(catchThrowable(() -> ended(load))).cause().hasMessage("upstream-unavailable");
        assertThat(flight.takeOffs()).isZero();
    }
}
