package io.itrgateway.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.itrgateway.sandbox.FreePort;
import io.itrgateway.sandbox.ScriptedProxy;
import io.itrgateway.sandbox.SelfSigned;
import io.vertx.core.CompositeFuture;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.impl.CloseFuture;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.SSLOptions;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How connections come about; the name {@value #HOST} exists in no name service. */
class MultiAddressHttpClientTest {

    private static final String HOST = "upstream.test";
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration STANDSTILL = Duration.ofMillis(2300);

    /** Much more than SHORT, much less than what Netty and the operating system wait for by themselves. */
    private static final long SOON_SECONDS = 6;

    private static SelfSigned certificate;

    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final CloseFuture closing = new CloseFuture();
    private Vertx vertx;
    private ScriptedProxy proxy;
    private ServerSocket silent;
    private HostAddresses addresses;
    private int port;
    private Runnable stop = () -> {};

    /** Whether the server keeps a connection open after its answer. */
    private volatile boolean persistent = true;

    /** Whether the server answers, and does not end the connection instead. */
    private volatile boolean answers = true;

    @BeforeAll
    static void certify() {
        certificate = SelfSigned.of(HOST, 30);
    }

    @BeforeEach
    void open() throws IOException {
        silent = new ServerSocket();
        vertx = Vertx.vertx();
        proxy = new ScriptedProxy();
    }

    @AfterEach
    void close() throws IOException {
        silent.close();
        proxy.close();
        closing.close().toCompletionStage().toCompletableFuture().join();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    // ---- without a connection ---------------------------------------------------------------------------------------

    @Test
    void aNameServiceThatHangsIsWaitedForNoLongerThanTheConnectTimeout() {
        var over = new CountDownLatch(1);
        var client = direct(SHORT, host -> {
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            throw new UnknownHostException();
        });

        assertThat(failure(client, false)).hasMessageContaining("connect timeout");
        over.countDown();
    }

    @Test
    void aNameWithoutAnAddressIsAFailure() {
        var client = direct(LONG, host -> {
            throw new UnknownHostException(host);
        });

        assertThat(failure(client, false)).isInstanceOf(UnknownHostException.class);
    }

    @Test
    void whereEveryAddressRefusesTheCallFailsAtOnce() throws IOException {
        port = FreePort.next();

        assertThat(failure(direct(LONG, addresses("127.0.0.1", "127.0.0.2")), false))
                .isNotNull();
    }

    @Test
    void aProxyThatHangsIsWaitedForNoLongerThanTheConnectTimeout() {
        listen("127.0.0.1", true);
        proxy.hangs();
        var client = proxied(SHORT, "");

        assertThat(failure(client, true)).isNotNull();
        assertThat(failure(client, true)).as("by the address that is known now").isNotNull();
        assertThat(requests).hasValue(0);
    }

    @Test
    void aProxyThatRefusesIsNoConnection() {
        listen("127.0.0.1", true);
        proxy.asksFor("user", "s3cret");

        assertThat(failure(proxied(LONG, "user:other@"), true)).hasMessageContaining("407");
        assertThat(connections).hasValue(0);
    }

    @Test
    void aServerThatNeverStartsTlsIsAwaitedNoLongerThanTheConnectTimeout() throws IOException {
        port = FreePort.next();
        keepSilentOn("127.0.0.1");
        var client = direct(SHORT, addresses("127.0.0.1"));

        assertThat(failure(client, true)).isNotNull();
        assertThat(failure(client, true)).as("at the address that is known now").isNotNull();
    }

    @Test
    void aCertificateForTheAddressOnlyIsNotValidForTheName() {
        listen("127.0.0.1", true);

        assertThat(failure(direct(LONG, addresses("127.0.0.1", "127.0.0.2")), "other.test", true))
                .isNotNull();
        assertThat(requests).hasValue(0);
    }

    // ---- on an event loop that stands still
    // --------------------------------------------------------------------------

    /** The event loop goes on after the connect timeout, and looks at its timers before it looks at its sockets. */
    @Test
    void aProcessThatStoodStillForLongerThanTheConnectTimeoutConnectsAllTheSame() {
        persistent = false;
        listen("127.0.0.1", true);
        var one = direct(STANDSTILL.minusMillis(300), addresses("127.0.0.1"));
        var several = direct(STANDSTILL.minusMillis(300), addresses("127.0.0.2", "127.0.0.1"));
        answer(one, true);
        answer(several, true);
        var answers = new CompletableFuture<CompositeFuture>();

        vertx.runOnContext(now -> {
            Future.join(call(one, HOST, true), call(several, HOST, true))
                    .onComplete(answers::complete, answers::completeExceptionally);
            LockSupport.parkNanos(STANDSTILL.toNanos());
        });

        assertThat(answers.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join().<String>list())
                .containsExactly(HOST + ":" + port, HOST + ":" + port);
    }

    // ---- several addresses ------------------------------------------------------------------------------------------

    @Test
    void theNextAddressIsTriedWhenOneRefuses() {
        listen("127.0.0.1", false);

        assertThat(answer(direct(LONG, addresses("127.0.0.2", "127.0.0.1")), false))
                .isEqualTo(HOST + ":" + port);
    }

    @Test
    void anAddressOfTheOtherFamilyIsTriedWhenOneRefuses() {
        assumeTrue(hasIpv6());
        listen("::1", false);

        assertThat(answer(direct(LONG, addresses("127.0.0.1", "::1")), false)).isEqualTo(HOST + ":" + port);
    }

    @Test
    void theNextAddressIsTriedBesideOneThatKeepsSilentAndTheNameStaysTheOneThatIsChecked() throws IOException {
        listen("127.0.0.1", true);
        keepSilentOn("127.0.0.2");

        assertThat(answer(direct(LONG, addresses("127.0.0.2", "127.0.0.1")), true))
                .isEqualTo(HOST + ":" + port);
    }

    @Test
    void ofTwoConnectionsThatComeAboutOneCarriesTheRequest() throws Exception {
        listen("127.0.0.1", true);
        var released = new CountDownLatch(1);
        var client = direct(LONG, addresses("127.0.0.2", "127.0.0.1"));
        try (var slow = new ServerSocket()) {
            slow.bind(new InetSocketAddress("127.0.0.2", port));
            relay(slow, released);
            answer(client, true);
            released.countDown();
            await().atMost(LONG).until(() -> connections.get() == 2);

            answer(client, true);
        }

        assertThat(requests).hasValue(2);
    }

    @Test
    void theAddressThatWorkedIsKeptAndItsConnectionToo() {
        listen("127.0.0.1", false);
        var client = direct(LONG, addresses("127.0.0.2", "127.0.0.1"));
        answer(client, false);

        answer(client, false);

        assertThat(requests).hasValue(2);
        assertThat(connections).hasValue(1);
    }

    @Test
    void certificatesThatAreLoadedAgainAreUsed() {
        listen("127.0.0.1", true);
        persistent = false;
        var client = direct(LONG, addresses("127.0.0.1"));
        assertThat(answer(client, true)).isEqualTo(HOST + ":" + port);

        update(client, SelfSigned.of(HOST, 30));
        assertThat(failure(client, true)).isInstanceOf(SSLHandshakeException.class);
        update(client, certificate);

        assertThat(answer(client, true)).isEqualTo(HOST + ":" + port);
    }

    private static void update(MultiAddressHttpClient client, SelfSigned trusted) {
        client.updateSSLOptions(new SSLOptions().setTrustOptions(trusted.trust()))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @Test
    void nothingIsKeptOfARequestThatHasItsAnswer() {
        listen("127.0.0.1", false);
        var client = direct(Duration.ofHours(1), addresses("127.0.0.1", "127.0.0.2"));
        answer(client, false); // from now on the address is proven, and the other one is tried much later
        var options = new AtomicReference<>(new RequestOptions().setHost(HOST).setPort(port));
        var kept = new WeakReference<>(options.get());

        client.request(options.getAndSet(null))
                .compose(HttpClientRequest::send)
                .compose(HttpClientResponse::end)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        answer(client, false); // the connection keeps its last request

        await().atMost(LONG).until(() -> {
            System.gc();
            return kept.get() == null;
        });
    }

    @Test
    void anAddressThatWorkedAndRefusesNowIsLeftForAnother() {
        persistent = false;
        listen("127.0.0.1", false);
        var client = direct(LONG, addresses("127.0.0.1", "127.0.0.2"));
        answer(client, false);
        stopListening();
        listen("127.0.0.2", false);

        // The first connection may still be in the pool; what fails because of that is sent again, as an exchange does.
        var answer = call(client, HOST, false)
                .recover(failure ->
                        failure instanceof ConnectException ? Future.failedFuture(failure) : call(client, HOST, false));

        assertThat(answer.toCompletionStage()
                        .toCompletableFuture()
                        .orTimeout(LONG.toSeconds(), TimeUnit.SECONDS)
                        .join())
                .isEqualTo(HOST + ":" + port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"})
    void anAddressThatEndsItsConnectionsWithoutAWholeAnswerIsLeftForAnother(String said) throws IOException {
        listen("127.0.0.2", false);
        endConnectionsTo("127.0.0.1", said);
        var client = direct(LONG, addresses("127.0.0.1", "127.0.0.2"));

        failure(client, false);

        // On a busy machine the first address may be tried beside the other one once more.
        await().atMost(LONG)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(answer(client, false)).isEqualTo(HOST + ":" + port));
    }

    @Test
    void anAddressThatKeepsARequestWithoutAnAnswerUntilItIsGivenUpIsLeftForAnother() throws IOException {
        listen("127.0.0.2", false);
        keepSilentOn("127.0.0.1");
        var client = direct(LONG, addresses("127.0.0.1", "127.0.0.2"));

        var request = request(client).join();
        await().atMost(LONG).until(() -> addresses.isProven("127.0.0.1") || addresses.isProven("127.0.0.2"));
        // On a busy machine the other address may have been faster.
        assumeTrue(addresses.isProven("127.0.0.1"));
        request.exceptionHandler(reset -> {}).end();
        request.reset();

        // On a busy machine the first address may be tried beside the other one once more.
        await().atMost(LONG)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(callThatIsGivenUp(client)
                                .toCompletionStage()
                                .toCompletableFuture()
                                .orTimeout(SOON_SECONDS, TimeUnit.SECONDS)
                                .join())
                        .isEqualTo(HOST + ":" + port));
    }

    /** It is given up because another one was faster, or because its call had no time left. */
    @Test
    void anAddressThatWasSentNothingIsNotLeftForAnother() {
        listen("127.0.0.1", false);
        var client = direct(LONG, addresses("127.0.0.1", "127.0.0.2"));

        var request = request(client).join();
        await().atMost(LONG).until(() -> addresses.isProven("127.0.0.1"));
        request.exceptionHandler(reset -> {}).reset(MultiAddressHttpClient.NOTHING_SENT);

        assertThat(request.response().toCompletionStage().toCompletableFuture()).failsWithin(LONG);
        assertThat(addresses.isProven("127.0.0.1")).isTrue();
    }

    /** The gateway itself ends the connection; the other address may never answer. */
    @Test
    void anAddressWhoseAnswerIsTooLongIsNotLeftForAnother() throws IOException {
        port = FreePort.next();
        endConnectionsTo(
                "127.0.0.1", "HTTP/1.1 200 OK\r\nContent-Length: " + (AnswerBody.LONGEST_BYTES + 1) + "\r\n\r\nbegin");
        var client = direct(LONG, addresses("127.0.0.1", "127.0.0.2"));

        var request = request(client).join();
        var codec = UpstreamHttp1Codec.of(request.connection(), Clock.systemUTC(), () -> {});
        codec.readInto(new AnswerBody(new AnswerMemory(AnswerBody.LONGEST_BYTES), "caller"));
        request.exceptionHandler(reset -> {});
        var body = request.send().compose(HttpClientResponse::body);

        assertThat(body.toCompletionStage().toCompletableFuture()).failsWithin(LONG);
        assertThat(addresses.isProven("127.0.0.1")).isTrue();
    }

    /** As a server ends connections that have been idle, or have had many requests; the other address may never answer. */
    @Test
    void anAddressWhoseKeptConnectionsEndIsNotLeftForAnother() throws IOException {
        listen("127.0.0.1", false);
        keepSilentOn("127.0.0.2");
        var client = direct(LONG, addresses("127.0.0.1", "127.0.0.2"));
        answer(client, false);
        answers = false;
        failure(client, false);
        answers = true;

        assertThat(answer(client, false)).isEqualTo(HOST + ":" + port);
    }

    // ---- through a proxy --------------------------------------------------------------------------------------------

    @Test
    void theNameIsLookedUpByTheProxyAndTheLoginIsForTheProxyOnly() {
        listen("127.0.0.1", true);
        proxy.asksFor("user", "s3:cret");

        assertThat(answer(proxied(LONG, "user:s3%3Acret@"), true)).isEqualTo(HOST + ":" + port);
        assertThat(proxy.heads()).singleElement().asString().startsWith("CONNECT " + HOST + ":" + port + " ");
    }

    @Test
    void aRequestWithoutTlsIsForwardedByTheProxy() {
        listen("127.0.0.1", false);
        proxy.asksFor("user", "s3cret");

        assertThat(answer(proxied(LONG, "user:s3cret@"), false)).isEqualTo(HOST + ":" + port);
        assertThat(proxy.heads()).singleElement().asString().startsWith("GET http://" + HOST + ":" + port + "/ ");
    }

    @Test
    void aProxyMayHaveSeveralAddressesToo() {
        listen("127.0.0.1", true);

        assertThat(answer(proxied(LONG, "", "127.0.0.2", "127.0.0.1"), true)).isEqualTo(HOST + ":" + port);
    }

    // ---- the words of this test -------------------------------------------------------------------------------------

    private MultiAddressHttpClient direct(Duration timeout, HostAddresses.Lookup lookup) {
        return client(timeout, lookup, Optional.empty());
    }

    private MultiAddressHttpClient proxied(Duration timeout, String login, String... addresses) {
        var known = addresses.length == 0 ? addresses("127.0.0.1") : addresses(addresses);
        return client(
                timeout, known, Optional.of(ProxyAddress.parse("http://" + login + "proxy.test:" + proxy.port())));
    }

    private MultiAddressHttpClient client(
            Duration timeout, HostAddresses.Lookup lookup, Optional<ProxyAddress> through) {
        var options = new HttpClientOptions()
                .setConnectTimeout((int) timeout.toMillis())
                .setTrustOptions(certificate.trust())
                .setVerifyHost(true);
        addresses = new HostAddresses(HOST, lookup, vertx);
        var client = new MultiAddressHttpClient((VertxInternal) vertx, options, closing, addresses, through, timeout);
        closing.add(client);
        return client;
    }

    private static HostAddresses.Lookup addresses(String... texts) {
        return host -> {
            var addresses = new InetAddress[texts.length];
            for (int i = 0; i < texts.length; i++) {
                addresses[i] = InetAddress.getByName(texts[i]);
            }
            return addresses;
        };
    }

    private CompletableFuture<HttpClientRequest> request(MultiAddressHttpClient client) {
        return client.request(new RequestOptions().setHost(HOST).setPort(port))
                .toCompletionStage()
                .toCompletableFuture();
    }

    private Future<String> call(MultiAddressHttpClient client, String host, boolean tls) {
        return client.request(new RequestOptions()
                        .setHost(host)
                        .setPort(port)
                        .setSsl(tls)
                        .setURI("/"))
                .compose(HttpClientRequest::send)
                .compose(HttpClientResponse::body)
                .map(Buffer::toString);
    }

    /** So that the address is left again, should it be chosen once more. */
    private Future<String> callThatIsGivenUp(MultiAddressHttpClient client) {
        return client.request(new RequestOptions().setHost(HOST).setPort(port).setTimeout(SOON_SECONDS * 500))
                .compose(HttpClientRequest::send)
                .compose(HttpClientResponse::body)
                .map(Buffer::toString);
    }

    private String answer(MultiAddressHttpClient client, boolean tls) {
        return call(client, HOST, tls)
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(LONG.toSeconds() * 2, TimeUnit.SECONDS)
                .join();
    }

    private Throwable failure(MultiAddressHttpClient client, boolean tls) {
        return failure(client, HOST, tls);
    }

    private Throwable failure(MultiAddressHttpClient client, String host, boolean tls) {
        try {
            String answer = call(client, host, tls)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .orTimeout(SOON_SECONDS, TimeUnit.SECONDS)
                    .join();
            throw new AssertionError("answered: " + answer);
        } catch (CompletionException e) {
            assertThat(e.getCause()).isNotExactlyInstanceOf(TimeoutException.class);
            return e.getCause();
        }
    }

    /** A server that answers with the Host header. */
    private void listen(String address, boolean tls) {
        var options = new HttpServerOptions().setSsl(tls);
        if (tls) {
            options.setKeyCertOptions(certificate.options());
        }
        var server = vertx.createHttpServer(options)
                .connectionHandler(connection -> connections.incrementAndGet())
                .requestHandler(request -> {
                    requests.incrementAndGet();
                    if (!answers) {
                        request.connection().close();
                        return;
                    }
                    if (!persistent) {
                        request.response().putHeader("Connection", "close");
                    }
                    request.response().end(request.getHeader("Host"));
                })
                .listen(port, address)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
        port = server.actualPort();
        stop = () -> server.close().toCompletionStage().toCompletableFuture().join();
    }

    private void stopListening() {
        stop.run();
    }

    /** Accepts connections and never says anything on them. */
    private void keepSilentOn(String address) throws IOException {
        silent.bind(new InetSocketAddress(address, port));
    }

    /** Accepts connections, and ends each after it has said that. */
    private void endConnectionsTo(String address, String said) throws IOException {
        silent.bind(new InetSocketAddress(address, port));
        inBackground(() -> {
            while (true) {
                try (var client = silent.accept()) {
                    client.getInputStream().read();
                    client.getOutputStream().write(said.getBytes(US_ASCII));
                }
            }
        });
    }

    /** Accepts one connection and passes it on to the server when it is released. */
    private void relay(ServerSocket listener, CountDownLatch released) {
        inBackground(() -> {
            var client = listener.accept();
            released.await();
            var server = new Socket("127.0.0.1", port);
            inBackground(() -> server.getInputStream().transferTo(client.getOutputStream()));
            client.getInputStream().transferTo(server.getOutputStream());
        });
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void inBackground(Work work) {
        var thread = new Thread(() -> {
            try {
                work.run();
            } catch (Exception e) {
                // the test is over
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    private static boolean hasIpv6() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName("::1"))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
