package io.itrgateway.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.sandbox.SelfSigned;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The trust store that an operator gives the JVM. */
class JvmTrustStoreTest {

    private static final String PASSWORD = "s3cret-of-the-store";

    private final Map<String, String> properties = new HashMap<>();
    private final Map<String, String> settings =
            new HashMap<>(Map.of("deepvue.base-url", "https://production.deepvue.tech"));

    @TempDir
    private Path directory;

    private SmallRyeConfig config() {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(TlsConfig.class)
                .withSources(new PropertiesConfigSource(settings, "operator", 300))
                .build();
    }

    private List<String> faults() {
        var faults = new ConfigurationFaults();
        JvmTrustStore.check(config(), properties::get, faults);
        return faults.lines();
    }

    private List<String> warnings() {
        return JvmTrustStore.warnings(config(), properties::get);
    }

    private JvmTrustStoreTest given(Object file, String password) {
        properties.put("javax.net.ssl.trustStore", file.toString());
        properties.put("javax.net.ssl.trustStorePassword", password);
        return this;
    }

    private Path store(String type) throws Exception {
        return trustStore(type, PASSWORD, directory);
    }

    static Path trustStore(String type, String password, Path directory) throws Exception {
        var store = KeyStore.getInstance(type);
        store.load(null, null);
        try (InputStream certificate =
                Files.newInputStream(SelfSigned.of("localhost", 30).certificatePem())) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(certificate));
        }
        Path file = directory.resolve("trust.store");
        try (var out = Files.newOutputStream(file)) {
            store.store(out, password.toCharArray());
        }
        return file;
    }

    @ParameterizedTest
    @CsvSource({"PKCS12, ", "JKS, ", "JKS, JKS"})
    void oneThatCanBeOpenedIsFine(String type, String given) throws Exception {
        properties.put("javax.net.ssl.trustStoreType", given);

        assertThat(given(store(type), PASSWORD).faults()).isEmpty();
    }

    @Test
    void withAWrongPasswordItIsOneLineThatShowsNone() throws Exception {
        Path file = store("PKCS12");

        assertThat(given(file, "s3cret-too").faults())
                .containsExactly(
                        ("-Djavax.net.ssl.trustStore names \"%s\", which cannot be opened with its password and type; it should be a store"
                                        + " of trusted certificates, with -Djavax.net.ssl.trustStorePassword and, unless it is PKCS12,"
                                        + " -Djavax.net.ssl.trustStoreType")
                                .formatted(file));
    }

    @Test
    void oneThatIsNoStoreOrIsMissingOrHasNoCertificateIsALine() throws Exception {
        assertThat(given(SelfSigned.of("localhost", 30).certificatePem(), PASSWORD)
                        .faults())
                .singleElement()
                .asString()
                .contains("cannot be opened with its password and type");
        assertThat(given("/nowhere/trust.p12", PASSWORD).faults())
                .singleElement()
                .asString()
                .contains("\"/nowhere/trust.p12\", which does not exist");
        // Without its password a PKCS12 store opens, and its certificates are left out.
        assertThat(given(store("PKCS12"), "").faults())
                .singleElement()
                .asString()
                .contains("has no certificate that can be read with its password");
    }

    @Test
    void whereNoneIsGivenOrItIsNoFileThereIsNothingToJudge() {
        assertThat(faults()).isEmpty();
        assertThat(given("NONE", PASSWORD).faults()).isEmpty();
    }

    @Test
    void whereTheWayToDeepvueDoesNotUseItItIsAWarning() {
        given("/nowhere/trust.p12", PASSWORD);
        assertThat(warnings()).isEmpty();

        settings.put("deepvue.base-url", "http://localhost:8089");
        assertThat(faults()).isEmpty();
        assertThat(warnings()).hasSize(1);

        settings.put("deepvue.base-url", "https://production.deepvue.tech");
        settings.put("quarkus.tls.deepvue.trust-store.pem.certs", "/etc/ca.pem");
        assertThat(faults()).isEmpty();
        assertThat(warnings())
                .containsExactly(
                        "-Djavax.net.ssl.trustStore names \"/nowhere/trust.p12\", which does not exist or cannot be read; what has no trust"
                                + " store of its own trusts no server");
    }

    @Test
    void theStoreOfAllTlsConfigurationsIsOneOfDeepvueUnlessItHasAConfigurationOfItsOwn() {
        given("/nowhere/trust.p12", PASSWORD);
        settings.put("quarkus.tls.trust-store.pem.certs", "/etc/ca.pem");
        assertThat(faults()).isEmpty();

        settings.put("quarkus.tls.deepvue.protocols", "TLSv1.3");
        assertThat(faults()).hasSize(1);
    }
}
