package io.itrgateway.startup;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Variables;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.tls.runtime.config.TlsBucketConfig;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.quarkus.vertx.http.runtime.CertificateConfig;
import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.quarkus.vertx.http.runtime.VertxHttpConfig.InsecureRequests;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Looks, before Quarkus does, whether the certificate for TLS from callers can be loaded: what Quarkus says names no setting, and
 * {@code doctor}, which opens no port, would not hear it.
 */
final class CallerTls {

    private static final String CERTIFICATES = "quarkus.http.ssl.certificate.files";
    private static final String KEYS = "quarkus.http.ssl.certificate.key-files";

    private static final String KEY_STORE = "quarkus.http.ssl.certificate.key-store-file";
    private static final String REGISTRY_NAME = "quarkus.http.tls-configuration-name";
    private static final String TLS_PORT = "quarkus.http.ssl-port";
    private static final String PLAIN = "quarkus.http.insecure-requests";

    private CallerTls() {}

    static void check(SmallRyeConfig config, Vertx vertx, ConfigurationFaults faults) {
        VertxHttpConfig http = config.getConfigMapping(VertxHttpConfig.class);
        TlsConfig registry = config.getConfigMapping(TlsConfig.class);
        TlsNames.check(http.ssl(), registry, faults);
        TlsFiles.checkLoaded(registry, faults);
        CertificateConfig certificate = http.ssl().certificate();
        check(certificate.files().orElse(List.of()), certificate.keyFiles().orElse(List.of()), faults);
        CertificateReloadMonitor.keyStore(certificate)
                .flatMap(store -> store.fault(vertx))
                .ifPresent(fault -> faults.unfit(
                        KEY_STORE,
                        fault.line(),
                        "a key store that this user can read, that its password opens, and that has the key of"
                                + " its alias"));
        http.tlsConfigurationName()
                .filter(name -> !registry.namedCertificateConfig().containsKey(name))
                .ifPresent(name -> faults.wrong(
                        REGISTRY_NAME, name, "the NAME of settings QUARKUS_TLS_NAME_..., in small letters"));
        http.tlsConfigurationName()
                .filter(name -> registry.namedCertificateConfig().containsKey(name)
                        && !hasKeyStore(registry.namedCertificateConfig().get(name)))
                .ifPresent(name -> faults.unfit(
                        REGISTRY_NAME,
                        "names a TLS configuration without a key store, with which no port for TLS is opened",
                        "the name of one with QUARKUS_TLS_NAME_KEY_STORE_..."));
        boolean hasCertificate = certificate.files().isPresent()
                || certificate.keyStoreFile().isPresent()
                || http.tlsConfigurationName().isPresent()
                || registry.defaultCertificateConfig()
                        .filter(CallerTls::hasKeyStore)
                        .isPresent();
        LaunchMode mode = LaunchMode.current();
        checkPorts(
                new Ports(http.determinePort(mode), http.determineSslPort(mode), http.insecureRequests()),
                hasCertificate,
                faults);
    }

    /** Certificates outside of their time, which can be loaded, and which no caller would trust, and insecure protocols; a line each. */
    static List<String> warnings(SmallRyeConfig config, Instant now) {
        List<Path> ofCallers = config.getConfigMapping(VertxHttpConfig.class)
                .ssl()
                .certificate()
                .files()
                .orElse(List.of());
        TlsConfig registry = config.getConfigMapping(TlsConfig.class);
        return Stream.of(
                        warnings(ofCallers, now),
                        TlsFiles.warnings(registry, now),
                        TlsNames.warnings(
                                config.getConfigMapping(VertxHttpConfig.class)
                                        .ssl()
                                        .protocols(),
                                registry))
                .flatMap(List::stream)
                .toList();
    }

    static List<String> warnings(List<Path> certificates, Instant now) {
        return certificates.stream()
                .flatMap(file -> KeyMaterial.outsideOfItsTime(file, now).stream()
                        .map(fault -> "%s names %s, whose certificate %s; callers do not trust it"
                                .formatted(Variables.nameOf(CERTIFICATES), file, fault)))
                .toList();
    }

    /** By what is in it: the key store itself is there whatever is configured, since one of its settings has a default. */
    static boolean hasKeyStore(TlsBucketConfig bucket) {
        return bucket.keyStore()
                .filter(store ->
                        store.pem().filter(pem -> !pem.keyCerts().isEmpty()).isPresent()
                                || store.p12().isPresent()
                                || store.jks().isPresent())
                .isPresent();
    }

    /** @param plain what Quarkus does with requests that come without TLS; empty for its default */
    record Ports(int http, int https, Optional<InsecureRequests> plain) {}

    static void checkPorts(Ports ports, boolean hasCertificate, ConfigurationFaults faults) {
        InsecureRequests plain = ports.plain.orElse(InsecureRequests.ENABLED);
        if (!hasCertificate && plain != InsecureRequests.ENABLED) {
            faults.wrong(
                    PLAIN,
                    plain.name().toLowerCase(Locale.ROOT),
                    "enabled, or not set, while there is no certificate for TLS (%s)"
                            .formatted(Variables.nameOf(CERTIFICATES)));
        }
        if (hasCertificate && plain != InsecureRequests.DISABLED && ports.http == ports.https && ports.http != 0) {
            faults.wrong(
                    TLS_PORT,
                    Integer.toString(ports.https),
                    "another port than QUARKUS_HTTP_PORT, unless QUARKUS_HTTP_INSECURE_REQUESTS is disabled");
        }
    }

    static void check(List<Path> certificates, List<Path> keys, ConfigurationFaults faults) {
        if (certificates.size() != keys.size()) {
            boolean lacksKeys = keys.size() < certificates.size();
            faults.unfit(
                    lacksKeys ? KEYS : CERTIFICATES,
                    "has fewer files than " + Variables.nameOf(lacksKeys ? CERTIFICATES : KEYS),
                    "one file for each of them");
            return;
        }
        for (int i = 0; i < certificates.size(); i++) {
            var pair = new KeyMaterial.Pem(certificates.get(i), keys.get(i));
            pair.faultOfCertificate().ifPresent(fault -> unfit(CERTIFICATES, fault, faults));
            pair.faultOfKey().ifPresent(fault -> unfit(KEYS, fault, faults));
        }
    }

    private static void unfit(String property, KeyMaterial.Fault fault, ConfigurationFaults faults) {
        faults.unfit(
                property,
                fault.line(),
                "PEM files that this user can read: certificates in one list, and the key of each in the other");
    }
}
