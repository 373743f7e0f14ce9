package io.itrgateway.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.sandbox.SelfSigned;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsFilesTest {

    @TempDir
    private Path directory;

    private static List<String> faults(Map<String, String> settings) {
        var faults = new ConfigurationFaults();
        TlsFiles.check(registry(settings), faults);
        return faults.lines();
    }

    static TlsConfig registry(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(TlsConfig.class)
                .withSources(new PropertiesConfigSource(settings, "operator", 300))
                .build()
                .getConfigMapping(TlsConfig.class);
    }

    private Path file(String content) throws Exception {
        return Files.writeString(directory.resolve("tls.pem"), content);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            quarkus.tls.trust-store.pem.certs         | QUARKUS_TLS_TRUST_STORE_PEM_CERTS
            quarkus.tls.deepvue.trust-store.pem.certs | QUARKUS_TLS_DEEPVUE_TRUST_STORE_PEM_CERTS
            """)
    void aFileOfTrustedCertificatesWithoutOneIsNamedAndNotShown(String property, String variable) throws Exception {
        Path file = file("s3cret");

        assertThat(faults(Map.of(property, file.toString())))
                .containsExactly(
                        "%s names \"%s\", which holds no certificate, or one that cannot be read; it should be certificates in PEM, in a file that this user can read"
                                .formatted(variable, file));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-----BEGIN CERTIFICATE-----\nczNjcmV0\n-----END CERTIFICATE-----\n",
                "%s\n-----BEGIN CERTIFICATE-----\nczNjcmV0\n-----END CERTIFICATE-----\n"
            })
    void eachCertificateOfAFileIsRead(String content) throws Exception {
        String good = Files.readString(SelfSigned.of("localhost", 30).certificatePem());
        Path file = file(content.formatted(good));

        assertThat(faults(Map.of("quarkus.tls.redis.trust-store.pem.certs", file.toString())))
                .singleElement()
                .asString()
                .startsWith("QUARKUS_TLS_REDIS_TRUST_STORE_PEM_CERTS names ")
                .doesNotContain("czNjcmV0");
    }

    @Test
    void ofAPairTheFileThatCannotBeUsedIsNamed() throws Exception {
        var pair = SelfSigned.of("localhost", 30);
        String certificate = pair.certificatePem().toString();
        String key = pair.keyPem().toString();

        assertThat(faultsOfPair(certificate, key)).isEmpty();
        assertThat(faultsOfPair(certificate, certificate))
                .containsExactly(
                        "QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__0__KEY names \"%s\", which holds no private key; it should be the private key of"
                                        .formatted(certificate)
                                + " the certificate, in PEM and not encrypted, in a file that this user can read");
        assertThat(faultsOfPair(key, key))
                .singleElement()
                .asString()
                .startsWith("QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__0__CERT names \"%s\", which holds no certificate"
                        .formatted(key));
        String half = file(Files.readString(pair.keyPem()).replaceFirst("\n[^-]{8}", "\n"))
                .toString();
        assertThat(faultsOfPair(certificate, half))
                .singleElement()
                .asString()
                .startsWith("QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__0__KEY names \"%s\", which holds a private"
                        .formatted(half));
        assertThat(faultsOfPair("/nowhere/tls.crt", "/nowhere/tls.key"))
                .hasSize(2)
                .anyMatch(line -> line.startsWith("QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__0__CERT names "))
                .anyMatch(line -> line.startsWith(
                        "QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__0__KEY names \"/nowhere/tls.key\", which does not exist"));
        assertThat(faultsOfPair("/nowhere/tls.crt", key))
                .singleElement()
                .asString()
                .startsWith(
                        "QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__0__CERT names \"/nowhere/tls.crt\", which does not exist");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n",
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMAA=\n-----END RSA PRIVATE KEY-----\n"
            })
    void aKeyThatIsEncryptedIsNamedAsSuch(String content) throws Exception {
        String certificate = SelfSigned.of("localhost", 30).certificatePem().toString();
        Path key = file(content);

        assertThat(faultsOfPair(certificate, key.toString()))
                .containsExactly(
                        "QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__0__KEY names \"%s\", which holds a private key that is encrypted, which is not supported;"
                                        .formatted(key)
                                + " it should be the private key of the certificate, in PEM and not encrypted, in a file that this user can read");
    }

    @Test
    void aKeyThatIsEncryptedMayHaveItsPassword() throws Exception {
        var settings = Map.of(
                "quarkus.tls.deepvue.key-store.pem.0.cert",
                SelfSigned.of("localhost", 30).certificatePem().toString(),
                "quarkus.tls.deepvue.key-store.pem.0.key",
                file("-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n")
                        .toString(),
                "quarkus.tls.deepvue.key-store.pem.0.password",
                "pa55word");

        assertThat(faults(settings)).isEmpty();
    }

    /** Quarkus loads them, and then no connection can be opened. */
    @Test
    void filesThatCanBeLoadedAndDoNotBelongTogetherAreAFault() throws Exception {
        String certificate = SelfSigned.of("localhost", 30).certificatePem().toString();
        String other = SelfSigned.of("localhost", 30).keyPem().toString();
        var faults = new ConfigurationFaults();

        TlsFiles.checkLoaded(
                registry(Map.of(
                        "quarkus.tls.deepvue.key-store.pem.0.cert",
                        certificate,
                        "quarkus.tls.deepvue.key-store.pem.0.key",
                        other)),
                faults);

        assertThat(faults.lines())
                .containsExactly(
                        "QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__0__KEY names \"%s\", which is not the key of %s; it should be the private key of"
                                        .formatted(other, certificate)
                                + " the certificate, in PEM and not encrypted, in a file that this user can read");
    }

    @Test
    void filesThatBelongTogetherAreNoFault() throws Exception {
        var pair = SelfSigned.of("localhost", 30);
        var faults = new ConfigurationFaults();

        TlsFiles.checkLoaded(
                registry(Map.of(
                        "quarkus.tls.deepvue.key-store.pem.0.cert",
                        pair.certificatePem().toString(),
                        "quarkus.tls.deepvue.key-store.pem.0.key",
                        pair.keyPem().toString())),
                faults);

        assertThat(faults.lines()).isEmpty();
    }

    private static List<String> faultsOfPair(String certificate, String key) {
        return faults(Map.of(
                "quarkus.tls.deepvue.key-store.pem.0.cert",
                certificate,
                "quarkus.tls.deepvue.key-store.pem.0.key",
                key));
    }

    @ParameterizedTest
    @CsvSource({"PKCS12, p12, P12", "JKS, jks, JKS"})
    void aKeyStoreWithoutAKeyIsNamed(String type, String kind, String variable) throws Exception {
        Path file = JvmTrustStoreTest.trustStore(type, SelfSigned.PASSWORD, directory);
        String prefix = "quarkus.tls.own.key-store." + kind;
        var faults = new ConfigurationFaults();

        TlsFiles.checkLoaded(
                registry(Map.of(prefix + ".path", file.toString(), prefix + ".password", SelfSigned.PASSWORD)), faults);

        assertThat(faults.lines())
                .containsExactly(
                        "QUARKUS_TLS_OWN_KEY_STORE_%s_PATH names \"%s\", which has no private key; it should be a store with a key and its certificate"
                                .formatted(variable, file));
    }

    @Test
    void aKeyStoreWithAKeyHasNoFault() {
        var faults = new ConfigurationFaults();

        TlsFiles.checkLoaded(
                registry(Map.of(
                        "quarkus.tls.own.key-store.p12.path",
                        SelfSigned.of("localhost", 30).store().toString(),
                        "quarkus.tls.own.key-store.p12.password",
                        SelfSigned.PASSWORD)),
                faults);

        assertThat(faults.lines()).isEmpty();
    }

    /** As Docker Compose passes {@code ${NAME:-}} on. */
    @Test
    void anEmptyListOfTrustedCertificatesIsNamed() {
        assertThat(faults(Map.of("quarkus.tls.deepvue.trust-store.pem.certs", "")))
                .containsExactly(
                        "QUARKUS_TLS_DEEPVUE_TRUST_STORE_PEM_CERTS is empty; it should be certificates in PEM, in a file that this user can read, or left out");
    }

    @Test
    void aStoreThatCannotBeOpenedIsNamed() throws Exception {
        Path file = file("s3cret");

        assertThat(faults(Map.of(
                        "quarkus.tls.deepvue.trust-store.p12.path",
                        file.toString(),
                        "quarkus.tls.deepvue.trust-store.p12.password",
                        "pa55word")))
                .containsExactly(
                        "QUARKUS_TLS_DEEPVUE_TRUST_STORE_P12_PATH names \"%s\", which cannot be opened with its password; it should be"
                                        .formatted(file)
                                + " a store of type PKCS12");
    }

    @ParameterizedTest
    @ValueSource(strings = {"p12", "jks"})
    void aStoreWithoutItsPasswordLacksThat(String type) {
        Path store = SelfSigned.of("localhost", 30).store();

        assertThat(faults(Map.of("quarkus.tls.deepvue.key-store.%s.path".formatted(type), store.toString())))
                .containsExactly("QUARKUS_TLS_DEEPVUE_KEY_STORE_%s_PASSWORD is not set; it should be the password of %s"
                        .formatted(type.toUpperCase(Locale.ROOT), store));
    }

    @ParameterizedTest
    @CsvSource({"key-store, KEY_STORE", "trust-store, TRUST_STORE"})
    void anAliasThatAStoreDoesNotHaveIsNamed(String kind, String variable) {
        Path store = SelfSigned.of("localhost", 30).store();
        String prefix = "quarkus.tls." + kind + ".p12.";

        assertThat(faults(Map.of(
                        prefix + "path",
                        store.toString(),
                        prefix + "password",
                        SelfSigned.PASSWORD,
                        prefix + "alias",
                        "other")))
                .containsExactly(
                        "QUARKUS_TLS_%s_P12_ALIAS names no entry of %s; it should be one that it has, or left out"
                                .formatted(variable, store));
    }

    @Test
    void aPasswordThatDoesNotOpenTheEntryIsNamedAndNotShown() {
        Path store = SelfSigned.of("localhost", 30).store();

        assertThat(faults(Map.of(
                        "quarkus.tls.key-store.p12.path",
                        store.toString(),
                        "quarkus.tls.key-store.p12.password",
                        SelfSigned.PASSWORD,
                        "quarkus.tls.key-store.p12.alias",
                        "it",
                        "quarkus.tls.key-store.p12.alias-password",
                        "pa55word")))
                .containsExactly(
                        "QUARKUS_TLS_KEY_STORE_P12_ALIAS_PASSWORD does not open the entry \"it\" of %s; it should be"
                                        .formatted(store)
                                + " the password of that key, or left out where it is the one of the store");
    }

    @Test
    void aStoreWithItsPasswordAndItsAliasHasNoFault() {
        assertThat(faults(Map.of(
                        "quarkus.tls.key-store.p12.path",
                        SelfSigned.of("localhost", 30).store().toString(),
                        "quarkus.tls.key-store.p12.password",
                        SelfSigned.PASSWORD,
                        "quarkus.tls.key-store.p12.alias",
                        "it")))
                .isEmpty();
    }

    @Test
    void twoKindsOfStoresAreNamed() {
        var pair = SelfSigned.of("localhost", 30);

        assertThat(faults(Map.of(
                        "quarkus.tls.deepvue.trust-store.pem.certs",
                        pair.certificatePem().toString(),
                        "quarkus.tls.deepvue.trust-store.p12.path",
                        pair.store().toString(),
                        "quarkus.tls.deepvue.trust-store.p12.password",
                        SelfSigned.PASSWORD)))
                .containsExactly(
                        "QUARKUS_TLS_DEEPVUE_TRUST_STORE_P12_PATH is set, and so is QUARKUS_TLS_DEEPVUE_TRUST_STORE_PEM_CERTS;"
                                + " it should be left out, or the other one: only one kind of store is possible");
        assertThat(faults(Map.of(
                        "quarkus.tls.key-store.p12.path",
                        pair.store().toString(),
                        "quarkus.tls.key-store.p12.password",
                        SelfSigned.PASSWORD,
                        "quarkus.tls.key-store.jks.path",
                        pair.store().toString(),
                        "quarkus.tls.key-store.jks.password",
                        SelfSigned.PASSWORD)))
                .containsExactly("QUARKUS_TLS_KEY_STORE_JKS_PATH is set, and so is QUARKUS_TLS_KEY_STORE_P12_PATH;"
                        + " it should be left out, or the other one: only one kind of store is possible");
    }

    @Test
    void aTrustStoreBesideTrustInAnyoneIsNamed() {
        assertThat(faults(Map.of(
                        "quarkus.tls.deepvue.trust-all",
                        "true",
                        "quarkus.tls.deepvue.trust-store.pem.certs",
                        SelfSigned.of("localhost", 30).certificatePem().toString())))
                .containsExactly(
                        "QUARKUS_TLS_DEEPVUE_TRUST_ALL is true, and there is a trust store; it should be false, or the"
                                + " store left out");
    }
}
