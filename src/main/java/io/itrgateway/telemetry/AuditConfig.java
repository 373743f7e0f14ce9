package io.itrgateway.telemetry;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.secret.Pseudonyms;
import io.itrgateway.secret.Secret;
import io.smallrye.config.ConfigMapping;
import java.util.Optional;

/** The keys of the audit, as text. */
@ConfigMapping(prefix = "gateway")
public interface AuditConfig {

    /**
     * The key of the pseudonyms, {@value #SHORTEST_CHARS} characters at least; without it there is no audit. With it one can test whether a
     * given user name is in the audit.
     */
    Optional<String> auditKey();

    /** Where the audit goes; without it, to where the log goes. */
    Optional<String> auditFile();

    int SHORTEST_CHARS = 32;

    /** The pseudonyms of {@link #auditKey()}; empty without it. */
    static Optional<Pseudonyms> pseudonyms(AuditConfig config, ConfigurationFaults faults) {
        var key = config.auditKey().map(String::strip).filter(text -> !text.isEmpty());
        if (key.isPresent() && key.get().length() < SHORTEST_CHARS) {
            faults.unfit(
                    "gateway.audit-key",
                    "has fewer than %d characters".formatted(SHORTEST_CHARS),
                    "a secret that is hard to guess, such as openssl rand -hex 32 prints");
        }
        if (key.isEmpty() && config.auditFile().isPresent()) {
            faults.unfit(
                    "gateway.audit-key",
                    "is not set, and GATEWAY_AUDIT_FILE is",
                    "a secret that is hard to guess, such as openssl rand -hex 32 prints");
        }
        return key.map(Secret::of).map(Pseudonyms::new);
    }

    /** Notes a file that cannot be written, and writes nothing: the log manager would only print a stack trace and go on without it. */
    static void checkFile(AuditConfig config, ConfigurationFaults faults) {
        config.auditFile()
                .map(String::strip)
                .filter(path -> !path.isEmpty() && !AuditFile.isWritable(path))
                .ifPresent(path -> faults.wrong(
                        AuditFile.PROPERTY, path, "the path of a file that this user can write or create"));
    }
}
