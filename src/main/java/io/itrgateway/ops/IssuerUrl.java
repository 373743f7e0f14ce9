package io.itrgateway.ops;

import io.itrgateway.config.ConfigurationFaults;
import java.net.URI;
import java.util.Optional;

/** Judges the URL of the issuer, which Quarkus judges only when it is used, or with words that name no setting. */
final class IssuerUrl {

    private static final String PROPERTY = "quarkus.oidc.auth-server-url";
    private static final String SHOULD_BE = "the http or https URL of the issuer";
    private static final String DISCOVERY = "/.well-known/openid-configuration";

    private IssuerUrl() {}

    static void check(Optional<String> issuer, ConfigurationFaults faults) {
        issuer.ifPresent(url -> {
            if (!isUrl(url)) {
                faults.unfit(PROPERTY, "is no URL", SHOULD_BE);
            } else if (url.endsWith(DISCOVERY)) {
                faults.unfit(PROPERTY, "ends with " + DISCOVERY, SHOULD_BE + " without that, which is added to it");
            }
        });
    }

    private static boolean isUrl(String text) {
        try {
            URI url = URI.create(text);
            return ("https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme()))
                    && url.getRawAuthority() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
