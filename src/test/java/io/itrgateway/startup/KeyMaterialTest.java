package io.itrgateway.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.SelfSigned;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyMaterialTest {

    private static final Vertx VERTX = Vertx.vertx();
    private static final SelfSigned ONE = SelfSigned.ofKind("EC");
    private static final SelfSigned OTHER = SelfSigned.ofKind("EC");
    private static final SelfSigned RSA = SelfSigned.ofKind("RSA");

    @TempDir
    private Path directory;

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    private static Optional<KeyMaterial.Fault> fault(KeyMaterial... files) {
        return KeyMaterial.fault(List.of(files), VERTX);
    }

    private static KeyMaterial pem(Path certificate, Path key) {
        return new KeyMaterial.Pem(certificate, key);
    }

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("file.pem"), content);
    }

    @Test
    void aMissingFileIsNamed() {
        Path missing = directory.resolve("missing.pem");

        assertThat(fault(pem(ONE.certificatePem(), missing)))
                .hasValue(new KeyMaterial.Fault(missing, "does not exist or cannot be read", false));
    }

    @Test
    void aFileThatIsBeingWrittenHoldsNoCertificate() throws IOException {
        Path half = file(Files.readString(ONE.certificatePem()).substring(0, 200));

        assertThat(fault(pem(half, ONE.keyPem())))
                .hasValue(new KeyMaterial.Fault(half, "holds no certificate, or one that cannot be read", false));
    }

    @Test
    void certificateAndKeyMayBeInOneFile() throws IOException {
        String certificate = Files.readString(ONE.certificatePem());
        String key = Files.readString(ONE.keyPem());
        for (String both : List.of(certificate + key, key + certificate)) {
            Path file = file(both);

            assertThat(fault(pem(file, file))).isEmpty();
        }
    }

    @Test
    void anInvalidKeyIsReportedWithoutItsContent() throws IOException {
        Path key = file("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");

        assertThat(fault(pem(ONE.certificatePem(), key)).orElseThrow().says())
                .isEqualTo("holds a private key that cannot be read, is neither RSA nor EC, or is not that of "
                        + ONE.certificatePem())
                .doesNotContain("c2VjcmV0", "secret");
    }

    @Test
    void aKeyOfAnotherKindIsNotSaidToBeMissing() {
        SelfSigned ed25519 = SelfSigned.ofKind("Ed25519");

        assertThat(fault(pem(ed25519.certificatePem(), ed25519.keyPem()))
                        .orElseThrow()
                        .says())
                .startsWith("holds a private key that");
        assertThat(fault(pem(ONE.certificatePem(), RSA.keyPem())).orElseThrow().says())
                .startsWith("holds a private key that");
    }

    @Test
    void aChainThatDoesNotBeginWithTheCertificateOfTheKeyIsInTheWrongOrder() throws IOException {
        Path chain = file(Files.readString(OTHER.certificatePem()) + Files.readString(ONE.certificatePem()));

        assertThat(fault(pem(chain, ONE.keyPem())))
                .hasValue(new KeyMaterial.Fault(
                        ONE.keyPem(),
                        "is the key of certificate number 2 of " + chain + ", which has to be the first",
                        true));
    }

    @Test
    void theKeyOfAnotherCertificateIsLoadedAllTheSame() {
        assertThat(fault(pem(ONE.certificatePem(), OTHER.keyPem())))
                .hasValue(new KeyMaterial.Fault(OTHER.keyPem(), "is not the key of " + ONE.certificatePem(), true));
    }

    @Test
    void aKeyStoreThatCannotBeOpenedIsNamed() {
        var store = new KeyMaterial.Store(ONE.store(), vertx -> {
            throw new IOException("keystore password was incorrect");
        });

        assertThat(fault(store)).hasValue(new KeyMaterial.Fault(ONE.store(), "cannot be opened as a key store", false));
    }

    @Test
    void aKeyStoreWithoutAKeyIsNamed() throws Exception {
        Path trust = JvmTrustStoreTest.trustStore("PKCS12", SelfSigned.PASSWORD, directory);

        assertThat(fault(keyStore(trust)))
                .hasValue(new KeyMaterial.Fault(trust, "cannot be opened as a key store", false));
        assertThat(fault(keyStore(ONE.store()))).isEmpty();
        assertThat(fault(keyStore(RSA.store()))).isEmpty();
    }

    private static KeyMaterial keyStore(Path file) {
        return new KeyMaterial.Store(
                file,
                vertx -> KeyMaterial.requireKey(new PfxOptions()
                        .setValue(Buffer.buffer(Files.readAllBytes(file)))
                        .setPassword(SelfSigned.PASSWORD)
                        .getKeyManagerFactory(vertx)));
    }

    @Test
    void pairsThatFitHaveNoFault() {
        assertThat(fault(pem(ONE.certificatePem(), ONE.keyPem()), pem(RSA.certificatePem(), RSA.keyPem())))
                .isEmpty();
    }
}
