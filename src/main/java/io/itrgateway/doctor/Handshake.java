package io.itrgateway.doctor;

import io.itrgateway.ops.UnverifiedTls;
import io.itrgateway.transport.ProxyAddress;
import io.quarkus.tls.TlsConfiguration;
import io.vertx.core.Vertx;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * One encrypted connection to the upstream, with what the service trusts and shows, for what can be seen of it: also where it does not
 * come about, the chain that was shown. Nothing is sent on it.
 */
final class Handshake {

    /** Time to get a new certificate by hand. */
    private static final Duration SOON = Duration.ofDays(14);

    private static final int HTTPS = 443;

    /**
     * What was seen.
     *
     * @param protocol empty if no connection came about
     * @param chain that the other side showed, its own certificate first; empty if it did not come to that
     */
    record Seen(Optional<String> protocol, List<X509Certificate> chain, Optional<Exception> failure) {}

    private final Optional<TlsConfiguration> tls;
    private final Vertx vertx;
    private final Optional<ProxyAddress> proxy;

    /**
     * @param tls empty for the platform's own
     * @param proxy an HTTP proxy on the way; empty for none
     */
    Handshake(Optional<TlsConfiguration> tls, Vertx vertx, Optional<ProxyAddress> proxy) {
        this.tls = tls;
        this.vertx = vertx;
        this.proxy = proxy;
    }

    /** Blocks; for the opening, and then for every answer of the other side, so long at the most. */
    Seen perform(URI baseUrl, Duration longest) {
        var recorder = new ChainRecorder();
        int port = baseUrl.getPort() == -1 ? HTTPS : baseUrl.getPort();
        try (var plain = new UpstreamSocketFactory(proxy, longest).open(host(baseUrl), port)) {
            recorder.trusted = trustManager();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(), new TrustManager[] {recorder}, new SecureRandom());
            try (var socket = (SSLSocket) context.getSocketFactory().createSocket(plain, host(baseUrl), port, true)) {
                socket.setSSLParameters(parameters(socket.getSSLParameters()));
                socket.startHandshake();
                return new Seen(Optional.of(socket.getSession().getProtocol()), recorder.chain, Optional.empty());
            }
        } catch (Exception e) {
            return new Seen(Optional.empty(), recorder.chain, Optional.of(e));
        }
    }

    private static String host(URI baseUrl) {
        return baseUrl.getHost().replaceAll("^\\[|\\]$", "");
    }

    private KeyManager[] keyManagers() throws Exception {
        var shown = tls.map(TlsConfiguration::getKeyStoreOptions);
        return shown.isEmpty()
                ? new KeyManager[0]
                : shown.get().getKeyManagerFactory(vertx).getKeyManagers();
    }

    private X509TrustManager trustManager() throws Exception {
        var own = tls.map(TlsConfiguration::getTrustStoreOptions);
        TrustManager[] managers;
        if (own.isPresent()) {
            managers = own.get().getTrustManagerFactory(vertx).getTrustManagers();
        } else {
            var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            managers = factory.getTrustManagers();
        }
        return Arrays.stream(managers)
                .filter(X509TrustManager.class::isInstance)
                .map(X509TrustManager.class::cast)
                .findFirst()
                .orElseThrow(GeneralSecurityException::new);
    }

    private SSLParameters parameters(SSLParameters parameters) {
        parameters.setEndpointIdentificationAlgorithm(isAnyHost() ? null : "HTTPS");
        tls.map(TlsConfiguration::getSSLOptions)
                .map(options -> options.getEnabledSecureTransportProtocols().toArray(String[]::new))
                .ifPresent(parameters::setProtocols);
        return parameters;
    }

    private boolean isAnyHost() {
        return tls.flatMap(TlsConfiguration::getHostnameVerificationAlgorithm)
                .filter(UnverifiedTls::isNone)
                .isPresent();
    }

    // ---- judging ----------------------------------------------------------------------------------------------------

    /** Blocks as {@link #perform} does. A connection whose other side is not verified is a warning. */
    Finding examine(URI baseUrl, Duration longest, Clock clock) {
        Seen seen = perform(baseUrl, longest);
        Finding finding = judged(seen, proxy, clock);
        return seen.failure().isPresent()
                ? finding
                : unverified()
                        .map(what -> new Finding(
                                        Check.TLS, CheckStatus.WARNING, finding.detail() + "; " + what, finding.facts())
                                .with("verified", false))
                        .orElse(finding);
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
        long days = Duration.between(now, end).toDays();
        String when = end.isBefore(now)
                ? "ended %d days ago, and works only since it is trusted by itself".formatted(-days)
                : "ends in %d days".formatted(days);
        String detail = "%s, issued by %s, %s".formatted(seen.protocol().orElse(""), issuer(seen), when);
        boolean soon = end.isBefore(now.plus(SOON));
        return (soon ? Finding.warning(Check.TLS, detail) : Finding.ok(Check.TLS, detail))
                .with("protocol", seen.protocol().orElse(""));
    }

    /** When the certificate of the other side itself ends: others that it shows may not be needed, such as a cross-signed one that has ended. */
    private static Instant end(List<X509Certificate> chain) {
        return chain.get(0).getNotAfter().toInstant();
    }

    /** The certificates by whose time a connection fails: the first one, and others only where the failure is about time. */
    private static Stream<X509Certificate> timed(Seen seen, Exception failure, Class<? extends Exception> ofTime) {
        return seen.chain().stream()
                .limit(isCausedBy(failure, ofTime) ? seen.chain().size() : 1);
    }

    private static String issuer(Seen seen) {
        return seen.chain().get(0).getIssuerX500Principal().getName();
    }

    private static String trouble(Seen seen, Exception failure, Instant now) {
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
        if (failure instanceof UpstreamSocketFactory.RefusedByProxy refused) {
            return refused.getMessage();
        }
        if (isCausedBy(failure, SocketTimeoutException.class)) {
            return "it did not answer within DEEPVUE_CONNECT_TIMEOUT";
        }
        if (isCausedBy(failure, SSLException.class) || isCausedBy(failure, EOFException.class)) {
            return "it does not support TLS, supports no version that is enabled here (QUARKUS_TLS_DEEPVUE_PROTOCOLS), or requires a client certificate"
                    + " (QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__0__CERT)";
        }
        if (isCausedBy(failure, IOException.class)) {
            return "no connection could be opened: no server listens there, or a firewall is between";
        }
        return "the keys or authorities of the TLS configuration deepvue cannot be used";
    }

    private static boolean isUntrusted(Throwable failure) {
        return isCausedBy(failure, CertPathBuilderException.class)
                || isCausedBy(failure, CertPathValidatorException.class);
    }

    private static boolean isCausedBy(Throwable failure, Class<? extends Exception> kind) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).anyMatch(kind::isInstance);
    }

    /** Trusts what the service trusts, and remembers what it was shown. */
    private static final class ChainRecorder extends X509ExtendedTrustManager {
        private X509TrustManager trusted;
        private volatile List<X509Certificate> chain = List.of();

        @Override
        public void checkServerTrusted(X509Certificate[] shown, String authType, Socket socket)
                throws CertificateException {
            chain = List.of(shown);
            if (trusted instanceof X509ExtendedTrustManager knowsTheHost) {
                knowsTheHost.checkServerTrusted(shown, authType, socket);
            } else {
                trusted.checkServerTrusted(shown, authType);
            }
        }

        @Override
        public void checkServerTrusted(X509Certificate[] shown, String authType, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("there is a socket");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] shown, String authType) throws CertificateException {
            throw new CertificateException("there is a socket");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] shown, String authType, Socket socket)
                throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] shown, String authType, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("this is a client");
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
