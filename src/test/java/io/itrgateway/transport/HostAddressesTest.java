package io.itrgateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the addresses of a name are looked up again, with a name service that answers when the test says so. */
class HostAddressesTest {

    private static final long PATIENCE_SECONDS = 60;
    private static final String OLD = "127.0.0.1";
    private static final String NEW = "127.0.0.2";
    private static final String NONE = "";

    private final Vertx vertx = Vertx.vertx();
    private final AtomicLong nanos = new AtomicLong();
    private final SynchronousQueue<String> answers = new SynchronousQueue<>();
    private final HostAddresses addresses = new HostAddresses("deepvue.test", host -> lookUp(), vertx, nanos::get);

    @BeforeEach
    void areLookedUp() throws InterruptedException {
        Future<List<String>> first = addresses.current();
        answer(OLD);
        assertThat(done(first)).containsExactly(OLD);
    }

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void oldOnesAreUsedWhileTheyAreLookedUpAgain() throws InterruptedException {
        pass(Duration.ofSeconds(31));

        assertThat(addresses.current().result()).containsExactly(OLD);
        answer(NEW);
    }

    @Test
    void afterALongIdleTimeTheyAreLookedUpFirst() throws InterruptedException {
        pass(Duration.ofMinutes(6));

        Future<List<String>> current = addresses.current();
        assertThat(current.isComplete()).isFalse();
        answer(NEW);

        assertThat(done(current)).containsExactly(NEW);
    }

    @Test
    void veryOldOnesAreUsedWhereTheNameServiceFailsAndNoFurtherCallWaitsForIt() throws InterruptedException {
        pass(Duration.ofMinutes(6));

        Future<List<String>> current = addresses.current();
        answer(NONE);

        assertThat(done(current)).containsExactly(OLD);
        pass(Duration.ofSeconds(31));
        assertThat(addresses.current().result()).containsExactly(OLD);
        answer(NONE);
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private void answer(String address) throws InterruptedException {
        assertThat(answers.offer(address, PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    private InetAddress[] lookUp() throws UnknownHostException {
        try {
            String address = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (address == null || address.equals(NONE)) {
                throw new UnknownHostException();
            }
            return new InetAddress[] {InetAddress.getByName(address)};
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<String> done(Future<List<String>> addresses) {
        return addresses
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
    }
}
