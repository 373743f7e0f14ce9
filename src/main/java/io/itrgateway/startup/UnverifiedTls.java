package io.itrgateway.startup;

import io.itrgateway.config.GivenSettings;
import io.itrgateway.config.Variables;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.smallrye.config.SmallRyeConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Names settings that switch the verification of certificates off. Quarkus takes them without a line in the log. */
public final class UnverifiedTls {

    private static final String ANY_CERTIFICATE = "is %s: any certificate is accepted, and so is an attacker's";
    private static final String ANY_HOST =
            "is %s: a trusted certificate is accepted for any host, and so is that of another server";

    private static final String TRUST_ALL = "trust-all";
    private static final String HOST_NAMES = "hostname-verification-algorithm";
    private static final String OF_ISSUER = "quarkus.oidc.tls.verification";
    private static final String OF_REDIS = "quarkus.redis.tls.";

    private UnverifiedTls() {}

    /** A line each. */
    static List<String> warnings(SmallRyeConfig config) {
        List<String> lines = new ArrayList<>();
        TlsNames.forEach(config.getConfigMapping(TlsConfig.class), (prefix, bucket) -> {
            if (bucket.trustAll()) {
                lines.add(line(prefix + TRUST_ALL, ANY_CERTIFICATE, "true"));
            }
            bucket.hostnameVerificationAlgorithm()
                    .filter(UnverifiedTls::isNone)
                    .ifPresent(none -> lines.add(line(prefix + HOST_NAMES, ANY_HOST, none)));
        });
        add(OF_ISSUER, UnverifiedTls::isNone, ANY_CERTIFICATE, config, lines);
        add(OF_ISSUER, "certificate-validation"::equalsIgnoreCase, ANY_HOST, config, lines);
        add(OF_REDIS + TRUST_ALL, GivenSettings::isTrue, ANY_CERTIFICATE, config, lines);
        add(OF_REDIS + HOST_NAMES, UnverifiedTls::isNone, ANY_HOST, config, lines);
        return lines;
    }

    private static void add(
            String property, Predicate<String> isOff, String what, SmallRyeConfig config, List<String> lines) {
        Optional.ofNullable(config.getConfigValue(property).getValue())
                .filter(isOff)
                .ifPresent(value -> lines.add(line(property, what, value)));
    }

    /** Whether that value of a setting switches the verification off. */
    public static boolean isNone(String algorithm) {
        return algorithm.equalsIgnoreCase("NONE");
    }

    private static String line(String property, String what, String value) {
        return Variables.nameOf(property) + " " + what.formatted(value);
    }
}
