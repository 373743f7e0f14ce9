package io.itrgateway.ops;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.itrgateway.sandbox.FreePort;
import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.SelfSigned;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The packaged service with TLS towards its callers, as an operator sets it up: a certificate of each kind, reloaded. */
class CallerTlsIT {

    private static final Duration LONG = Duration.ofMinutes(2);

    private static final SelfSigned RSA = SelfSigned.ofKind("RSA");
    private static final SelfSigned EC = SelfSigned.ofKind("EC");
    private static final Path CERTIFICATE = EC.certificatePem();
    private static PackagedService service;
    private static boolean openWhenReady;

    @BeforeAll
    static void start() throws IOException {
        int port = FreePort.next();
        int tlsPort = FreePort.next();
        Map<String, String> environment = new HashMap<>(Map.of(
                "DEEPVUE_CLIENT_ID",
                "sandbox",
                "DEEPVUE_CLIENT_SECRET",
                Sandbox.CLIENT_SECRET,
                "GATEWAY_API_KEYS",
                Sandbox.API_KEYS,
                "QUARKUS_TLS_KEY_STORE_PEM__0__CERT",
                CERTIFICATE.toString(),
                "QUARKUS_TLS_KEY_STORE_PEM__0__KEY",
                EC.keyPem().toString(),
                "QUARKUS_TLS_KEY_STORE_PEM__1__CERT",
                RSA.certificatePem().toString(),
                "QUARKUS_TLS_KEY_STORE_PEM__1__KEY",
                RSA.keyPem().toString(),
                "QUARKUS_TLS_PROTOCOLS",
                "TLSv1.3,TLSv1.2",
                "QUARKUS_TLS_RELOAD_PERIOD",
                "1s"));
        environment.put("QUARKUS_HTTP_PORT", Integer.toString(port));
        environment.put("QUARKUS_HTTP_SSL_PORT", Integer.toString(tlsPort));
        service = PackagedService.start(environment);
        await().atMost(LONG).pollInterval(Duration.ofMillis(10)).until(() -> isReady(port));
        openWhenReady = isOpen(tlsPort);
    }

    private static boolean isReady(int port) {
        try (var caller = new Http1Caller(port)) {
            return caller.get("/q/health/ready").status() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private static boolean isOpen(int port) {
        try (var socket = new Socket("localhost", port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    @AfterAll
    static void stop() throws IOException {
        service.close();
    }

    @Test
    void theServiceIsNotReadyBeforeItsTlsPortIsOpen() {
        assertThat(openWhenReady).isTrue();
    }

    private static final String ECDSA = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";

    private static SSLSocket socket(SelfSigned trusted, String protocol, String... suites) throws IOException {
        var socket = (SSLSocket) trusted.sockets().createSocket("localhost", service.tlsPort());
        socket.setEnabledProtocols(new String[] {protocol});
        if (suites.length > 0) {
            socket.setEnabledCipherSuites(suites);
        }
        return socket;
    }

    private static SelfSigned trustedFor(String suite) {
        return suite.contains("_ECDSA_") ? EC : RSA;
    }

    /** What a client of this JDK offers with TLS 1.2, and whether it has forward secrecy and authenticated encryption. */
    private static Stream<String> suites(boolean strong) throws IOException {
        try (var socket = (SSLSocket) RSA.sockets().createSocket()) {
            return Arrays.stream(socket.getEnabledCipherSuites())
                    .filter(suite -> suite.contains("_WITH_"))
                    .filter(suite -> strong == suite.matches("TLS_ECDHE_.*_(GCM|POLY1305)_.*"))
                    .filter(suite -> !suite.startsWith("TLS_ECDH_"));
        }
    }

    static Stream<String> weak() throws IOException {
        return suites(false);
    }

    static Stream<String> strong() throws IOException {
        return suites(true);
    }

    @ParameterizedTest
    @MethodSource("weak")
    void aSuiteWithCbcOrWithoutForwardSecrecyIsRefused(String suite) throws IOException {
        try (var socket = socket(trustedFor(suite), "TLSv1.2", suite)) {
            assertThatThrownBy(socket::startHandshake).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("strong")
    void aSuiteWithForwardSecrecyAndAuthenticatedEncryptionIsGranted(String suite) throws IOException {
        try (var socket = socket(trustedFor(suite), "TLSv1.2", suite)) {
            socket.startHandshake();

            assertThat(socket.getSession().getCipherSuite()).isEqualTo(suite);
        }
    }

    @Test
    void renegotiationByTheClientIsRefused() throws IOException {
        try (var renegotiating = socket(EC, "TLSv1.2", ECDSA)) {
            renegotiating.startHandshake();

            assertThatThrownBy(() -> {
                        renegotiating.startHandshake();
                        new Http1Caller(renegotiating).get("/q/health/live");
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2, " + ECDSA, "TLSv1.3, TLS_AES_256_GCM_SHA384"})
    void aRequestIsAnswered(String protocol, String suite) throws IOException {
        try (var caller = new Http1Caller(socket(EC, protocol, suite))) {
            assertThat(caller.get("/q/health/ready").status()).isEqualTo(200);
        }
    }

    private static String answerBehindTheEndOf(String request) throws IOException {
        try (var socket = socket(EC, "TLSv1.3")) {
            socket.setSoTimeout((int) LONG.toMillis());
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    @Test
    void aCallerThatClosesItsSideIsAnswered() throws IOException {
        String request = "GET /q/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

        assertThat(answerBehindTheEndOf(request)).contains("HTTP/1.1 200 OK", "\"UP\"");
        assertThat(answerBehindTheEndOf(request.substring(0, 30))).contains("HTTP/1.1 400 ", "malformed-request");
    }

    @Test
    void aCertificateThatCannotBeReloadedIsLoggedOnceAndThePreviousOneStaysInUse() throws IOException {
        service.tlsPort();
        String good = Files.readString(CERTIFICATE);

        Files.writeString(CERTIFICATE, "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");

        await().atMost(LONG).until(() -> !about(CERTIFICATE).isEmpty());
        aRequestIsAnswered("TLSv1.2", ECDSA);
        Files.writeString(CERTIFICATE, good);
        await().atMost(LONG).until(() -> service.output().contains("the certificate is good again"));
        assertThat(about(CERTIFICATE))
                .singleElement()
                .asString()
                .contains(
                        "ERROR",
                        "holds no certificate, or one that cannot be read (changed 2",
                        "still get the certificate that was loaded before");
        assertThat(service.output()).doesNotContain("\tat ");
    }

    private static List<String> about(Path file) {
        return service.output()
                .lines()
                .filter(line -> line.contains(file.toString()))
                .toList();
    }
}
