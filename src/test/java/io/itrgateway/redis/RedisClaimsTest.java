package io.itrgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.itrgateway.contract.ClaimsContract;
import io.itrgateway.idempotency.Claims;
import io.itrgateway.idempotency.Fingerprint;
import io.itrgateway.idempotency.Owner;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisOptions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Hushed.class)
@Needs(Needs.Tool.REDIS)
class RedisClaimsTest extends ClaimsContract {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String KEYS = "itr-gateway:2:{0123456789abcdef}:";

    private static final Vertx VERTX = Vertx.vertx();
    private static RedisServer server;
    private static RedisLink link;

    private Claims claims;

    @BeforeAll
    static void connect() {
        server = new RedisServer();
        var redis = Redis.createClient(VERTX, new RedisOptions().setConnectionString(server.url()));
        link = new RedisLink(VERTX, redis, new Keyspace("0123456789abcdef"), new RedisMeter(new SimpleMeterRegistry()));
        link.start();
    }

    @AfterAll
    static void close() {
        link.close();
        server.close();
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    @BeforeEach
    void empty() {
        server.keys().stream()
                .filter(key -> key.startsWith(KEYS + "claim:") || key.startsWith(KEYS + "ended:"))
                .forEach(key -> server.command(Command.DEL, key));
        var promises = new OwnPromises(1024 * 1024, System::nanoTime);
        claims = new RedisClaims(link, promises, RedisLink.SILENCE, VERTX);
    }

    @Override
    protected Claims claims() {
        return claims;
    }

    @Override
    protected void pass(Duration time) {
        // Else Redis would seem to have forgotten who it is, and would be filled again.
        server.command(Command.PERSIST, KEYS + "born");
        server.command(Command.PERSIST, KEYS + "alive");
        server.pass(time);
    }

    private String claimedBy(Owner owner) {
        return word(ended(claims.claim(NAME, PAYLOAD, owner)));
    }

    /** The claim of a process of which nothing more is heard, since its lease has run out. */
    private void claimedByOneThatIsGone(Owner owner) {
        claimedBy(owner);
        server.command(Command.HSET, KEYS + "claim:" + NAME.text(), "p", "gone");
        server.command(Command.ZADD, KEYS + "alive", "1", "gone");
    }

    private void whileSettling(Runnable task) {
        server.command(Command.SET, KEYS + "settling", "1", "PX", "60000");
        try {
            task.run();
        } finally {
            server.command(Command.DEL, KEYS + "settling");
        }
    }

    // ---- its process is gone ----------------------------------------------------------------------------------------

    @Test
    void theClaimOfAProcessThatIsGoneIsGrantedToNobodyForADay() {
        claimedByOneThatIsGone(FIRST);

        assertThat(claimedBy(SECOND)).isEqualTo("interrupted");
        pass(Claims.KEPT_FOR.minusMinutes(1));
        assertThat(claimedBy(SECOND)).isEqualTo("interrupted");
        assertThat(word(ended(claims.news(NAME, FIRST)))).isEqualTo("interrupted");
    }

    @Test
    void theClaimOfAProcessThatNobodyHasHeardOfIsInterrupted() {
        claimedByOneThatIsGone(FIRST);
        server.command(Command.ZREM, KEYS + "alive", "gone");

        assertThat(claimedBy(SECOND)).isEqualTo("interrupted");
    }

    @Test
    void anInterruptedClaimTellsPayloadsApart() {
        claimedByOneThatIsGone(FIRST);

        assertThat(word(ended(claims.claim(NAME, new Fingerprint("payload-2"), SECOND))))
                .isEqualTo("mismatch");
    }

    @Test
    void theEndOfAProcessThatWasOnlySlowTakesThePlaceOfTheInterruption() {
        claimedByOneThatIsGone(FIRST);
        assertThat(claimedBy(SECOND)).isEqualTo("interrupted");

        ended(claims.keep(NAME, PAYLOAD, FIRST, new byte[] {7}));

        assertThat(claimedBy(SECOND)).isEqualTo("[7]");
    }

    @Test
    void aProcessThatWasOnlySlowFreesItsClaim() {
        claimedByOneThatIsGone(FIRST);

        ended(claims.free(NAME, FIRST, Optional.empty()));

        assertThat(claimedBy(SECOND)).isEqualTo("granted");
    }

    @Test
    void aProcessThatIsBackRunsItsCallAsBefore() {
        claimedBy(FIRST);
        server.command(Command.ZADD, KEYS + "alive", "1", link.process(), "9999999999999", "another");

        await().atMost(LONG).until(() -> claimedBy(SECOND).equals("running"));
    }

    @Test
    void nothingIsInterruptedWhileWhatWasLostIsPutBack() {
        claimedByOneThatIsGone(FIRST);

        whileSettling(() -> {
            assertThatThrownBy(() -> claimedBy(SECOND))
                    .isInstanceOf(RedisAway.class)
                    .hasMessage("settling");
            assertThat(word(ended(claims.news(NAME, FIRST)))).isEqualTo("running");
        });
    }

    @Test
    void aLeaseIsRenewedBeforeItRunsOut() {
        var seconds = server.command(Command.TIME).get(0).toLong();

        var endsAtMillis =
                server.command(Command.ZSCORE, KEYS + "alive", link.process()).toDouble();

        assertThat(endsAtMillis / 1000 - seconds).isBetween(1.0, 11.0);
    }

    // ---- what may not be granted ------------------------------------------------------------------------------------

    @Test
    void nothingIsGrantedWhileWhatWasLostIsPutBack() {
        whileSettling(() -> assertThatThrownBy(() -> claimedBy(FIRST))
                .isInstanceOf(RedisAway.class)
                .hasMessage("settling"));

        assertThat(server.keys()).noneMatch(key -> key.contains("claim:"));
    }

    @Test
    void nobodyIsGoneWhileWhatWasLostIsPutBack() {
        whileSettling(() -> assertThat(word(ended(claims.news(NAME, FIRST)))).isEqualTo("running"));
    }

    @Test
    void aClaimThatIsCarriedOutAfterItWasFreedIsNotGranted() {
        ended(claims.free(NAME, FIRST, Optional.empty()));

        assertThatThrownBy(() -> claimedBy(FIRST)).isInstanceOf(RedisAway.class).hasMessage("freed");
        assertThat(claimedBy(SECOND)).isEqualTo("granted");
    }

    // ---- lives ------------------------------------------------------------------------------------------------------

    @Test
    void nothingLiesThereForEver() {
        claimedBy(FIRST);
        ended(claims.free(NAME, FIRST, Optional.of(new byte[] {7})));
        claimedBy(SECOND);
        assertThat(claimedBy(new Owner("third"))).isEqualTo("running");
        ended(claims.free(NAME, new Owner("third"), Optional.empty()));
        ended(claims.keep(NAME, PAYLOAD, SECOND, new byte[] {8}));
        claimedBy(FIRST);

        assertThat(server.keys())
                .filteredOn(key -> !key.endsWith(":born") && !key.endsWith(":alive"))
                .hasSize(3)
                .allSatisfy(key ->
                        assertThat(server.command(Command.PTTL, key).toLong()).isPositive());
    }
}
