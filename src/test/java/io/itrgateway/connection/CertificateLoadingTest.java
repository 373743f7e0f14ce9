package io.itrgateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.RawCaller;
import io.itrgateway.sandbox.SelfSigned;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SSLOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server whose certificate is loaded as its file says, and as slowly as the test says. */
class CertificateLoadingTest {

    private static final long LONG_SECONDS = 60;

    private static final SelfSigned OWN = SelfSigned.ofKind("EC");

    /** A certificate that is loaded when the test says so. */
    private static final class Slow extends PemKeyCertOptions {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch mayEnd = new CountDownLatch(1);

        @Override
        public KeyManagerFactory getKeyManagerFactory(Vertx vertx) throws Exception {
            begun.countDown();
            if (!mayEnd.await(LONG_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("the test does not end it");
            }
            return super.getKeyManagerFactory(vertx);
        }

        @Override
        public PemKeyCertOptions copy() {
            return this;
        }
    }

    private final GuardedTransport transport = new GuardedTransport();
    private Vertx vertx;

    @BeforeEach
    void start() {
        vertx = new VertxBuilder(new VertxOptions().setEventLoopPoolSize(1))
                .findTransport(transport)
                .init()
                .vertx();
        GuardedTransport.expectReloads(vertx);
    }

    @AfterEach
    void stop() throws Exception {
        result(vertx.close().toCompletionStage().toCompletableFuture());
    }

    private static <T> T result(CompletableFuture<T> future) throws Exception {
        return future.get(LONG_SECONDS, TimeUnit.SECONDS);
    }

    private HttpServer listen(HttpServerOptions options) throws Exception {
        int port;
        try (var free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        return result(vertx.createHttpServer(options)
                .requestHandler(request -> request.response().end("here"))
                .listen(port)
                .toCompletionStage()
                .toCompletableFuture());
    }

    private static <T extends PemKeyCertOptions> T pair(T options) {
        options.addCertPath(OWN.certificatePem().toString());
        options.addKeyPath(OWN.keyPem().toString());
        return options;
    }

    private static HttpServerOptions tls(KeyCertOptions pair) {
        return new HttpServerOptions().setSsl(true).setKeyCertOptions(pair);
    }

    private static String get(int port) {
        try {
            return RawCaller.exchange(port, "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aConnectionThatComesMeanwhileIsServedThereafter() throws Exception {
        HttpServer plain = listen(new HttpServerOptions());
        HttpServer server = listen(tls(pair(new PemKeyCertOptions())));
        Slow slow = pair(new Slow());
        var loaded = server.updateSSLOptions(new SSLOptions().setKeyCertOptions(slow))
                .toCompletionStage()
                .toCompletableFuture();
        assertThat(slow.begun.await(LONG_SECONDS, TimeUnit.SECONDS)).isTrue();
        try (var caller = (SSLSocket) OWN.sockets().createSocket("localhost", server.actualPort())) {
            caller.setSoTimeout((int) TimeUnit.SECONDS.toMillis(LONG_SECONDS));
            // Accepted by the same thread, behind that one.
            assertThat(get(plain.actualPort())).endsWith("here");

            slow.mayEnd.countDown();

            result(loaded);
            caller.getOutputStream().write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes());
            assertThat(new String(caller.getInputStream().readAllBytes())).endsWith("here");
        } finally {
            slow.mayEnd.countDown();
        }
    }
}
