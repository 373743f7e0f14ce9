package io.itrgateway.startup;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Variables;
import io.quarkus.tls.runtime.config.TlsBucketConfig;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.quarkus.vertx.http.runtime.ServerSslConfig;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/** Judges the protocols and cipher suites of TLS configurations. Quarkus takes any text, and then no connection can be opened. */
final class TlsNames {

    private static final String PROTOCOLS = "protocols";

    static final String PROTOCOLS_SHOULD_BE = "TLSv1.3, or TLSv1.3,TLSv1.2";

    /** Broken ones, which Java supports and has switched off. */
    private static final Set<String> INSECURE = Set.of("SSLv2Hello", "SSLv3", "TLSv1", "TLSv1.1");

    private TlsNames() {}

    static void check(ServerSslConfig callers, TlsConfig registry, ConfigurationFaults faults) {
        SSLParameters supported = supported();
        check("quarkus.http.ssl.", callers.protocols(), callers.cipherSuites().orElse(List.of()), supported, faults);
        forEach(registry, (prefix, bucket) -> check(prefix, bucket, supported, faults));
    }

    /** @param action gets the beginning of the names of a configuration's settings, and the configuration */
    static void forEach(TlsConfig registry, BiConsumer<String, TlsBucketConfig> action) {
        registry.defaultCertificateConfig().ifPresent(bucket -> action.accept("quarkus.tls.", bucket));
        registry.namedCertificateConfig().forEach((name, bucket) -> action.accept("quarkus.tls." + name + ".", bucket));
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
        check(prefix + PROTOCOLS, protocols, supported.getProtocols(), PROTOCOLS_SHOULD_BE, faults);
        // Any other list may be the default, which is no fault of the configuration.
        if (!protocols.isEmpty() && INSECURE.containsAll(protocols) && Collections.disjoint(protocols, usable())) {
            faults.unfit(prefix + PROTOCOLS, "lists none that Java has switched on", PROTOCOLS_SHOULD_BE);
        }
        check(
                prefix + "cipher-suites",
                suites,
                supported.getCipherSuites(),
                "names that Java has, such as TLS_AES_256_GCM_SHA384, separated by commas",
                faults);
    }

    /** By a context of one version: what {@code jdk.tls.client.protocols} sets has no effect on it, nor on connections of this service. */
    private static List<String> usable() {
        return Arrays.asList(context("TLSv1.2").getDefaultSSLParameters().getProtocols());
    }

    private static void check(
            String property, Collection<String> names, String[] known, String shouldBe, ConfigurationFaults faults) {
        names.stream()
                .filter(name -> !Set.of(known).contains(name))
                .forEach(name -> faults.wrongEntry(property, name, "which is not known", shouldBe));
    }

    /** Insecure protocols, a line for each setting that has some. */
    static List<String> warnings(Set<String> ofCallers, TlsConfig registry) {
        List<String> lines = new ArrayList<>();
        warnings("quarkus.http.ssl.", ofCallers).forEach(lines::add);
        forEach(
                registry,
                (prefix, bucket) -> warnings(prefix, bucket.protocols()).forEach(lines::add));
        return lines;
    }

    private static Stream<String> warnings(String prefix, Collection<String> protocols) {
        List<String> insecure =
                protocols.stream().filter(INSECURE::contains).sorted().toList();
        return Stream.of(String.join(" and ", insecure))
                .filter(names -> !names.isEmpty())
                .map(names -> "%s lists %s: insecure, and not used unless the security settings of Java allow it"
                        .formatted(Variables.nameOf(prefix + PROTOCOLS), names));
    }

    static SSLParameters supported() {
        return context("TLS").getSupportedSSLParameters();
    }

    private static SSLContext context(String protocol) {
        try {
            // Without trusted certificates: to parse those of the JDK takes a twentieth of the start.
            SSLContext context = SSLContext.getInstance(protocol);
            context.init(new KeyManager[0], new TrustManager[0], null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
