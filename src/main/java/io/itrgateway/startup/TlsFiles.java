package io.itrgateway.startup;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.ShownValue;
import io.itrgateway.config.Variables;
import io.quarkus.tls.runtime.config.KeyStoreConfig;
import io.quarkus.tls.runtime.config.PemKeyCertConfig.KeyCertConfig;
import io.quarkus.tls.runtime.config.TlsBucketConfig;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.quarkus.tls.runtime.config.TrustStoreConfig;
import io.smallrye.config.SmallRyeConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Finds the files of TLS configurations that cannot be used. Quarkus loads them before the start-up check, and names the configuration only, so
 * this is asked when it has refused one.
 */
public final class TlsFiles {

    private static final String CERTIFICATES = "certificates in PEM, in a file that this user can read";
    private static final String KEY =
            "the private key of the certificate, in PEM and not encrypted, in a file that this user can read";

    private TlsFiles() {}

    /** Notes each file that cannot be used, without its content; none if the configuration has not been read. */
    public static void check(ConfigurationFaults faults) {
        TlsConfig registry;
        try {
            registry = ConfigProvider.getConfig().unwrap(SmallRyeConfig.class).getConfigMapping(TlsConfig.class);
        } catch (NoSuchElementException | IllegalStateException e) {
            return;
        }
        check(registry, faults);
    }

    static void check(TlsConfig registry, ConfigurationFaults faults) {
        TlsNames.forEach(registry, (prefix, bucket) -> check(prefix, bucket, faults));
    }

    /**
     * Notes keys that belong to other certificates, which Quarkus loads, and with which no connection can be opened. What cannot be loaded has ended
     * the start before.
     */
    static void checkLoaded(TlsConfig registry, ConfigurationFaults faults) {
        TlsNames.forEach(
                registry,
                (prefix, bucket) -> pairs(bucket)
                        .forEach((name, files) -> new KeyMaterial.Pem(files.cert(), files.key())
                                .faultOfKey()
                                .filter(KeyMaterial.Fault::isLoaded)
                                .ifPresent(fault ->
                                        unfit(prefix + "key-store.pem.\"" + name + "\".key", fault, KEY, faults))));
    }

    /** Certificates of this service outside of their time, a line each. */
    static List<String> warnings(TlsConfig registry, Instant now) {
        List<String> lines = new ArrayList<>();
        TlsNames.forEach(
                registry,
                (prefix, bucket) -> pairs(bucket)
                        .forEach((name, files) -> KeyMaterial.outsideOfItsTime(files.cert(), now)
                                .ifPresent(fault ->
                                        lines.add("%s names %s, whose certificate %s; the other side does not trust it"
                                                .formatted(
                                                        Variables.nameOf(
                                                                prefix + "key-store.pem.\"" + name + "\".cert"),
                                                        files.cert(),
                                                        fault)))));
        return lines;
    }

    private static Map<String, KeyCertConfig> pairs(TlsBucketConfig bucket) {
        return bucket.keyStore()
                .flatMap(store -> store.pem())
                .map(pem -> pem.keyCerts())
                .orElse(Map.of());
    }

    private static void check(String prefix, TlsBucketConfig bucket, ConfigurationFaults faults) {
        bucket.trustStore().ifPresent(store -> checkTrust(prefix + "trust-store.", store, faults));
        bucket.keyStore().ifPresent(store -> checkKeys(prefix + "key-store.", store, faults));
    }

    private static void checkTrust(String prefix, TrustStoreConfig store, ConfigurationFaults faults) {
        store.pem()
                .flatMap(pem -> pem.certs())
                .orElse(List.of())
                .forEach(file -> KeyMaterial.faultOfCertificates(file)
                        .ifPresent(fault -> unfit(prefix + "pem.certs", fault, CERTIFICATES, faults)));
        store.p12().ifPresent(p12 -> checkStore(prefix + "p12.path", "PKCS12", p12.path(), p12.password(), faults));
        store.jks().ifPresent(jks -> checkStore(prefix + "jks.path", "JKS", jks.path(), jks.password(), faults));
    }

    private static void checkKeys(String prefix, KeyStoreConfig store, ConfigurationFaults faults) {
        Map<String, KeyCertConfig> pairs =
                store.pem().map(pem -> pem.keyCerts()).orElse(Map.of());
        pairs.forEach((name, files) -> checkPair(prefix + "pem.\"" + name + "\".", files, faults));
        store.p12().ifPresent(p12 -> checkStore(prefix + "p12.path", "PKCS12", p12.path(), p12.password(), faults));
        store.jks().ifPresent(jks -> checkStore(prefix + "jks.path", "JKS", jks.path(), jks.password(), faults));
    }

    private static void checkPair(String prefix, KeyCertConfig files, ConfigurationFaults faults) {
        var pair = new KeyMaterial.Pem(files.cert(), files.key());
        pair.faultOfCertificate().ifPresent(fault -> unfit(prefix + "cert", fault, CERTIFICATES, faults));
        // Quarkus itself decrypts a key that has a password.
        if (files.password().isEmpty() || !KeyMaterial.isReadable(files.key())) {
            pair.faultOfKey().ifPresent(fault -> unfit(prefix + "key", fault, KEY, faults));
        }
    }

    private static void checkStore(
            String property, String type, Path file, Optional<String> password, ConfigurationFaults faults) {
        if (!KeyMaterial.isReadable(file)) {
            unfit(property, file, KeyMaterial.IS_UNREADABLE, "the path of a file that this user can read", faults);
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore.getInstance(type)
                    .load(in, password.map(String::toCharArray).orElse(null));
        } catch (IOException | GeneralSecurityException e) {
            unfit(property, file, "cannot be opened with its password", "a store of type " + type, faults);
        }
    }

    private static void unfit(String property, KeyMaterial.Fault fault, String shouldBe, ConfigurationFaults faults) {
        unfit(property, fault.file(), fault.says(), shouldBe, faults);
    }

    private static void unfit(
            String property, Path file, String whatIsWrong, String shouldBe, ConfigurationFaults faults) {
        faults.unfit(property, "names %s, which %s".formatted(ShownValue.of(file.toString()), whatIsWrong), shouldBe);
    }
}
