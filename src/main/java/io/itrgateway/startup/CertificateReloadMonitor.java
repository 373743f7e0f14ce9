package io.itrgateway.startup;

import io.itrgateway.connection.GuardedTransport;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.tls.runtime.CertificateRecorder;
import io.quarkus.tls.runtime.config.TlsBucketConfig;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.quarkus.vertx.http.runtime.CertificateConfig;
import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.quarkus.vertx.http.runtime.options.TlsUtils;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/**
 * Says once when the certificate for TLS from callers, which Quarkus reloads in a period that an operator sets, can no longer be loaded, and
 * once when it can be again. Quarkus itself prints a stack trace for each event loop and period, or nothing where the TLS registry is used.
 */
@Singleton
class CertificateReloadMonitor {

    private static final Logger LOG = Logger.getLogger(CertificateReloadMonitor.class);

    /** Which files are loaded, and how often. */
    record Reload(Duration period, List<KeyMaterial> files) {}

    private final Vertx vertx;
    private Optional<KeyMaterial.Fault> known = Optional.empty();

    CertificateReloadMonitor(Vertx vertx) {
        this.vertx = vertx;
    }

    void start(@Observes StartupEvent start) {
        var config = ConfigProvider.getConfig().unwrap(SmallRyeConfig.class);
        reload(config.getConfigMapping(VertxHttpConfig.class), config.getConfigMapping(TlsConfig.class))
                .ifPresent(reload -> {
                    GuardedTransport.expectReloads(vertx);
                    vertx.setPeriodic(
                            reload.period.toMillis(), tick -> vertx.executeBlocking(() -> check(reload.files)));
                });
    }

    static Optional<Reload> reload(VertxHttpConfig http, TlsConfig registry) {
        Optional<Duration> period = http.ssl().certificate().reloadPeriod();
        Optional<TlsBucketConfig> bucket = http.tlsConfigurationName().isPresent()
                ? Optional.ofNullable(registry.namedCertificateConfig()
                        .get(http.tlsConfigurationName().get()))
                : registry.defaultCertificateConfig().filter(CallerTls::hasKeyStore);
        return bucket.map(any -> any.reloadPeriod().or(() -> period).map(every -> new Reload(every, files(any))))
                .orElseGet(() ->
                        period.map(every -> new Reload(every, files(http.ssl().certificate()))));
    }

    private static List<KeyMaterial> files(CertificateConfig config) {
        List<KeyMaterial> all = new ArrayList<>();
        List<Path> keys = config.keyFiles().orElse(List.of());
        List<Path> certificates = config.files().orElse(List.of());
        for (int i = 0; i < Math.min(keys.size(), certificates.size()); i++) {
            all.add(new KeyMaterial.Pem(certificates.get(i), keys.get(i)));
        }
        if (all.isEmpty()) {
            keyStore(config).ifPresent(all::add);
        }
        return all;
    }

    static Optional<KeyMaterial> keyStore(CertificateConfig config) {
        return config.keyStoreFile()
                .map(store -> new KeyMaterial.Store(
                        store,
                        vertx -> KeyMaterial.requireKey(TlsUtils.computeKeyStoreOptions(
                                        config, config.keyStorePassword(), config.keyStoreAliasPassword())
                                .getKeyManagerFactory(vertx))));
    }

    private static List<KeyMaterial> files(TlsBucketConfig config) {
        var store = config.keyStore().orElse(null);
        if (store == null) {
            return List.of();
        }
        Stream<KeyMaterial> pairs = store.pem().stream()
                .flatMap(pem -> pem.keyCerts().values().stream())
                .filter(pair -> pair.password().isEmpty())
                .map(pair -> new KeyMaterial.Pem(pair.cert(), pair.key()));
        Stream<Path> paths = Stream.concat(
                store.p12().stream().map(p12 -> p12.path()),
                store.jks().stream().map(jks -> jks.path()));
        return Stream.concat(
                        pairs,
                        paths.map(path -> new KeyMaterial.Store(
                                path, vertx -> CertificateRecorder.getKeyStore(config, vertx, path.toString()))))
                .toList();
    }

    /** Called once a period. A fault is logged when it is new, and when it is over. */
    synchronized Void check(List<KeyMaterial> files) {
        Optional<KeyMaterial.Fault> fault = KeyMaterial.fault(files, vertx);
        if (!fault.equals(known)) {
            known = fault;
            fault.ifPresentOrElse(
                    CertificateReloadMonitor::broken,
                    () -> LOG.info("TLS from callers: the certificate is good again"));
        }
        return null;
    }

    private static void broken(KeyMaterial.Fault fault) {
        LOG.errorf(
                "TLS from callers: %s %s (changed %s); %s",
                fault.file(),
                fault.says(),
                changed(fault.file()),
                fault.isLoaded()
                        ? "callers cannot connect"
                        : "callers still get the certificate that was loaded before");
    }

    private static String changed(Path file) {
        try {
            return Instant.ofEpochMilli(Files.getLastModifiedTime(file).toMillis())
                    .toString();
        } catch (IOException e) {
            return "at an unknown time";
        }
    }
}
