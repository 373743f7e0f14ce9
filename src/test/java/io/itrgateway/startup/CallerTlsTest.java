package io.itrgateway.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.EnumSource.Mode.EXCLUDE;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.sandbox.SelfSigned;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.quarkus.vertx.http.runtime.VertxHttpConfig.InsecureRequests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What stops the start where callers should be served over TLS. */
class CallerTlsTest {

    private static final SelfSigned ONE = SelfSigned.ofKind("EC");
    private static final SelfSigned OTHER = SelfSigned.ofKind("EC");
    private static final Path MISSING = Path.of("/nowhere/tls.pem");

    private static List<String> faults(List<Path> certificates, List<Path> keys) {
        var faults = new ConfigurationFaults();
        CallerTls.check(certificates, keys, faults);
        return faults.lines();
    }

    @Test
    void aCertificateThatIsMissing() {
        assertThat(faults(List.of(MISSING), List.of(ONE.keyPem())))
                .singleElement()
                .asString()
                .startsWith(
                        "QUARKUS_HTTP_SSL_CERTIFICATE_FILES names \"/nowhere/tls.pem\", which does not exist or cannot"
                                + " be read; it should be PEM files");
    }

    /** As where the content of a Secret is given in place of the path at which it is mounted. */
    @Test
    void aKeyInPlaceOfItsFileIsNotShown() throws Exception {
        Path key = Path.of(Files.readString(ONE.keyPem()));

        assertThat(faults(List.of(ONE.certificatePem()), List.of(key)))
                .singleElement()
                .asString()
                .startsWith("QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES names a text of ")
                .contains("(not shown, since it may be a secret), which does not exist or cannot be read;")
                .doesNotContain("BEGIN", Files.readAllLines(ONE.keyPem()).get(1));
    }

    @Test
    void aCertificateOutsideOfItsTimeIsAWarning() {
        Instant now = Instant.now();
        List<Path> certificates = List.of(ONE.certificatePem());

        assertThat(CallerTls.warnings(certificates, now)).isEmpty();
        assertThat(CallerTls.warnings(certificates, now.plus(Duration.ofDays(365))))
                .singleElement()
                .asString()
                .startsWith("QUARKUS_HTTP_SSL_CERTIFICATE_FILES names %s, whose certificate ended at "
                        .formatted(certificates.get(0)))
                .endsWith("; callers do not trust it");
        assertThat(CallerTls.warnings(certificates, now.minus(Duration.ofDays(365))))
                .singleElement()
                .asString()
                .contains(", whose certificate begins at ");
        assertThat(CallerTls.warnings(List.of(MISSING), now)).isEmpty();
    }

    @Test
    void aCertificateOfTheRegistryOutsideOfItsTimeIsAWarning() {
        Instant now = Instant.now();
        TlsConfig registry = TlsFilesTest.registry(Map.of(
                "quarkus.tls.deepvue.key-store.pem.0.cert", ONE.certificatePem().toString(),
                "quarkus.tls.deepvue.key-store.pem.0.key", ONE.keyPem().toString()));

        assertThat(TlsFiles.warnings(registry, now)).isEmpty();
        assertThat(TlsFiles.warnings(registry, now.plus(Duration.ofDays(365))))
                .singleElement()
                .asString()
                .startsWith("QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__0__CERT names %s, whose certificate ended at "
                        .formatted(ONE.certificatePem()))
                .endsWith("; the other side does not trust it");
    }

    @Test
    void aKeyThatIsMissing() {
        assertThat(faults(List.of(ONE.certificatePem()), List.of(MISSING)))
                .singleElement()
                .asString()
                .startsWith("QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES names \"/nowhere/tls.pem\", which does not exist or"
                        + " cannot be read; it should be PEM");
    }

    @Test
    void bothFilesThatAreMissingOrSwappedAreNamed() {
        assertThat(faults(List.of(MISSING), List.of(Path.of("/nowhere/tls.key"))))
                .hasSize(2)
                .anyMatch(
                        line -> line.startsWith("QUARKUS_HTTP_SSL_CERTIFICATE_FILES names \"/nowhere/tls.pem\", which"))
                .anyMatch(line -> line.startsWith(
                        "QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES names \"/nowhere/tls.key\", which does not exist"));
        assertThat(faults(List.of(ONE.keyPem()), List.of(ONE.certificatePem())))
                .hasSize(2)
                .anyMatch(line -> line.startsWith("QUARKUS_HTTP_SSL_CERTIFICATE_FILES names \"" + ONE.keyPem()))
                .anyMatch(line -> line.startsWith("QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES names \""
                        + ONE.certificatePem() + "\", which holds no private key;"));
    }

    @Test
    void aFileInBothListsThatHoldsNoCertificate() {
        assertThat(faults(List.of(ONE.keyPem()), List.of(ONE.keyPem())))
                .singleElement()
                .asString()
                .startsWith("QUARKUS_HTTP_SSL_CERTIFICATE_FILES names \"" + ONE.keyPem()
                        + "\", which holds no certificate");
    }

    @Test
    void aCertificateOfTheChainThatCannotBeRead(@TempDir Path directory) throws IOException {
        Path chain = Files.writeString(
                directory.resolve("chain.pem"),
                Files.readString(ONE.certificatePem())
                        + "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n");

        assertThat(faults(List.of(chain), List.of(ONE.keyPem())))
                .singleElement()
                .asString()
                .startsWith("QUARKUS_HTTP_SSL_CERTIFICATE_FILES names \"" + chain);
    }

    @Test
    void aKeyOfAnotherCertificate() {
        assertThat(faults(List.of(ONE.certificatePem()), List.of(OTHER.keyPem())))
                .singleElement()
                .asString()
                .startsWith("QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES names \"" + OTHER.keyPem()
                        + "\", which is not the key of");
    }

    @Test
    void aCertificateWithoutAKey() {
        assertThat(faults(List.of(ONE.certificatePem()), List.of()))
                .containsExactly(
                        "QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES has fewer files than QUARKUS_HTTP_SSL_CERTIFICATE_FILES;"
                                + " it should be one file for each of them");
    }

    @Test
    void aKeyWithoutACertificate() {
        assertThat(faults(List.of(), List.of(ONE.keyPem())))
                .containsExactly(
                        "QUARKUS_HTTP_SSL_CERTIFICATE_FILES has fewer files than QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES;"
                                + " it should be one file for each of them");
    }

    private static List<String> faults(int port, int tlsPort, InsecureRequests plain, boolean hasCertificate) {
        var faults = new ConfigurationFaults();
        CallerTls.checkPorts(new CallerTls.Ports(port, tlsPort, Optional.ofNullable(plain)), hasCertificate, faults);
        return faults.lines();
    }

    @ParameterizedTest
    @EnumSource(names = "ENABLED", mode = EXCLUDE)
    void plainRequestsCannotBeRefusedWithoutACertificate(InsecureRequests plain) {
        assertThat(faults(8080, 8443, plain, false))
                .containsExactly(
                        "QUARKUS_HTTP_INSECURE_REQUESTS is \"%s\"; it should be enabled, or not set, while there is no"
                                        .formatted(plain.name().toLowerCase(Locale.ROOT))
                                + " certificate for TLS (QUARKUS_HTTP_SSL_CERTIFICATE_FILES)");
    }

    @Test
    void onePortForBothIsAFault() {
        assertThat(faults(8080, 8080, null, true))
                .containsExactly(
                        "QUARKUS_HTTP_SSL_PORT is \"8080\"; it should be another port than QUARKUS_HTTP_PORT, unless"
                                + " QUARKUS_HTTP_INSECURE_REQUESTS is disabled");
    }

    @Test
    void otherPortsAreFine() {
        assertThat(faults(8080, 8443, InsecureRequests.REDIRECT, true)).isEmpty();
        assertThat(faults(8080, 8080, InsecureRequests.DISABLED, true)).isEmpty();
        assertThat(faults(8080, 8080, null, false)).isEmpty();
        assertThat(faults(0, 0, null, true)).isEmpty();
    }

    @Test
    void aPairThatBelongsTogetherAndNoneAtAllAreFine() {
        assertThat(faults(List.of(ONE.certificatePem()), List.of(ONE.keyPem()))).isEmpty();
        assertThat(faults(List.of(), List.of())).isEmpty();
    }
}
