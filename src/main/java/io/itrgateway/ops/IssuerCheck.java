package io.itrgateway.ops;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.GivenSettings;
import io.itrgateway.config.HttpUrl;
import io.itrgateway.config.Variables;
import io.smallrye.jwt.util.KeyUtils;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.Config;

/** Judges the settings of the issuer, which Quarkus judges only when it is used, or with words that name no setting. */
final class IssuerCheck {

    private static final String TENANT_ENABLED = "quarkus.oidc.tenant-enabled";

    private static final String URL = "quarkus.oidc.auth-server-url";
    /** Without an issuer's URL, tokens are verified by this key. */
    private static final String PUBLIC_KEY = "quarkus.oidc.public-key";

    private static final String DISCOVERY_ENABLED = "quarkus.oidc.discovery-enabled";
    private static final String SHOULD_BE = "the http or https URL of the issuer";
    private static final String DISCOVERY_PATH = "/.well-known/openid-configuration";

    private IssuerCheck() {}

    /** @return whether callers may come with tokens of an issuer */
    static boolean check(Config config, ConfigurationFaults faults) {
        Optional<String> issuer = config.getOptionalValue(URL, String.class);
        Optional<String> key = config.getOptionalValue(PUBLIC_KEY, String.class);
        if (issuer.isEmpty() && key.isEmpty()
                || !GivenSettings.isOn(TENANT_ENABLED, config).orElse(true)) {
            return false;
        }
        if (issuer.isEmpty()) {
            checkKey(key.get(), faults);
            return true;
        }
        checkUrl(issuer.get(), faults);
        boolean hasDiscovery =
                config.getOptionalValue(DISCOVERY_ENABLED, Boolean.class).orElse(true);
        boolean hasOtherKeys = Stream.of("quarkus.oidc.jwks-path", "quarkus.oidc.introspection-path")
                .anyMatch(path -> config.getOptionalValue(path, String.class).isPresent());
        if (!hasDiscovery && !hasOtherKeys) {
            faults.wrong(
                    DISCOVERY_ENABLED,
                    "false",
                    "true, unless QUARKUS_OIDC_JWKS_PATH or QUARKUS_OIDC_INTROSPECTION_PATH is set");
        }
        return true;
    }

    /** Where {@link #check} said so, which setting it is. */
    static String whyNoTokens(Config config) {
        return Stream.of(URL, PUBLIC_KEY)
                        .allMatch(property ->
                                config.getOptionalValue(property, String.class).isEmpty())
                ? Variables.nameOf(URL) + " is not set"
                : Variables.nameOf(TENANT_ENABLED) + " is not true";
    }

    /** As Quarkus reads it: one that it cannot read would refuse every token. */
    private static void checkKey(String key, ConfigurationFaults faults) {
        try {
            KeyUtils.decodePublicKey(key);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            faults.unfit(PUBLIC_KEY, "is no public key that can be read", "an RSA key in PEM or Base64");
        }
    }

    private static void checkUrl(String url, ConfigurationFaults faults) {
        if (!HttpUrl.isValid(url)) {
            faults.unfit(URL, "is no URL", SHOULD_BE);
        } else if (url.endsWith(DISCOVERY_PATH)) {
            faults.unfit(URL, "ends with " + DISCOVERY_PATH, SHOULD_BE + " without that, which is added to it");
        }
    }
}
