package io.itrgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.itrgateway.contract.ClaimsContract;
import io.itrgateway.idempotency.Claims;
import io.itrgateway.idempotency.Owner;
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
class RedisClaimsTest extends ClaimsContract {

    private static final Duration LIFE = Duration.ofMinutes(5);
    private static final String KEYS = "itr-gateway:1:{0123456789abcdef}:";

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
        claims = new RedisClaims(link, promises, LIFE, RedisLink.SILENCE, VERTX);
    }

    @Override
    protected Claims claims() {
        return claims;
    }

    @Override
    protected void pass(Duration time) {
        // Else Redis would seem to have forgotten who it is, and would be filled again.
        server.command(Command.PERSIST, KEYS + "born");
        server.pass(time);
    }

    private String claimedBy(Owner owner) {
        return word(ended(claims.claim(NAME, PAYLOAD, owner)));
    }

    // ---- what may not be granted ------------------------------------------------------------------------------------

    @Test
    void nothingIsGrantedWhileWhatWasLostIsPutBack() {
        server.command(Command.SET, KEYS + "settling", "1", "PX", "60000");
        try {
            assertThatThrownBy(() -> claimedBy(FIRST))
                    .isInstanceOf(RedisAway.class)
                    .hasMessage("settling");
        } finally {
            server.command(Command.DEL, KEYS + "settling");
        }

        assertThat(server.keys()).noneMatch(key -> key.contains("claim:"));
    }

    @Test
    void nobodyIsGoneWhileWhatWasLostIsPutBack() {
        server.command(Command.SET, KEYS + "settling", "1", "PX", "60000");
        try {
            assertThat(ended(claims.news(NAME, FIRST)).toString()).startsWith("Running");
        } finally {
            server.command(Command.DEL, KEYS + "settling");
        }
    }

    @Test
    void aClaimThatIsCarriedOutAfterItWasFreedIsNotGranted() {
        ended(claims.free(NAME, FIRST, Optional.empty()));

        assertThatThrownBy(() -> claimedBy(FIRST)).isInstanceOf(RedisAway.class).hasMessage("freed");
        assertThat(claimedBy(SECOND)).isEqualTo("granted");
    }

    // ---- lives ------------------------------------------------------------------------------------------------------

    @Test
    void aClaimOfWhichNothingMoreIsHeardHoldsForAsLongAsACallCanTake() {
        claimedBy(FIRST);
        pass(LIFE.minusSeconds(5));
        assertThat(claimedBy(SECOND)).isEqualTo("running");

        pass(Duration.ofSeconds(5));

        assertThat(ended(claims.news(NAME, FIRST)).toString()).startsWith("Gone");
        assertThat(claimedBy(SECOND)).isEqualTo("granted");
    }

    @Test
    void anAnswerThatComesAfterItsClaimHasLapsedIsKept() {
        claimedBy(FIRST);
        pass(LIFE);

        ended(claims.keep(NAME, PAYLOAD, FIRST, new byte[] {7}));

        assertThat(claimedBy(SECOND)).isEqualTo("[7]");
    }

    @Test
    void aCallCanTakeFourWaitsAndFourAnswers() {
        assertThat(RedisClaims.life(Duration.ofSeconds(30), Duration.ofSeconds(5)))
                .isEqualTo(Duration.ofSeconds(150));
    }

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
                .filteredOn(key -> !key.endsWith(":born"))
                .hasSize(3)
                .allSatisfy(key ->
                        assertThat(server.command(Command.PTTL, key).toLong()).isPositive());
    }
}
