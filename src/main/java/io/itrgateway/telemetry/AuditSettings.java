package io.itrgateway.telemetry;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.Settings;
import io.itrgateway.secret.Pseudonyms;
import io.itrgateway.secret.Secret;
import io.smallrye.config.ConfigMapping;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;

/** @param pseudonyms by the audit's key; without one there is no audit */
@Singleton
record AuditSettings(Optional<Pseudonyms> pseudonyms) implements Settings {

    /** The keys of the audit, as text. */
    @ConfigMapping(prefix = "gateway")
    interface Config {

        /**
         * The key of the pseudonyms, {@value AuditSettings#SHORTEST_KEY_CHARS} characters at least; without it there is no audit. With it
         * one can test whether a given user name is in the audit.
         */
        Optional<String> auditKey();

        /** Where the audit goes; without it, to where the log goes. */
        Optional<String> auditFile();
    }

    static final int SHORTEST_KEY_CHARS = 32;

    private static final String KEY = "gateway.audit-key";
    private static final String SHOULD_BE = "a secret that is hard to guess, such as openssl rand -hex 32 prints";

    @Inject
    AuditSettings(Config config, ConfigurationFaults faults) {
        this(pseudonyms(config, faults));
        checkFile(config, faults);
    }

    private static Optional<Pseudonyms> pseudonyms(Config config, ConfigurationFaults faults) {
        var key = config.auditKey().map(String::strip).filter(text -> !text.isEmpty());
        if (key.isPresent() && key.get().length() < SHORTEST_KEY_CHARS) {
            faults.unfit(KEY, "has fewer than %d characters".formatted(SHORTEST_KEY_CHARS), SHOULD_BE);
        }
        if (key.isEmpty() && config.auditFile().isPresent()) {
            faults.unfit(KEY, "is not set, and GATEWAY_AUDIT_FILE is", SHOULD_BE);
        }
        return key.map(Secret::of).map(Pseudonyms::new);
    }

    /** Notes a file that is not fit, and writes nothing: the log manager would only print a stack trace and go on without it. */
    private static void checkFile(Config config, ConfigurationFaults faults) {
        config.auditFile()
                .map(String::strip)
                .filter(path -> !path.isEmpty() && !AuditFileConfigSourceFactory.isFitForAudit(path))
                .ifPresent(
                        path -> faults.wrong(
                                AuditFileConfigSourceFactory.PROPERTY,
                                path,
                                "the path of a regular file that this user can write or create; without it the audit goes where the log goes"));
    }
}
