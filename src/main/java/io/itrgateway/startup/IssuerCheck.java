package io.itrgateway.startup;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.GivenSettings;
import io.itrgateway.config.HttpUrl;
import io.itrgateway.config.ShownValue;
import io.itrgateway.config.SwitchConverter;
import io.itrgateway.config.Variables;
import io.itrgateway.transport.Loopback;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigValue;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.jwt.util.KeyUtils;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Judges the settings of the issuer, which Quarkus judges only when it is used, or with words that name no setting. */
final class IssuerCheck {

    static final String TENANT_ENABLED = "quarkus.oidc.tenant-enabled";

    static final String URL = "quarkus.oidc.auth-server-url";
    /** Without an issuer's URL, tokens are verified by this key. */
    private static final String PUBLIC_KEY = "quarkus.oidc.public-key";

    private static final String DISCOVERY_ENABLED = "quarkus.oidc.discovery-enabled";
    private static final String SHOULD_BE = "the http or https URL of the issuer";
    /** What the URL must not hold: Quarkus quotes it in the log, and a user may have a password. */
    private static final Pattern USER_QUERY_OR_FRAGMENT = Pattern.compile("^[^/]*//[^/]*@|[?#]");

    private static final String DISCOVERY_PATH = "/.well-known";

    /** With discovery, Quarkus appends this path itself; without it, the path of the keys may follow it. */
    private static final Pattern HAS_DISCOVERY_PATH = Pattern.compile(Pattern.quote(DISCOVERY_PATH) + "(?:/|$)");

    /** Those without a default, so that each is the operator's. */
    private static final List<String> OF_AN_ISSUER = List.of(
            "quarkus.oidc.client-id",
            "quarkus.oidc.credentials.secret",
            "quarkus.oidc.introspection-path",
            "quarkus.oidc.jwks-path",
            "quarkus.oidc.token.audience",
            "quarkus.oidc.token.issuer",
            "quarkus.oidc.token.principal-claim");

    /** In dev mode the build sees the operator's settings, and records that {@link QuarkusSettings} has switched off an issuer that cannot be used. */
    private static final int ORDINAL_OF_WHAT_THE_BUILD_RECORDED = 0;

    /** Takes what {@link ConfigurationFaults#unfit} takes. */
    private interface Faults {
        void unfit(String property, String isOrLacks, String shouldBe);
    }

    private IssuerCheck() {}

    /** @return whether callers may come with tokens of an issuer */
    static boolean check(SmallRyeConfig config, ConfigurationFaults faults) {
        return isOn(config) && checkValues(property -> config.getOptionalValue(property, String.class), faults::unfit);
    }

    /** Whether the operator has switched tokens off, or a fault of what {@link #isUsable} judges has been noted. */
    static boolean isOffOrFaulty(SmallRyeConfig config, ConfigurationFaults faults) {
        return !isOn(config) || Stream.of(URL, PUBLIC_KEY, DISCOVERY_ENABLED).anyMatch(faults::concern);
    }

    /** Also where the value is neither true nor false: it ends the start when Quarkus reads it, unless a fault of the issuer does so before. */
    private static boolean isOn(SmallRyeConfig config) {
        ConfigValue given = QuarkusSettings.given(config).getConfigValue(TENANT_ENABLED);
        return given.getValue() == null
                || given.getConfigSourceOrdinal() <= ORDINAL_OF_WHAT_THE_BUILD_RECORDED
                || !SwitchConverter.isOff(given.getValue());
    }

    /** Whether Quarkus can start with these settings; it judges them before the start-up check. */
    static boolean isUsable(ConfigSourceContext context) {
        List<String> unfit = new ArrayList<>();
        checkValues(
                property -> GivenSettings.valueOf(property, context).filter(value -> !value.isEmpty()),
                (property, isOrLacks, shouldBe) -> unfit.add(property));
        return unfit.isEmpty();
    }

    /** An issuer whose keys are read without TLS; settings that only have an effect with an issuer, or with a key, where there is neither. */
    static List<String> warnings(SmallRyeConfig config) {
        if (isSet(URL, config) || isSet(PUBLIC_KEY, config)) {
            return config.getOptionalValue(URL, String.class).filter(IssuerCheck::isInTheClear).stream()
                    .map(url ->
                            "%s uses plain http to another host: an attacker on the network can replace the issuer's keys and forge tokens"
                                    .formatted(Variables.nameOf(URL)))
                    .toList();
        }
        return OF_AN_ISSUER.stream()
                .filter(property -> isSet(property, config))
                .map(property -> "%s has no effect, since neither %s nor %s is set"
                        .formatted(Variables.nameOf(property), Variables.nameOf(URL), Variables.nameOf(PUBLIC_KEY)))
                .toList();
    }

    /** {@link URI} knows no host with an underscore, such as the name of a service of Docker Compose. */
    private static boolean isInTheClear(String url) {
        return url.startsWith("http://")
                && HttpUrl.isValid(url)
                && Optional.ofNullable(URI.create(url).getHost())
                        .filter(Loopback::includes)
                        .isEmpty();
    }

    private static boolean isSet(String property, SmallRyeConfig config) {
        String value = config.getConfigValue(property).getRawValue();
        return value != null && !value.isEmpty();
    }

    private static boolean checkValues(Function<String, Optional<String>> settings, Faults faults) {
        Optional<String> issuer = settings.apply(URL);
        Optional<String> key = settings.apply(PUBLIC_KEY);
        if (issuer.isEmpty()) {
            key.ifPresent(given -> checkKey(given, faults));
            return key.isPresent();
        }
        Optional<String> noDiscovery = settings.apply(DISCOVERY_ENABLED).filter(SwitchConverter::isOff);
        checkUrl(issuer.get(), noDiscovery.isEmpty(), faults);
        boolean hasOtherKeys = Stream.of("quarkus.oidc.jwks-path", "quarkus.oidc.introspection-path")
                .anyMatch(path -> settings.apply(path).isPresent());
        if (noDiscovery.isPresent() && !hasOtherKeys) {
            faults.unfit(
                    DISCOVERY_ENABLED,
                    "is " + ShownValue.of(noDiscovery.get()),
                    "true, unless QUARKUS_OIDC_JWKS_PATH or QUARKUS_OIDC_INTROSPECTION_PATH is set");
        }
        return true;
    }

    /** Where {@link #check} said so, which setting it is. */
    static String whyNoTokens(SmallRyeConfig config) {
        return Stream.of(URL, PUBLIC_KEY)
                        .allMatch(property ->
                                config.getOptionalValue(property, String.class).isEmpty())
                ? Variables.nameOf(URL) + " is not set"
                : Variables.nameOf(TENANT_ENABLED) + " is not true";
    }

    /** As Quarkus reads it: one that it cannot read would refuse every token. */
    private static void checkKey(String key, Faults faults) {
        try {
            KeyUtils.decodePublicKey(key);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            faults.unfit(PUBLIC_KEY, "is not a public key that can be read", "an RSA key in PEM or Base64");
        }
    }

    private static void checkUrl(String url, boolean isDiscovered, Faults faults) {
        if (!HttpUrl.isValid(url)) {
            faults.unfit(URL, "is not a URL", SHOULD_BE);
        } else if (USER_QUERY_OR_FRAGMENT.matcher(url).find()) {
            faults.unfit(URL, "holds a user, a query or a fragment", SHOULD_BE + ", without any of these");
        } else if (isDiscovered && HAS_DISCOVERY_PATH.matcher(url).find()) {
            faults.unfit(
                    URL, "holds " + DISCOVERY_PATH, SHOULD_BE + " without that and what follows, which is added to it");
        }
    }
}
