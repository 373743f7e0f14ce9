package io.itrgateway.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.quota.SharedBook;
import io.itrgateway.quota.SharedBook.Known;
import io.itrgateway.quota.SharedBook.Page;
import io.itrgateway.quota.SharedBook.Sent;
import io.itrgateway.quota.Window;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.RedisServer;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is told to the book again, late, or after it has forgotten. A call is counted once, whatever happened on the way. */
@Needs(Needs.Tool.REDIS)
class RedisBookTest {

    private static final Known NOTHING = new Known(0, 0);
    private static final Duration HOLD = Duration.ofSeconds(3);
    private static final Duration PAUSE = Duration.ofMillis(1_500);

    private static RedisServer server;
    private static Vertx vertx;

    private final String account = UUID.randomUUID().toString().replace("-", "");
    private long nowMicros = 1_700_000_000_000_000L;
    private BookOnRedis book;
    private BookOnRedis other;

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

    @BeforeEach
    void open() {
        book = replica();
        other = replica();
    }

    @AfterEach
    void close() {
        book.close();
        other.close();
    }

    private BookOnRedis replica() {
        var replica = new BookOnRedis(server, vertx, account, () -> nowMicros);
        replica.open(new SharedBook.Terms(
                List.of(new Window("minute", 100, Duration.ofMinutes(1)), new Window("day", 1_000, Duration.ofDays(1))),
                Duration.ofMillis(33),
                Duration.ZERO,
                HOLD,
                Duration.ofMillis(500),
                Duration.ofSeconds(5)));
        return replica;
    }

    private static Page taken(Uni<Page> step) {
        return step.await().indefinitely(); // it has ended when it is subscribed to
    }

    private void book(String call) {
        assertThat(taken(book.book(call, OptionalLong.empty(), NOTHING)).done()).isTrue();
    }

    private void sent(String call) {
        taken(book.sent(List.of(new Sent(call, 0)), NOTHING));
    }

    private void pass(Duration time) {
        nowMicros += time.toNanos() / 1_000;
    }

    private void isCountedOnce() {
        Page page = taken(book.beat(List.of(), 0, NOTHING));
        assertThat(page.sentMicros()).hasSize(1);
        assertThat(page.unsent()).isZero();
        assertThat(page.minutes().values().stream().mapToInt(Integer::intValue).sum())
                .isEqualTo(1);
    }

    @Test
    void aCallThatIsToldAgainSinceTheAnswerWasLostIsCountedOnce() {
        sent("booked-elsewhere");
        sent("booked-elsewhere");

        isCountedOnce();
    }

    @Test
    void aBookedCallThatIsToldAgainIsCountedOnce() {
        book("booked-here");
        sent("booked-here");
        sent("booked-here");

        isCountedOnce();
    }

    @Test
    void aCallThatIsBookedAgainSinceTheAnswerWasLostIsCountedOnce() {
        book("booked-twice");
        book("booked-twice");
        sent("booked-twice");

        isCountedOnce();
    }

    @Test
    void aCallThatCountsAsSentSinceNothingWasHeardOfItIsNotCountedAgain() {
        book("long-on-its-way");
        pass(HOLD.plusSeconds(1));
        sent("long-on-its-way");

        isCountedOnce();
    }

    @Test
    void aCallThatWentOutAfterTheBookHadForgottenItIsCounted() {
        book("forgotten");
        server.empty();
        sent("forgotten");

        isCountedOnce();
    }

    @Test
    void aPlaceThatTheBookHasForgottenIsTakenAgainByTheNextBeat() {
        book("forgotten");
        server.empty();

        Page page = taken(book.beat(List.of("forgotten"), 0, NOTHING));

        assertThat(page.unsent()).isEqualTo(1);
        sent("forgotten");
        isCountedOnce();
    }

    @Test
    void aBeatThatIsOvertakenDoesNotBringBackACallThatWentOut() {
        book("gone");
        sent("gone");
        taken(book.beat(List.of("gone"), 0, NOTHING));

        isCountedOnce();
    }

    @Test
    void aBookingThatArrivesAfterItWasGivenBackIsNone() {
        taken(book.unsent(List.of("given-back"), NOTHING));

        assertThat(taken(book.book("given-back", OptionalLong.empty(), NOTHING)).done())
                .isFalse();
    }

    private boolean isBooked(String call) {
        return taken(other.book(call, OptionalLong.empty(), NOTHING)).done();
    }

    @Test
    void nobodyBooksWhileThereIsAPause() {
        taken(book.pause(PAUSE, 0));
        taken(book.beat(List.of(), 0, NOTHING));
        taken(other.beat(List.of(), 0, NOTHING));

        assertThat(isBooked("too-soon")).isFalse();
        pass(PAUSE);
        assertThat(isBooked("after-it")).isTrue();
    }

    @Test
    void aPauseEndsWhenAllAreHeardOfAgain() {
        taken(other.beat(List.of(), 0, NOTHING));
        pass(Duration.ofMillis(1));
        taken(book.pause(PAUSE, 2));
        taken(book.beat(List.of(), 0, NOTHING));

        assertThat(isBooked("too-soon")).isFalse();
        taken(other.beat(List.of(), 0, NOTHING));
        assertThat(isBooked("when-all-have-told")).isTrue();
    }

    @Test
    void aPauseEndsInTimeIfOneIsNotHeardOfAnyMore() {
        taken(book.pause(PAUSE, 2));
        taken(book.beat(List.of(), 0, NOTHING));

        assertThat(isBooked("too-soon")).isFalse();
        pass(PAUSE);
        assertThat(isBooked("after-it")).isTrue();
    }

    @Test
    void aPauseThatMayEndBeforeDoesNotShortenOneThatMayNot() {
        taken(book.pause(PAUSE, 0));
        taken(book.pause(PAUSE, 1));
        taken(book.beat(List.of(), 0, NOTHING));

        assertThat(isBooked("too-soon")).isFalse();
    }

    @Test
    void aMinutesCallsAreReadWithTheirMinute() {
        sent("one");
        pass(Duration.ofMinutes(2));
        sent("two");

        assertThat(taken(book.beat(List.of(), 0, NOTHING)).minutes())
                .isEqualTo(Map.of(nowMicros / 60_000_000 - 2, 1, nowMicros / 60_000_000, 1));
    }
}
