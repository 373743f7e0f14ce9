package io.itrgateway.ops;

import io.itrgateway.config.ConfigurationFaults;
import io.quarkus.vertx.http.runtime.CertificateConfig;
import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.smallrye.config.SmallRyeConfig;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Looks, before Quarkus does, whether the certificate for TLS from callers can be loaded: what Quarkus says names no setting, and
 * {@code doctor}, which opens no port, would not hear it.
 */
final class CallerTls {

    private static final String CERTIFICATES = "quarkus.http.ssl.certificate.files";
    private static final String KEYS = "quarkus.http.ssl.certificate.key-files";

    private CallerTls() {}

    static void check(Vertx vertx, ConfigurationFaults faults) {
        CertificateConfig config = ConfigProvider.getConfig()
                .unwrap(SmallRyeConfig.class)
                .getConfigMapping(VertxHttpConfig.class)
                .ssl()
                .certificate();
        check(config.files().orElse(List.of()), config.keyFiles().orElse(List.of()), vertx, faults);
    }

    static void check(List<Path> certificates, List<Path> keys, Vertx vertx, ConfigurationFaults faults) {
        if (certificates.size() != keys.size()) {
            boolean lacksKeys = keys.size() < certificates.size();
            faults.unfit(
                    lacksKeys ? KEYS : CERTIFICATES,
                    "has fewer files than "
                            + (lacksKeys
                                    ? "QUARKUS_HTTP_SSL_CERTIFICATE_FILES"
                                    : "QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES"),
                    "one file for each of them");
            return;
        }
        for (int i = 0; i < certificates.size(); i++) {
            var pair = new KeyMaterial.Pem(certificates.get(i), keys.get(i));
            pair.fault(vertx)
                    .ifPresent(
                            fault -> faults.unfit(
                                    fault.file().equals(pair.key()) ? KEYS : CERTIFICATES,
                                    "names %s, which %s".formatted(fault.file(), fault.says()),
                                    "PEM files that this user can read: certificates in one list, and the key of each in the other"));
        }
    }
}
