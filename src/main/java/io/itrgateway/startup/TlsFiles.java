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
import java.security.KeyStoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Finds the files of TLS configurations that cannot be used. Quarkus loads them before the start-up check, and names the configuration only, so
 * this is asked when it has refused one.
 */
public final class TlsFiles {

    private static final String CERTIFICATES = "certificates in PEM, in a file that this user can read";
    private static final String KEY =
            "the private key of the certificate, in PEM and not encrypted, in a file that this user can read";

    private static final String CANNOT_BE_OPENED = "cannot be opened with its password";

    private static final Pattern RELOAD_PERIOD = Pattern.compile("QUARKUS_TLS_(?:.+_)?RELOAD_PERIOD");
    private static final Pattern PROTOCOLS = Pattern.compile("QUARKUS_(?:HTTP_SSL|TLS(?:_.+)?)_PROTOCOLS");
    private static final Pattern PATHS = Pattern.compile("quarkus\\.tls\\..*(?:\\.pem\\..+|\\.path|\\*)");

    private TlsFiles() {}

    /** What a setting of TLS should be, in words; empty if it is not one of those that need them. */
    public static Optional<String> shouldBe(String property) {
        if (isReloadPeriod(property)) {
            return Optional.of("a time such as 1h, not 0");
        }
        if (PROTOCOLS.matcher(Variables.nameOf(property)).matches()) {
            return Optional.of(TlsNames.PROTOCOLS_SHOULD_BE);
        }
        return Optional.of("paths of files that exist, can be read, and belong together")
                .filter(paths -> PATHS.matcher(property).matches());
    }

    public static boolean isReloadPeriod(String property) {
        return RELOAD_PERIOD.matcher(Variables.nameOf(property)).matches();
    }

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
     * Notes keys that belong to other certificates, and key stores without a key: Quarkus loads them, and no connection can be opened with them. What
     * cannot be loaded has ended the start before.
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
        TlsNames.forEach(
                registry,
                (prefix, bucket) -> bucket.keyStore().ifPresent(store -> {
                    p12(store).ifPresent(entry -> checkKey(prefix + "key-store.p12.path", entry, faults));
                    jks(store).ifPresent(entry -> checkKey(prefix + "key-store.jks.path", entry, faults));
                }));
    }

    /** A trust store is loaded as well, and then the handshake has no certificate to show. */
    private static void checkKey(String property, Entry entry, ConfigurationFaults faults) {
        try {
            KeyStore store = entry.load();
            if (Collections.list(store.aliases()).stream().noneMatch(alias -> isKey(store, alias))) {
                unfit(property, entry.file(), "has no private key", "a store with a key and its certificate", faults);
            }
        } catch (IOException | GeneralSecurityException e) {
            unfit(property, entry.file(), CANNOT_BE_OPENED, "a store of type " + entry.type(), faults);
        }
    }

    private static boolean isKey(KeyStore store, String alias) {
        try {
            return store.isKeyEntry(alias);
        } catch (KeyStoreException e) {
            throw new IllegalStateException(e); // Not of one that is loaded.
        }
    }

    private static Optional<Entry> p12(KeyStoreConfig store) {
        return store.p12()
                .map(own -> new Entry("PKCS12", own.path(), own.password(), own.alias(), own.aliasPassword()));
    }

    private static Optional<Entry> jks(KeyStoreConfig store) {
        return store.jks().map(own -> new Entry("JKS", own.path(), own.password(), own.alias(), own.aliasPassword()));
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

    /** By what is in it: the trust store itself may be there whatever is configured, since one of its settings has a default. */
    static boolean hasTrustStore(TlsBucketConfig bucket) {
        return bucket.trustStore()
                .filter(store -> store.pem().flatMap(pem -> pem.certs()).isPresent()
                        || store.p12().isPresent()
                        || store.jks().isPresent())
                .isPresent();
    }

    private static void check(String prefix, TlsBucketConfig bucket, ConfigurationFaults faults) {
        bucket.trustStore().ifPresent(store -> checkTrust(prefix + "trust-store.", store, faults));
        if (bucket.trustAll() && hasTrustStore(bucket)) {
            faults.unfit(prefix + "trust-all", "is true, and there is a trust store", "false, or the store left out");
        }
        bucket.keyStore().ifPresent(store -> checkKeys(prefix + "key-store.", store, faults));
    }

    private static void checkTrust(String prefix, TrustStoreConfig store, ConfigurationFaults faults) {
        if (store.pem().isPresent() && store.pem().flatMap(pem -> pem.certs()).isEmpty()) {
            faults.unfit(prefix + "pem.certs", "is empty", CERTIFICATES + ", or left out");
        }
        store.pem()
                .flatMap(pem -> pem.certs())
                .orElse(List.of())
                .forEach(file -> KeyMaterial.faultOfCertificates(file)
                        .ifPresent(fault -> unfit(prefix + "pem.certs", fault, CERTIFICATES, faults)));
        Optional<Entry> p12 =
                store.p12().map(own -> new Entry("PKCS12", own.path(), own.password(), own.alias(), Optional.empty()));
        Optional<Entry> jks =
                store.jks().map(own -> new Entry("JKS", own.path(), own.password(), own.alias(), Optional.empty()));
        checkStores(prefix, store.pem().map(pem -> "pem.certs"), p12, jks, faults);
    }

    private static void checkKeys(String prefix, KeyStoreConfig store, ConfigurationFaults faults) {
        Map<String, KeyCertConfig> pairs =
                store.pem().map(pem -> pem.keyCerts()).orElse(Map.of());
        pairs.forEach((name, files) -> checkPair(prefix + "pem.\"" + name + "\".", files, faults));
        Optional<String> pem = pairs.keySet().stream().sorted().findFirst().map(name -> "pem.\"" + name + "\".cert");
        checkStores(prefix, pem, p12(store), jks(store), faults);
    }

    /**
     * Notes what is wrong with the stores in one file, and that there is more than one kind of store, of which Quarkus takes one.
     *
     * @param pem the setting that gives the kind of several files
     */
    private static void checkStores(
            String prefix, Optional<String> pem, Optional<Entry> p12, Optional<Entry> jks, ConfigurationFaults faults) {
        p12.ifPresent(entry -> checkStore(prefix + "p12.", entry, faults));
        jks.ifPresent(entry -> checkStore(prefix + "jks.", entry, faults));
        List<String> paths = Stream.of(pem, p12.map(own -> "p12.path"), jks.map(own -> "jks.path"))
                .flatMap(Optional::stream)
                .map(prefix::concat)
                .toList();
        paths.stream()
                .skip(1)
                .forEach(path -> faults.unfit(
                        path,
                        "is set, and so is " + Variables.nameOf(paths.get(0)),
                        "left out, or the other one: only one kind of store is possible"));
    }

    private static void checkPair(String prefix, KeyCertConfig files, ConfigurationFaults faults) {
        var pair = new KeyMaterial.Pem(files.cert(), files.key());
        pair.faultOfCertificate().ifPresent(fault -> unfit(prefix + "cert", fault, CERTIFICATES, faults));
        // Quarkus itself decrypts a key that has a password.
        if (files.password().isEmpty() || !KeyMaterial.isReadable(files.key())) {
            pair.faultOfKey().ifPresent(fault -> unfit(prefix + "key", fault, KEY, faults));
        }
    }

    /** @param prefix of the names of its settings, up to the one of its type */
    private static void checkStore(String prefix, Entry entry, ConfigurationFaults faults) {
        if (!KeyMaterial.isReadable(entry.file())) {
            unfit(
                    prefix + "path",
                    entry.file(),
                    KeyMaterial.IS_UNREADABLE,
                    "the path of a file that this user can read",
                    faults);
            return;
        }
        KeyStore store;
        try {
            store = entry.load();
        } catch (IOException | GeneralSecurityException e) {
            unfit(prefix + "path", entry.file(), CANNOT_BE_OPENED, "a store of type " + entry.type(), faults);
            return;
        }
        if (entry.password().isEmpty()) {
            faults.unfit(prefix + "password", "is not set", "the password of " + entry.file());
        } else {
            entry.alias().ifPresent(alias -> checkEntry(prefix, entry, store, alias, faults));
        }
    }

    private static void checkEntry(
            String prefix, Entry entry, KeyStore store, String alias, ConfigurationFaults faults) {
        try {
            if (!store.containsAlias(alias)) {
                faults.unfit(prefix + "alias", "names no entry of " + entry.file(), "one that it has, or left out");
            } else if (store.isKeyEntry(alias)) {
                store.getKey(
                        alias,
                        entry.aliasPassword()
                                .or(entry::password)
                                .map(String::toCharArray)
                                .orElse(null));
            }
        } catch (GeneralSecurityException e) {
            faults.unfit(
                    prefix + "alias-password",
                    "does not open the entry %s of %s".formatted(ShownValue.of(alias), entry.file()),
                    "the password of that key, or left out where it is the one of the store");
        }
    }

    /** A key store or a trust store in one file, and which of its entries is used. */
    private record Entry(
            String type, Path file, Optional<String> password, Optional<String> alias, Optional<String> aliasPassword) {
        private KeyStore load() throws IOException, GeneralSecurityException {
            try (InputStream in = Files.newInputStream(file)) {
                KeyStore store = KeyStore.getInstance(type);
                store.load(in, password.map(String::toCharArray).orElse(null));
                return store;
            }
        }

        @Override
        public String toString() {
            return "Entry[" + file + "]";
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
