package io.itrgateway.binding.redis;

import static io.itrgateway.redis.TestLink.KEYS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.binding.Binding;
import io.itrgateway.binding.BindingStore;
import io.itrgateway.binding.MemoryBindingStore;
import io.itrgateway.binding.Ownership;
import io.itrgateway.contract.BindingStoreContract;
import io.itrgateway.redis.RedisLink;
import io.itrgateway.redis.TestLink;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two processes, one Redis. */
@ExtendWith(HushedRedis.class)
@Needs(Needs.Tool.REDIS)
class RedisBindingStoreTest extends BindingStoreContract {

    private static final Duration LONG = Duration.ofSeconds(60);

    private static final Vertx VERTX = Vertx.vertx();
    private static RedisServer server;
    private static RedisLink link;
    private static RedisLink otherLink;

    private final AtomicLong nanos = new AtomicLong();
    private final List<RedisBindingStore> stores = new ArrayList<>();
    private RedisBindingStore store;
    private RedisBindingStore other;

    @BeforeAll
    static void connect() {
        server = new RedisServer();
        link = TestLink.to(server.url(), VERTX);
        otherLink = TestLink.to(server.url(), VERTX);
    }

    @AfterAll
    static void close() {
        link.close();
        otherLink.close();
        server.close();
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    @BeforeEach
    void open() {
        server.empty();
        store = on(link);
        other = on(otherLink);
    }

    @AfterEach
    void closeStores() {
        stores.forEach(RedisBindingStore::close);
        // The next test may begin.
        await().atMost(LONG).until(() -> link.isUp() && otherLink.isUp());
    }

    private RedisBindingStore on(RedisLink link) {
        var opened =
                new RedisBindingStore(link, new MemoryBindingStore(1000, nanos::get, new SimpleMeterRegistry()), VERTX);
        stores.add(opened);
        return opened;
    }

    @Override
    protected BindingStore store() {
        return store;
    }

    @Override
    protected void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        server.pass(time);
    }

    private Ownership lookElsewhere(Binding binding) {
        return ended(other.find(binding));
    }

    private static Binding client(int number) {
        return new Binding("client-" + number, "asha");
    }

    private List<String> storedClients() {
        return server.keys().stream()
                .filter(key -> key.startsWith(KEYS + "client:"))
                .toList();
    }

    private void awaitAway() {
        await().atMost(LONG).until(() -> !link.isUp() && !otherLink.isUp());
    }

    // ---- among processes --------------------------------------------------------------------------------------------

    @Test
    void whatOneProcessRecordsAllKnow() {
        bind(OF_ASHA);

        await().atMost(LONG).until(() -> lookElsewhere(OF_BINA) == Ownership.ANOTHERS);
        await().atMost(LONG).until(() -> lookElsewhere(OF_ASHA) == Ownership.OWN);
    }

    @Test
    void whatTwoProcessesRecordIsBothTheirs() {
        bind(OF_ASHA);
        ended(other.bind(OF_BINA));

        await().atMost(LONG).until(() -> lookElsewhere(OF_ASHA) == Ownership.OWN && look(OF_BINA) == Ownership.OWN);
    }

    @Test
    void resultsArriveOnTheContextOfTheCaller() {
        var asked = new CompletableFuture<Context>();
        var answered = new CompletableFuture<Context>();
        VERTX.getOrCreateContext().runOnContext(start -> {
            asked.complete(Vertx.currentContext());
            store.find(OF_ASHA)
                    .chain(ownership -> store.bind(OF_ASHA))
                    .subscribe()
                    .with(bound -> answered.complete(Vertx.currentContext()), answered::completeExceptionally);
        });

        assertThat(answered.orTimeout(30, TimeUnit.SECONDS).join()).isSameAs(asked.join());
    }

    // ---- without Redis ----------------------------------------------------------------------------------------------

    @Test
    void whileRedisIsAwayAProcessUsesItsOwnRecords() {
        bind(OF_ASHA);
        server.pause();
        try {
            awaitAway();

            assertThat(look(OF_ASHA)).isEqualTo(Ownership.OWN);
            assertThat(look(OF_BINA)).isEqualTo(Ownership.ANOTHERS);
            assertThat(lookElsewhere(OF_BINA)).isEqualTo(Ownership.UNAVAILABLE);
        } finally {
            server.resume();
        }
    }

    @Test
    void whatIsRecordedWhileRedisIsAwayIsStoredWhenItIsBack() {
        server.pause();
        try {
            awaitAway();
            bind(OF_ASHA);
            assertThat(look(OF_ASHA)).isEqualTo(Ownership.OWN);
            assertThat(store.unstored()).isEqualTo(1);
        } finally {
            server.resume();
        }

        await().atMost(LONG).until(() -> lookElsewhere(OF_BINA) == Ownership.ANOTHERS);
        await().atMost(LONG).until(() -> store.unstored() == 0);
    }

    @Test
    void aRedisThatComesBackEmptyIsGivenWhatTheProcessesKnow() {
        IntStream.range(0, 250).forEach(number -> bind(client(number)));
        bind(OF_ASHA);
        bind(OF_BINA);
        await().atMost(LONG).until(() -> storedClients().size() == 250);

        server.empty();

        await().atMost(LONG).until(() -> storedClients().size() == 250);
        assertThat(server.command(Command.LRANGE, KEYS + "client:client-1", 0, -1))
                .hasSize(2);
    }

    @Test
    void aKeyOfAnotherTypeDoesNotKeepOtherBindingsFromBeingStored() {
        server.command(Command.SET, KEYS + "client:client-0", "x");
        server.pause();
        try {
            awaitAway();
            bind(client(0));
            bind(client(1));
        } finally {
            server.resume();
        }

        await().atMost(LONG).until(() -> lookElsewhere(client(1)) == Ownership.OWN);
        assertThat(server.command(Command.GET, KEYS + "client:client-0")).hasToString("x");
    }

    // ---- what lies there --------------------------------------------------------------------------------------------

    @Test
    void everyClientExpires() {
        bind(OF_ASHA);
        await().atMost(LONG).until(() -> storedClients().size() == 1);

        assertThat(server.command(Command.PTTL, KEYS + "client:client-1").toLong())
                .isBetween(1L, BindingStore.LIFE.toMillis());
    }
}
