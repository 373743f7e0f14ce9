package io.itrgateway.doctor;

import static io.itrgateway.doctor.CheckStatus.FAILED;
import static io.itrgateway.doctor.CheckStatus.OK;
import static io.itrgateway.doctor.CheckStatus.WARNING;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.ScriptedProxy;
import io.itrgateway.sandbox.SelfSigned;
import io.itrgateway.transport.ConnectionSettings;
import io.itrgateway.transport.ProxyAddress;
import io.quarkus.tls.BaseTlsConfiguration;
import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.runtime.TrustAllOptions;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.ProxyType;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private static Vertx vertx;
    private static SelfSigned good;

    @BeforeAll
    static void open() {
        vertx = Vertx.vertx();
        good = SelfSigned.of("localhost", 30);
    }

    @AfterAll
    static void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private static URI server(HttpServerOptions options) {
        int port = vertx.createHttpServer(options)
                .requestHandler(request -> request.response().end())
                .listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
        return URI.create((options.isSsl() ? "https" : "http") + "://localhost:" + port);
    }

    private static URI serverWith(SelfSigned certificate) {
        return server(new HttpServerOptions().setSsl(true).setKeyCertOptions(certificate.options()));
    }

    /** The TLS configuration of an operator who trusts that certificate. */
    private static Optional<TlsConfiguration> trusting(SelfSigned certificate, String... protocols) {
        return Optional.of(new BaseTlsConfiguration() {
            @Override
            public TrustOptions getTrustStoreOptions() {
                return certificate.trust();
            }

            @Override
            public SSLOptions getSSLOptions() {
                return new SSLOptions()
                        .setEnabledSecureTransportProtocols(
                                protocols.length == 0 ? Set.of("TLSv1.3") : Set.of(protocols));
            }
        });
    }

    private static Finding finding(Optional<TlsConfiguration> tls, URI url) {
        return finding(tls, url, Optional.empty());
    }

    private static Finding finding(Optional<TlsConfiguration> tls, URI url, Optional<ProxyAddress> proxy) {
        return new Handshake(vertx, new ConnectionSettings(url, LONG, LONG, proxy), tls)
                .examine(Clock.systemUTC())
                .await()
                .atMost(LONG.multipliedBy(2));
    }

    /** The TLS configuration of an operator who has switched verification off, altogether or for the name of the host. */
    private static TlsConfiguration unverified(SelfSigned certificate, boolean trustAll) {
        return new BaseTlsConfiguration() {
            @Override
            public TrustOptions getTrustStoreOptions() {
                return trustAll ? TrustAllOptions.INSTANCE : certificate.trust();
            }

            @Override
            public SSLOptions getSSLOptions() {
                return new SSLOptions();
            }

            @Override
            public boolean isTrustAll() {
                return trustAll;
            }

            @Override
            public Optional<String> getHostnameVerificationAlgorithm() {
                return Optional.of("NONE");
            }
        };
    }

    @ParameterizedTest
    @CsvSource({
        "true, 'not verified, since any certificate is accepted'",
        "false, not verified that the certificate is one for this host"
    })
    void aConnectionWhoseOtherSideIsNotVerifiedIsAWarning(boolean trustAll, String what) {
        var other = SelfSigned.of("other.example", 30);

        var finding = finding(Optional.of(unverified(other, trustAll)), serverWith(other));

        assertThat(finding.verdict()).isEqualTo(WARNING);
        assertThat(finding.detail()).contains("TLSv1.3").endsWith(what);
        assertThat(finding.facts()).containsEntry("verified", false);
    }

    @Test
    void aCertificateOfAnUnknownAuthorityIsNotTrusted() {
        var finding = finding(Optional.empty(), serverWith(good));

        assertThat(finding.verdict()).isEqualTo(FAILED);
        assertThat(finding.detail())
                .contains("no authority that is trusted here")
                .contains("CN=localhost");
    }

    @Test
    void anExpiredCertificateIsReportedAsSuch() {
        var expired = SelfSigned.expiredOfAnAuthority();

        var finding = finding(trusting(expired), serverWith(expired));

        assertThat(finding.verdict()).isEqualTo(FAILED);
        assertThat(finding.detail()).contains("ended 5 days ago").contains("CN=authority");
    }

    @Test
    void oneThatIsOverAndTrustedByItselfStillWorksAndIsAWarning() {
        var expired = SelfSigned.expired();

        var finding = finding(trusting(expired), serverWith(expired));

        assertThat(finding.verdict()).isEqualTo(WARNING);
        assertThat(finding.detail()).contains("ended 5 days ago");
        assertThat(finding.facts()).containsEntry("days_left", -5L);
    }

    @Test
    void oneThatIsNotValidYetAndTrustedByItselfStillWorksAndIsAWarning() {
        var early = SelfSigned.notYetValid();

        var finding = finding(trusting(early), serverWith(early));

        assertThat(finding.verdict()).isEqualTo(WARNING);
        assertThat(finding.detail()).contains("not valid yet").contains("clock");
    }

    private static Finding finding(Optional<Throwable> failure, SelfSigned... chain) {
        Optional<String> protocol = failure.isPresent() ? Optional.empty() : Optional.of("TLSv1.3");
        List<X509Certificate> shown =
                Stream.of(chain).map(HandshakeTest::certificate).toList();
        return Handshake.judged(new Handshake.Seen(protocol, shown, failure), Clock.systemUTC());
    }

    private static X509Certificate certificate(SelfSigned certificate) {
        try (var pem = Files.newInputStream(certificate.certificatePem())) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem);
        } catch (IOException | CertificateException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As a cross-signed one, which a server still sends for old clients. */
    @Test
    void oneThatIsOverAndNotNeededIsNoConcern() {
        var finding = finding(Optional.empty(), good, SelfSigned.expired());

        assertThat(finding.verdict()).isEqualTo(OK);
        assertThat(finding.facts()).containsEntry("days_left", 29L);
    }

    @Test
    void oneThatIsOverIsNamedWhereTheFailureIsAboutTime() {
        var untrusted = new SSLException(new CertPathBuilderException("no path"));
        var over = new SSLException(new CertPathValidatorException("over", new CertificateExpiredException()));

        assertThat(finding(Optional.of(untrusted), good, SelfSigned.expired()).detail())
                .contains("no authority that is trusted here");
        assertThat(finding(Optional.of(over), good, SelfSigned.expired()).detail())
                .contains("ended 5 days ago");
    }

    @Test
    void aCertificateOfAnotherHostIsReportedAsSuch() {
        var other = SelfSigned.of("elsewhere.example", 30);

        var finding = finding(trusting(other), serverWith(other));

        assertThat(finding.verdict()).isEqualTo(FAILED);
        assertThat(finding.detail()).contains("not one for this host").contains("CN=elsewhere.example");
    }

    /** Quarkus wraps the trust manager of a trust store in one that is not given the connection. */
    @Test
    void aCertificateOfAnotherHostIsReportedWhereTheTrustStoreDoesNotCheckTheHost() {
        var other = SelfSigned.of("elsewhere.example", 30);

        var finding = finding(
                Optional.of(new BaseTlsConfiguration() {
                    @Override
                    public TrustOptions getTrustStoreOptions() {
                        return TrustOptions.wrap(withoutConnection());
                    }

                    @Override
                    public SSLOptions getSSLOptions() {
                        return new SSLOptions().setEnabledSecureTransportProtocols(Set.of("TLSv1.3"));
                    }
                }),
                serverWith(other));

        assertThat(finding.verdict()).isEqualTo(FAILED);
        assertThat(finding.detail()).contains("not one for this host").contains("CN=elsewhere.example");
    }

    private static X509TrustManager withoutConnection() {
        return new X509TrustManager() {
            @Override
            public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
                throw new CertificateException("this is a client");
            }

            @Override
            public void checkServerTrusted(X509Certificate[] chain, String authType) {}

            @Override
            public X509Certificate[] getAcceptedIssuers() {
                return new X509Certificate[0];
            }
        };
    }

    @Test
    void aServerWithAnotherTlsVersionIsReportedAsSuch() {
        var options = new HttpServerOptions()
                .setSsl(true)
                .setKeyCertOptions(good.options())
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.2"));

        var finding = finding(trusting(good), server(options));

        assertThat(finding.verdict()).isEqualTo(FAILED);
        assertThat(finding.detail()).contains("QUARKUS_TLS_DEEPVUE_PROTOCOLS");
    }

    @Test
    void aServerWithoutTlsIsReportedAsSuch() {
        var finding = finding(
                trusting(good),
                URI.create(server(new HttpServerOptions()).toString().replace("http:", "https:")));

        assertThat(finding.verdict()).isEqualTo(FAILED);
        assertThat(finding.detail()).contains("it does not support TLS");
    }

    @Test
    void authoritiesThatCannotBeLoadedAreNotTakenForAServerThatIsAway() {
        var failure = new Handshake.UnusableTrust(new IOException("keystore password was incorrect"));

        assertThat(finding(Optional.of(failure)).detail())
                .contains("the TLS configuration deepvue, or of -Djavax.net.ssl.trustStore, cannot be read")
                .doesNotContain("listens");
    }

    @Test
    void aClosedPortIsReportedAsSuch() {
        var finding = finding(trusting(good), URI.create("https://localhost:1"));

        assertThat(finding.verdict()).isEqualTo(FAILED);
        assertThat(finding.detail()).contains("no server listens");
    }

    /** The client of the service takes 200 only. */
    @ParameterizedTest
    @ValueSource(ints = {201, 204, 403, 407})
    void anAnswerToConnectThatTheServiceDoesNotTakeIsARefusal(int status) {
        try (var proxy = new ScriptedProxy()) {
            proxy.refuses(status);

            var finding = finding(trusting(good), URI.create("https://deepvue.invalid"), through(proxy.port()));

            assertThat(finding.verdict()).isEqualTo(FAILED);
            assertThat(finding.detail()).contains("the proxy refuses the connection with status " + status);
        }
    }

    @Test
    void aProxyThatIsNoneIsReportedAsSuch() {
        var server = serverWith(good);

        var finding = finding(trusting(good), URI.create("https://deepvue.invalid"), through(server.getPort()));

        assertThat(finding.verdict()).isEqualTo(FAILED);
        assertThat(finding.detail()).contains("the proxy opens no connection");
    }

    @Test
    void aProxyThatIsSilentIsReportedAsSuch() {
        try (var proxy = new ScriptedProxy()) {
            proxy.hangs();
            var settings = new ConnectionSettings(
                    URI.create("https://deepvue.invalid"), Duration.ofMillis(500), LONG, through(proxy.port()));

            var finding = new Handshake(vertx, settings, Optional.empty())
                    .examine(Clock.systemUTC())
                    .await()
                    .atMost(LONG);

            assertThat(finding.detail()).contains("did not answer within DEEPVUE_CONNECT_TIMEOUT");
        }
    }

    @Test
    void aServerThatIsSilentIsReportedAsSuch() throws IOException {
        try (var silent = new ServerSocket(0)) {
            var settings = new ConnectionSettings(
                    URI.create("https://localhost:" + silent.getLocalPort()),
                    Duration.ofMillis(500),
                    LONG,
                    Optional.empty());

            var finding = new Handshake(vertx, settings, Optional.empty())
                    .examine(Clock.systemUTC())
                    .await()
                    .atMost(LONG);

            assertThat(finding.detail()).contains("did not answer within DEEPVUE_CONNECT_TIMEOUT");
        }
    }

    private static Optional<ProxyAddress> through(int port) {
        return Optional.of(new ProxyAddress(ProxyType.HTTP, "localhost", port, Optional.empty()));
    }

    @Test
    void aCertificateThatEndsSoonIsAWarning() {
        var soon = SelfSigned.of("localhost", 13);

        var finding = finding(trusting(soon), serverWith(soon));

        assertThat(finding.verdict()).isEqualTo(WARNING);
        assertThat(finding.detail()).contains("ends in 12 days");
    }

    @Test
    void aTrustedConnectionIsReportedWithProtocolIssuerAndExpiry() {
        var finding = finding(trusting(good), serverWith(good));

        assertThat(finding.verdict()).isEqualTo(OK);
        assertThat(finding.detail()).startsWith("TLSv1.3, issued by CN=localhost, ends in 29 days");
        assertThat(finding.facts())
                .containsEntry("protocol", "TLSv1.3")
                .containsEntry("issuer", "CN=localhost")
                .containsEntry("days_left", 29L)
                .containsKey("ends_at");
    }
}
