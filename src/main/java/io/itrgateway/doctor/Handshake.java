package io.itrgateway.doctor;

import io.itrgateway.startup.UnverifiedTls;
import io.itrgateway.transport.ConnectionSettings;
import io.itrgateway.transport.ProxyAddress;
import io.itrgateway.transport.TrialConnection;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import io.quarkus.tls.TlsConfiguration;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Opens one encrypted connection to the upstream, with the trust store and the client certificate of the service, and examines it; or, if it fails,
 * the certificates that the server has sent. No request is sent on it.
 */
final class Handshake {

    /** Time to get a new certificate by hand. */
    private static final Duration SOON = Duration.ofDays(14);

    /** In Netty's message; of HTTP a number, of SOCKS a word. */
    private static final Pattern PROXY_STATUS = Pattern.compile("status: (\\w+)");

    /**
     * What was seen.
     *
     * @param protocol empty if no connection came about
     * @param chain that the other side showed, its own certificate first; empty if it did not come to that
     */
    record Seen(Optional<String> protocol, List<X509Certificate> chain, Optional<Throwable> failure) {}

    private final Vertx vertx;
    private final ConnectionSettings settings;
    private final Optional<TlsConfiguration> tls;

    /** @param tls empty for the platform's own */
    Handshake(Vertx vertx, ConnectionSettings settings, Optional<TlsConfiguration> tls) {
        this.vertx = vertx;
        this.settings = settings;
        this.tls = tls;
    }

    private Uni<Seen> perform() {
        var recorder = new ChainRecorder();
        return Uni.createFrom()
                .deferred(() -> {
                    recorder.trusted = trustManager();
                    return Uni.createFrom()
                            .completionStage(TrialConnection.open(vertx, settings, tls, TrustOptions.wrap(recorder))
                                    .toCompletionStage());
                })
                .map(session -> new Seen(Optional.of(session.getProtocol()), recorder.chain, Optional.empty()))
                .onFailure()
                .recoverWithItem(failure -> new Seen(Optional.empty(), recorder.chain, Optional.of(failure)));
    }

    private X509TrustManager trustManager() {
        try {
            TrustManagerFactory factory;
            var own = tls.map(TlsConfiguration::getTrustStoreOptions);
            if (own.isPresent()) {
                factory = own.get().getTrustManagerFactory(vertx);
            } else {
                factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                factory.init((KeyStore) null);
            }
            return (X509TrustManager) factory.getTrustManagers()[0];
        } catch (Exception e) {
            throw new UnusableTrust(e);
        }
    }

    /** The authorities that are trusted here cannot be loaded, so that nothing was sent. */
    static final class UnusableTrust extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        UnusableTrust(Exception cause) {
            super(cause);
        }
    }

    private boolean isAnyHost() {
        return tls.flatMap(TlsConfiguration::getHostnameVerificationAlgorithm)
                .filter(UnverifiedTls::isNone)
                .isPresent();
    }

    // ---- judging ----------------------------------------------------------------------------------------------------

    /** A connection whose other side is not verified is a warning. */
    Uni<Finding> examine(Clock clock) {
        return perform().map(seen -> {
            Finding finding = judged(seen, settings.proxy(), clock);
            return seen.failure().isPresent()
                    ? finding
                    : unverified()
                            .map(what -> new Finding(
                                            Check.TLS,
                                            CheckStatus.WARNING,
                                            finding.detail() + "; " + what,
                                            finding.facts())
                                    .with("verified", false))
                            .orElse(finding);
        });
    }

    private Optional<String> unverified() {
        if (tls.filter(TlsConfiguration::isTrustAll).isPresent()) {
            return Optional.of("not verified, since any certificate is accepted");
        }
        return isAnyHost() ? Optional.of("not verified that the certificate is one for this host") : Optional.empty();
    }

    static Finding judged(Seen seen, Optional<ProxyAddress> proxy, Clock clock) {
        Finding finding = judged(seen, clock);
        return proxy.map(via -> new Finding(
                                Check.TLS, finding.verdict(), finding.detail() + "; via proxy " + via, finding.facts())
                        .with("proxy", via.toString()))
                .orElse(finding);
    }

    static Finding judged(Seen seen, Clock clock) {
        Finding finding = seen.failure()
                .map(failure -> Finding.failed(Check.TLS, trouble(seen, failure, clock.instant())))
                .orElseGet(() -> connected(seen, clock.instant()));
        if (seen.chain().isEmpty()) {
            return finding;
        }
        Instant end = end(seen.chain());
        return finding.with("ends_at", end.toString())
                .with("days_left", Duration.between(clock.instant(), end).toDays())
                .with("issuer", issuer(seen));
    }

    private static Finding connected(Seen seen, Instant now) {
        Instant end = end(seen.chain());
        boolean tooEarly = begin(seen.chain()).isAfter(now);
        String when = "ends in %d days".formatted(Duration.between(now, end).toDays());
        if (tooEarly) {
            when = "is not valid yet, and works only since it is trusted by itself; look at the clock of this host";
        } else if (end.isBefore(now)) {
            when = "ended %d days ago, and works only since it is trusted by itself"
                    .formatted(Duration.between(end, now).toDays());
        }
        String detail = "%s, issued by %s, %s".formatted(seen.protocol().orElse(""), issuer(seen), when);
        boolean soon = end.isBefore(now.plus(SOON));
        return (soon || tooEarly ? Finding.warning(Check.TLS, detail) : Finding.ok(Check.TLS, detail))
                .with("protocol", seen.protocol().orElse(""));
    }

    /** When the certificate of the other side itself ends: others that it shows may not be needed, such as a cross-signed one that has ended. */
    private static Instant end(List<X509Certificate> chain) {
        return chain.get(0).getNotAfter().toInstant();
    }

    private static Instant begin(List<X509Certificate> chain) {
        return chain.get(0).getNotBefore().toInstant();
    }

    /** The certificates by whose time a connection fails: the first one, and others only where the failure is about time. */
    private static Stream<X509Certificate> timed(Seen seen, Throwable failure, Class<? extends Exception> ofTime) {
        return seen.chain().stream()
                .limit(isCausedBy(failure, ofTime) ? seen.chain().size() : 1);
    }

    private static String issuer(Seen seen) {
        return seen.chain().get(0).getIssuerX500Principal().getName();
    }

    private static String trouble(Seen seen, Throwable failure, Instant now) {
        Optional<Instant> ended = timed(seen, failure, CertificateExpiredException.class)
                .map(each -> each.getNotAfter().toInstant())
                .filter(now::isAfter)
                .min(Comparator.naturalOrder());
        if (ended.isPresent()) {
            return "a certificate that it shows ended %d days ago; issued by %s"
                    .formatted(Duration.between(ended.get(), now).toDays(), issuer(seen));
        }
        if (timed(seen, failure, CertificateNotYetValidException.class)
                .anyMatch(each -> each.getNotBefore().toInstant().isAfter(now))) {
            return "a certificate that it shows is not valid yet; look at the clock of this host";
        }
        if (!seen.chain().isEmpty() && isUntrusted(failure)) {
            return "no authority that is trusted here has signed it; issued by %s; QUARKUS_TLS_DEEPVUE_TRUST_STORE_PEM_CERTS names others"
                    .formatted(issuer(seen));
        }
        if (!seen.chain().isEmpty() && isCausedBy(failure, CertificateException.class)) {
            return "its certificate is not one for this host; issued by " + issuer(seen);
        }
        if (failure instanceof UnusableTrust) {
            return "the authorities of the TLS configuration deepvue, or of -Djavax.net.ssl.trustStore, cannot be read; look at the file and"
                    + " its password";
        }
        if (isTimeout(failure)) {
            return "it did not answer within DEEPVUE_CONNECT_TIMEOUT";
        }
        if (failure instanceof ProxyConnectException refused) {
            return refusal(refused);
        }
        if (isCausedBy(failure, SSLException.class) || isCausedBy(failure, ClosedChannelException.class)) {
            return "it does not support TLS, supports no version that is enabled here (QUARKUS_TLS_DEEPVUE_PROTOCOLS), or requires a client certificate"
                    + " (QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__0__CERT)";
        }
        if (isCausedBy(failure, IOException.class)) {
            return "no connection could be opened: no server listens there, or a firewall is in between";
        }
        return "the keys or authorities of the TLS configuration deepvue cannot be used";
    }

    /** Of the address, of the proxy, or of the handshake. */
    private static boolean isTimeout(Throwable failure) {
        return failure instanceof ConnectTimeoutException
                || failure instanceof TimeoutException
                || failure instanceof SslHandshakeTimeoutException
                || failure instanceof ProxyConnectException
                        && failure.getMessage().endsWith(", timeout");
    }

    private static String refusal(ProxyConnectException failure) {
        var status = PROXY_STATUS.matcher(failure.getMessage());
        if (!status.find()) {
            return "the proxy opens no connection: it ends the one to it, or is no proxy of this kind";
        }
        return "the proxy refuses the connection with status " + status.group(1)
                + (status.group(1).equals("407")
                        ? ": it asks for a user and a password, or for others than these"
                        : "");
    }

    private static boolean isUntrusted(Throwable failure) {
        return isCausedBy(failure, CertPathBuilderException.class)
                || isCausedBy(failure, CertPathValidatorException.class);
    }

    private static boolean isCausedBy(Throwable failure, Class<? extends Exception> kind) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).anyMatch(kind::isInstance);
    }

    /**
     * Trusts what the service trusts, and remembers what it was shown. That the certificate is one for the host is checked by the JDK, which does
     * so only for a trust manager that is not extended: the one of a TLS configuration with a trust store is of that kind, too.
     */
    private static final class ChainRecorder implements X509TrustManager {
        private X509TrustManager trusted;
        private volatile List<X509Certificate> chain = List.of();

        @Override
        public void checkServerTrusted(X509Certificate[] shown, String authType) throws CertificateException {
            chain = List.of(shown);
            trusted.checkServerTrusted(shown, authType);
        }

        @Override
        public void checkClientTrusted(X509Certificate[] shown, String authType) throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return trusted.getAcceptedIssuers();
        }
    }
}
