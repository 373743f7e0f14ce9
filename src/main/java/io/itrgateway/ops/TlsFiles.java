package io.itrgateway.ops;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.ShownValue;
import io.quarkus.tls.runtime.config.KeyStoreConfig;
import io.quarkus.tls.runtime.config.PemKeyCertConfig.KeyCertConfig;
import io.quarkus.tls.runtime.config.TlsBucketConfig;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.quarkus.tls.runtime.config.TrustStoreConfig;
import io.smallrye.config.SmallRyeConfig;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Finds the files of TLS configurations that cannot be used. Quarkus loads them before the start-up check, and names the configuration only, so
 * this is asked when it has refused one.
 */
public final class TlsFiles {

    private static final Pattern PRIVATE_KEY = Pattern.compile(
            "-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(.*?)-----END (?:[A-Z]+ )*PRIVATE KEY-----", Pattern.DOTALL);

    private static final int DER_SEQUENCE = 0x30;

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

    private static void check(String prefix, TlsBucketConfig bucket, ConfigurationFaults faults) {
        bucket.trustStore().ifPresent(store -> checkTrust(prefix + "trust-store.", store, faults));
        bucket.keyStore().ifPresent(store -> checkKeys(prefix + "key-store.", store, faults));
    }

    private static void checkTrust(String prefix, TrustStoreConfig store, ConfigurationFaults faults) {
        store.pem()
                .flatMap(pem -> pem.certs())
                .orElse(List.of())
                .forEach(file -> checkCertificates(prefix + "pem.certs", file, faults));
        store.p12().ifPresent(p12 -> checkStore(prefix + "p12.path", "PKCS12", p12.path(), p12.password(), faults));
        store.jks().ifPresent(jks -> checkStore(prefix + "jks.path", "JKS", jks.path(), jks.password(), faults));
    }

    private static void checkKeys(String prefix, KeyStoreConfig store, ConfigurationFaults faults) {
        Map<String, KeyCertConfig> pairs =
                store.pem().map(pem -> pem.keyCerts()).orElse(Map.of());
        pairs.forEach((name, pair) -> {
            String pem = prefix + "pem.\"" + name + "\".";
            checkCertificates(pem + "cert", pair.cert(), faults);
            checkKey(pem + "key", pair.key(), faults);
        });
        store.p12().ifPresent(p12 -> checkStore(prefix + "p12.path", "PKCS12", p12.path(), p12.password(), faults));
        store.jks().ifPresent(jks -> checkStore(prefix + "jks.path", "JKS", jks.path(), jks.password(), faults));
    }

    private static void checkCertificates(String property, Path file, ConfigurationFaults faults) {
        if (!KeyMaterial.isReadable(file)) {
            unreadable(property, file, faults);
        } else if (!KeyMaterial.holdsCertificates(file)) {
            unfit(property, file, "holds no certificate, or one that cannot be read", "certificates in PEM", faults);
        }
    }

    private static void checkKey(String property, Path file, ConfigurationFaults faults) {
        if (!KeyMaterial.isReadable(file)) {
            unreadable(property, file, faults);
        } else if (KeyMaterial.holdsEncryptedKey(file)) {
            unfit(property, file, KeyMaterial.IS_ENCRYPTED, "a private key in PEM without a password", faults);
        } else if (!holdsKey(file)) {
            unfit(property, file, "holds no private key, or one that cannot be read", "a private key in PEM", faults);
        }
    }

    private static boolean holdsKey(Path file) {
        try {
            Matcher key = PRIVATE_KEY.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
            return key.find() && isDer(Base64.getMimeDecoder().decode(key.group(1)));
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    /** Whether it is a sequence of that length: what is cut short is none. */
    private static boolean isDer(byte[] key) {
        if (key.length < 2 || key[0] != DER_SEQUENCE) {
            return false;
        }
        int bytesOfLength = key[1] < 0 ? key[1] & 0x7f : 0;
        if (bytesOfLength > 3 || key.length < 2 + bytesOfLength) {
            return false;
        }
        int length = bytesOfLength == 0
                ? key[1]
                : new BigInteger(1, Arrays.copyOfRange(key, 2, 2 + bytesOfLength)).intValue();
        return key.length == 2 + bytesOfLength + length;
    }

    private static void checkStore(
            String property, String type, Path file, Optional<String> password, ConfigurationFaults faults) {
        if (!KeyMaterial.isReadable(file)) {
            unreadable(property, file, faults);
            return;
        }
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore.getInstance(type)
                    .load(in, password.map(String::toCharArray).orElse(null));
        } catch (IOException | GeneralSecurityException e) {
            unfit(property, file, "cannot be opened with its password", "a store of type " + type, faults);
        }
    }

    private static void unreadable(String property, Path file, ConfigurationFaults faults) {
        unfit(property, file, "does not exist or cannot be read", "the path of a file that this user can read", faults);
    }

    private static void unfit(
            String property, Path file, String whatIsWrong, String shouldBe, ConfigurationFaults faults) {
        faults.unfit(property, "names %s, which %s".formatted(ShownValue.of(file.toString()), whatIsWrong), shouldBe);
    }
}
