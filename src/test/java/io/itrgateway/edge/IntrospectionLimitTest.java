package io.itrgateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.LoggedLines;
import io.quarkus.oidc.common.OidcRequestFilter.OidcRequestFilterContext;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.helpers.test.UniAssertSubscriber;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntrospectionLimitTest {

    private static final long MIB = 1024 * 1024;
    private static final int LONGEST_TOKEN = 20 * 1024;
    private static final int STREAMS = 100;

    private final Vertx vertx = Vertx.vertx();
    private final IntrospectionLimit limit = new IntrospectionLimit(16 * MIB);

    @AfterEach
    void end() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private ContextInternal duplicate() {
        return ((VertxInternal) vertx).getOrCreateContext().duplicate();
    }

    /** A request whose token the issuer does not judge, until it is cancelled. */
    private UniAssertSubscriber<Object> request(String connection, int tokenLength) {
        var subscribed = new CompletableFuture<UniAssertSubscriber<Object>>();
        duplicate()
                .runOnContext(now -> subscribed.complete(limit.within(
                                connection,
                                tokenLength,
                                () -> limit.filter(new OidcRequestFilterContext(null, null, null))
                                        .chain(() -> Uni.createFrom().nothing()))
                        .subscribe()
                        .withSubscriber(UniAssertSubscriber.create())));
        return subscribed.join();
    }

    private static boolean waits(UniAssertSubscriber<Object> request) {
        return request.getFailure() == null;
    }

    /** As where the time for an authentication ends at the same time as the authentication itself. */
    @Test
    void anEndThatIsFollowedByACancellationGivesRoomOnce() {
        var ended = new CompletableFuture<Void>();
        duplicate().runOnContext(now -> {
            limit.within("one", 8 * MIB, () -> Uni.createFrom().item("caller"))
                    .emitOn(neverRun -> {})
                    .subscribe()
                    .with(never -> {})
                    .cancel();
            ended.complete(null);
        });
        ended.join();

        assertThat(waits(request("another", (int) (17 * MIB)))).isFalse();
    }

    @Test
    void moreThanThereIsRoomForAreRefusedAtOnce() {
        List<UniAssertSubscriber<Object>> waiting = new ArrayList<>();
        for (int connection = 0; connection < 120; connection++) {
            for (int stream = 0; stream < STREAMS; stream++) {
                var request = request("connection " + connection, LONGEST_TOKEN);
                if (waits(request)) {
                    waiting.add(request);
                } else {
                    assertThat(request.getFailure())
                            .hasRootCause(IntrospectionLimit.FULL)
                            .hasNoSuppressedExceptions();
                }
            }
        }

        assertThat((long) waiting.size() * LONGEST_TOKEN).isBetween(8 * MIB, 16 * MIB);

        waiting.forEach(UniAssertSubscriber::cancel);
        assertThat(waits(request("another", LONGEST_TOKEN))).isTrue();
    }

    @Test
    void someConnectionsWithAllTheirStreamsLeaveRoomForAnother() {
        for (int connection = 0; connection < 8; connection++) {
            for (int stream = 0; stream < STREAMS; stream++) {
                request("connection " + connection, LONGEST_TOKEN);
            }
        }

        assertThat(waits(request("another", 2048))).isTrue();
    }

    @Test
    void aRefusalLeavesNoOtherLineInTheLog() {
        try (var log = new LoggedLines("")) {
            List.of("a", "b").forEach(connection -> request(connection, (int) (17 * MIB)));

            assertThat(log.all()).isEmpty();
        }
    }

    @Test
    void whatWaitsForSomethingElseOfTheIssuerIsRefusedAtOnce() {
        var full = new IntrospectionLimit(0);
        var failed = new CompletableFuture<Throwable>();
        duplicate()
                .runOnContext(now -> full.within("a", 10, () -> Uni.createFrom().nothing())
                        .subscribe()
                        .with(never -> {}, failed::complete));

        assertThat(failed.join()).isSameAs(IntrospectionLimit.FULL);
    }

    /** A request takes its whole head, and the body that may come meanwhile. */
    @ParameterizedTest
    @CsvSource({
        "HTTP_1_1, x, 4096",
        "HTTP_1_1, x=123456789, 4106",
        "HTTP_1_1, content-length=1000, 5114",
        "HTTP_1_1, content-length=0065000, 69653",
        "HTTP_1_1, content-length=99999999999, 69657",
        "HTTP_1_1, transfer-encoding=chunked, 69656",
        "HTTP_2, x, 20480",
        "HTTP_2, content-length=10, 4122",
    })
    void aRequestTakesItsHeadAndWhatMayComeOfItsBody(HttpVersion version, String field, long bytes) {
        var headers = MultiMap.caseInsensitiveMultiMap();
        if (field.contains("=")) {
            headers.add(field.split("=")[0], field.split("=")[1]);
        }

        assertThat(IntrospectionLimit.bytesOf(request(version, headers))).isEqualTo(bytes + "/".length());
    }

    private static HttpServerRequest request(HttpVersion version, MultiMap headers) {
        return (HttpServerRequest) Proxy.newProxyInstance(
                HttpServerRequest.class.getClassLoader(),
                new Class<?>[] {HttpServerRequest.class},
                (request, method, arguments) -> switch (method.getName()) {
                    case "version" -> version;
                    case "headers" -> headers;
                    case "getHeader" -> headers.get((CharSequence) arguments[0]);
                    default -> "/";
                });
    }

    @Test
    void whatDoesNotAskTheIssuerNeedsNoRoom() {
        var full = new IntrospectionLimit(0);
        var answered = new CompletableFuture<String>();
        duplicate()
                .runOnContext(now -> full.within("a", 10, () -> Uni.createFrom().item("judged"))
                        .subscribe()
                        .with(answered::complete));

        assertThat(answered.join()).isEqualTo("judged");
    }
}
