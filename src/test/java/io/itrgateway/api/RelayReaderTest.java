package io.itrgateway.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.call.MemoryReservation;
import io.itrgateway.call.RelayedRequest;
import io.itrgateway.secret.Secret;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RelayReaderTest {

    private final Vertx vertx = Vertx.vertx();
    private final Context loop = vertx.getOrCreateContext();

    /** What has happened by the time that a caller of {@link RelayReader#digested} goes on, and where the digest arrives. */
    private record Seen(boolean hadEndedAtOnce, Context context) {}

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static RelayedRequest request(byte[] body) {
        return new RelayedRequest(
                "POST",
                "/v1/verification/pan",
                Optional.empty(),
                Optional.of("application/json"),
                Optional.empty(),
                body,
                new MemoryReservation.Memory(Long.MAX_VALUE).open("demo"));
    }

    private static List<String> payload(RelayedRequest request) {
        return request.payload().stream().map(Secret::reveal).toList();
    }

    private Seen digest(RelayedRequest request) throws Exception {
        var result = new CompletableFuture<Seen>();
        loop.runOnContext(now -> {
            var subscribed = new boolean[1];
            RelayReader.digested(request, vertx)
                    .subscribe()
                    .with(
                            done -> result.complete(new Seen(!subscribed[0], Vertx.currentContext())),
                            result::completeExceptionally);
            subscribed[0] = true;
        });
        return result.get(60, TimeUnit.SECONDS);
    }

    @Test
    void theDigestOfALongBodyIsNotComputedByTheEventLoop() throws Exception {
        byte[] body = new byte[8 * 1024 * 1024];
        List<String> expected = payload(request(body.clone()));
        var request = request(body);

        Seen seen = digest(request);
        body[0] = 1; // what is computed only now would be another one

        assertThat(seen.hadEndedAtOnce()).isFalse();
        assertThat(seen.context()).isSameAs(loop);
        assertThat(payload(request)).isEqualTo(expected);
    }

    @Test
    void aShortBodyGoesOnAtOnce() throws Exception {
        assertThat(digest(request(new byte[100])).hadEndedAtOnce()).isTrue();
    }
}
