package io.itrgateway.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.LoggedLines;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files are checked, how often, and what is said of them. */
class CertificateReloadMonitorTest {

    private static final CertificateReloadMonitor.Reload HOURLY = new CertificateReloadMonitor.Reload(
            Duration.ofHours(1), List.of(new KeyMaterial.Pem(Path.of("/tls/tls.crt"), Path.of("/tls/tls.key"))));

    private static SmallRyeConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withDefaultValue("quarkus.http.host", "localhost")
                .withMapping(VertxHttpConfig.class)
                .withMapping(TlsConfig.class)
                .withSources(new PropertiesConfigSource(settings, "operator", 300))
                .build();
    }

    private static Optional<CertificateReloadMonitor.Reload> reload(Map<String, String> settings) {
        SmallRyeConfig config = config(settings);
        return CertificateReloadMonitor.reload(
                config.getConfigMapping(VertxHttpConfig.class), config.getConfigMapping(TlsConfig.class));
    }

    private static boolean hasKeyStore(Map<String, String> settings) {
        return config(settings)
                .getConfigMapping(TlsConfig.class)
                .defaultCertificateConfig()
                .filter(CallerTls::hasKeyStore)
                .isPresent();
    }

    @Test
    void theFilesOfTheHttpServerAreChecked() {
        assertThat(reload(Map.of(
                        "quarkus.http.ssl.certificate.files", "/tls/tls.crt",
                        "quarkus.http.ssl.certificate.key-files", "/tls/tls.key",
                        "quarkus.http.ssl.certificate.reload-period", "1h")))
                .contains(HOURLY);
    }

    @Test
    void theFilesOfTheTlsRegistryAreChecked() {
        assertThat(reload(Map.of(
                        "quarkus.tls.key-store.pem.0.cert", "/tls/tls.crt",
                        "quarkus.tls.key-store.pem.0.key", "/tls/tls.key",
                        "quarkus.tls.reload-period", "1h")))
                .contains(HOURLY);
    }

    @Test
    void withoutAPeriodNothingIsChecked() {
        assertThat(reload(Map.of(
                        "quarkus.http.ssl.certificate.files", "/tls/tls.crt",
                        "quarkus.http.ssl.certificate.key-files", "/tls/tls.key")))
                .isEmpty();
    }

    @Test
    void aCertificateThatStaysBrokenIsOneLineAndAnotherWhenItIsGoodAgain(@TempDir Path directory) {
        KeyMaterial broken = new KeyMaterial.Pem(directory.resolve("tls.crt"), directory.resolve("tls.key"));
        Vertx vertx = Vertx.vertx();
        var monitor = new CertificateReloadMonitor(vertx);
        try (var log = new LoggedLines(CertificateReloadMonitor.class.getName())) {
            for (int period = 0; period < 3; period++) {
                monitor.check(List.of(broken));
            }
            monitor.check(List.of());
            monitor.check(List.of());

            assertThat(log.all()).extracting(LoggedLines.Line::level).containsExactly(Level.ERROR, Level.INFO);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @Test
    void aCertificateOfTheTlsRegistryIsOneOnlyIfItIsConfigured() {
        assertThat(hasKeyStore(Map.of())).isFalse();
        assertThat(hasKeyStore(Map.of("quarkus.tls.trust-store.pem.certs", "/tls/ca.crt")))
                .isFalse();
        assertThat(hasKeyStore(Map.of("quarkus.tls.key-store.p12.path", "/tls/tls.p12")))
                .isTrue();
    }
}
