package io.itrgateway.redis;

import static org.awaitility.Awaitility.await;

import io.itrgateway.quota.SharedBook;
import io.itrgateway.sandbox.RedisServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Redis;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The shared book of one replica on a real Redis, for tests in which time passes when they say so: Redis takes the test's time for its own,
 * every step has ended when it has been subscribed to, and the way to Redis can be cut.
 */
public final class BookOnRedis implements SharedBook, AutoCloseable {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final int MOST_TRIES = 20;

    private final RedisLink link;
    private final SharedBook book;
    private Consumer<Boolean> found = forgot -> {};
    private Runnable lost = () -> {};
    private boolean cut;
    private int steps;

    /** @param account hexadecimal digits; books of one account are one book */
    public BookOnRedis(RedisServer server, Vertx vertx, String account, LongSupplier nowMicros) {
        this.link = new RedisLink(
                vertx,
                Redis.createClient(vertx, server.url()),
                new Keyspace(account),
                new RedisMeter(new SimpleMeterRegistry()));
        this.book = new RedisBook(link, nowMicros);
        link.start();
        await().atMost(LONG).until(link::isUp);
    }

    /** From now on this replica does not reach Redis. */
    public void cut() {
        cut = true;
        lost.run();
    }

    /** From now on no step is answered, and nobody has said so. */
    public void cutSilently() {
        cut = true;
    }

    /** It does again. */
    public void mend(boolean forgot) {
        cut = false;
        found.accept(forgot);
    }

    /** How many steps were taken. */
    public int steps() {
        return steps;
    }

    private <T> Uni<T> now(Supplier<Uni<T>> step) {
        return Uni.createFrom().deferred(() -> {
            if (cut) {
                return Uni.createFrom().failure(new RedisAway("cut"));
            }
            steps++;
            return Uni.createFrom().item(taken(step));
        });
    }

    /** A real Redis may be slow on a busy machine, in a time that does not pass here. */
    private <T> T taken(Supplier<Uni<T>> step) {
        for (int tries = 0; ; tries++) {
            try {
                return step.get().await().atMost(LONG);
            } catch (RedisAway slow) {
                if (tries == MOST_TRIES) {
                    throw slow;
                }
                await().atMost(LONG).until(link::isUp);
            }
        }
    }

    @Override
    public void open(Terms terms) {
        book.open(terms);
    }

    @Override
    public void watch(Consumer<Boolean> found, Runnable lost) {
        this.found = found;
        this.lost = lost;
    }

    @Override
    public Uni<Page> book(String call, OptionalLong notAfterMicros, Known known) {
        return now(() -> book.book(call, notAfterMicros, known));
    }

    @Override
    public Uni<Page> sent(List<Sent> calls, Known known) {
        return now(() -> book.sent(calls, known));
    }

    @Override
    public Uni<Page> unsent(List<String> calls, Known known) {
        return now(() -> book.unsent(calls, known));
    }

    @Override
    public Uni<Page> beat(List<String> unsent, long fromMinute, Known known) {
        return now(() -> book.beat(unsent, fromMinute, known));
    }

    @Override
    public Uni<Page> recall(List<Long> sentMicros, Map<Long, Integer> minutes) {
        return now(() -> book.recall(sentMicros, minutes));
    }

    @Override
    public Uni<Page> pause(Duration longest, int untilHeard) {
        return now(() -> book.pause(longest, untilHeard));
    }

    @Override
    public Uni<Page> leave() {
        return now(() -> book.leave());
    }

    @Override
    public void close() {
        link.close();
    }
}
