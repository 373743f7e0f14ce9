package io.itrgateway.startup;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.ShownValue;
import io.quarkus.tls.runtime.config.TlsBucketConfig;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.smallrye.config.SmallRyeConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Judges the trust store that an operator gives the JVM. The JVM opens it with the first connection only, and without it no server is trusted: every
 * call would be 503.
 */
final class JvmTrustStore {

    private static final String FILE = "javax.net.ssl.trustStore";
    private static final String TYPE = "javax.net.ssl.trustStoreType";
    private static final String PROVIDER = "javax.net.ssl.trustStoreProvider";
    private static final String PASSWORD = "javax.net.ssl.trustStorePassword";

    /** Of which the JVM knows that there is no file. */
    private static final String NO_FILE = "NONE";

    private static final String DEEPVUE = "deepvue";

    private JvmTrustStore() {}

    /** @param properties of the system */
    static void check(SmallRyeConfig config, UnaryOperator<String> properties, ConfigurationFaults faults) {
        if (isOfDeepvue(config)) {
            fault(properties)
                    .ifPresent(fault -> faults.unfit(
                            FILE,
                            fault,
                            "a store of trusted certificates, with -D%s and, unless it is %s, -D%s"
                                    .formatted(
                                            PASSWORD, KeyStore.getDefaultType().toUpperCase(Locale.ROOT), TYPE)));
        }
    }

    /** Where only an issuer, Redis or nothing at all depends on it. */
    static List<String> warnings(SmallRyeConfig config, UnaryOperator<String> properties) {
        return isOfDeepvue(config)
                ? List.of()
                : fault(properties)
                        .map(fault ->
                                "-D%s %s; what has no trust store of its own trusts no server".formatted(FILE, fault))
                        .stream()
                        .toList();
    }

    private static boolean isOfDeepvue(SmallRyeConfig config) {
        TlsConfig registry = config.getConfigMapping(TlsConfig.class);
        Map<String, TlsBucketConfig> named = registry.namedCertificateConfig();
        Optional<TlsBucketConfig> used = named.containsKey(DEEPVUE) // It has defaults for what it does not hold.
                ? Optional.of(named.get(DEEPVUE))
                : registry.defaultCertificateConfig();
        boolean hasOwn = used.filter(tls -> tls.trustAll() || TlsFiles.hasTrustStore(tls))
                .isPresent();
        return !hasOwn
                && Optional.ofNullable(config.getConfigValue("deepvue.base-url").getValue())
                        .filter(url -> url.strip().startsWith("https:"))
                        .isPresent();
    }

    private static Optional<String> fault(UnaryOperator<String> properties) {
        return Optional.ofNullable(properties.apply(FILE))
                .filter(file -> !file.isEmpty() && !file.equals(NO_FILE) && properties.apply(PROVIDER) == null)
                .flatMap(file -> fault(Path.of(file), properties));
    }

    private static Optional<String> fault(Path file, UnaryOperator<String> properties) {
        if (!KeyMaterial.isReadable(file)) {
            return Optional.of(says(file, KeyMaterial.IS_UNREADABLE));
        }
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore store = KeyStore.getInstance(
                    Optional.ofNullable(properties.apply(TYPE)).orElseGet(KeyStore::getDefaultType));
            store.load(
                    in,
                    Optional.ofNullable(properties.apply(PASSWORD))
                            .filter(password -> !password.isEmpty())
                            .map(String::toCharArray)
                            .orElse(null));
            return store.size() == 0
                    ? Optional.of(says(file, "has no certificate that can be read with its password"))
                    : Optional.empty();
        } catch (IOException | GeneralSecurityException e) {
            return Optional.of(says(file, "cannot be opened with its password and type"));
        }
    }

    private static String says(Path file, String whatIsWrong) {
        return "names %s, which %s".formatted(ShownValue.of(file.toString()), whatIsWrong);
    }
}
