package io.itrgateway.quota;

import io.itrgateway.redis.BookOnRedis;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The book in Redis, with one replica; {@link ReplicasTest} has several. */
@Needs(Needs.Tool.REDIS)
class SharedLedgerTest extends LedgerContract {

    private static final long EPOCH_MICROS = 1_700_000_000_000_000L;

    private static RedisServer server;
    private static Vertx vertx;
    private BookOnRedis book;

    @BeforeAll
    static void start() {
        server = new RedisServer();
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @AfterEach
    void close() {
        book.close();
        server.empty();
    }

    @Override
    protected Ledger ledger(String plan) {
        book = new BookOnRedis(server, vertx, "c0ffee", () -> EPOCH_MICROS + time.truly() / 1_000);
        return new SharedLedger(
                Plan.of(plan).orElseThrow(),
                OptionalInt.empty(),
                book,
                time,
                new QuotaMeter(new SimpleMeterRegistry()));
    }
}
