package io.itrgateway.ops;

import io.itrgateway.config.ConfigurationFaults;
import io.quarkus.tls.runtime.config.TlsBucketConfig;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.quarkus.vertx.http.runtime.ServerSslConfig;
import java.security.GeneralSecurityException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/** Judges the protocols and cipher suites of TLS configurations. Quarkus takes any text, and then no connection can be opened. */
final class TlsNames {

    private TlsNames() {}

    static void check(ServerSslConfig callers, TlsConfig registry, ConfigurationFaults faults) {
        SSLParameters supported = supported();
        check("quarkus.http.ssl.", callers.protocols(), callers.cipherSuites().orElse(List.of()), supported, faults);
        registry.defaultCertificateConfig().ifPresent(bucket -> check("quarkus.tls.", bucket, supported, faults));
        registry.namedCertificateConfig()
                .forEach((name, bucket) -> check("quarkus.tls." + name + ".", bucket, supported, faults));
    }

    private static void check(
            String prefix, TlsBucketConfig bucket, SSLParameters supported, ConfigurationFaults faults) {
        check(prefix, bucket.protocols(), bucket.cipherSuites().orElse(List.of()), supported, faults);
    }

    static void check(
            String prefix,
            Collection<String> protocols,
            Collection<String> suites,
            SSLParameters supported,
            ConfigurationFaults faults) {
        check(prefix + "protocols", protocols, supported.getProtocols(), "TLSv1.3, or TLSv1.3,TLSv1.2", faults);
        check(
                prefix + "cipher-suites",
                suites,
                supported.getCipherSuites(),
                "names that Java has, such as TLS_AES_256_GCM_SHA384, separated by commas",
                faults);
    }

    private static void check(
            String property, Collection<String> names, String[] known, String shouldBe, ConfigurationFaults faults) {
        names.stream()
                .filter(name -> !Set.of(known).contains(name))
                .forEach(name -> faults.wrongEntry(property, name, "which is not known", shouldBe));
    }

    static SSLParameters supported() {
        try {
            // Without trusted certificates: to parse those of the JDK takes a twentieth of the start.
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[0], new TrustManager[0], null);
            return context.getSupportedSSLParameters();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
