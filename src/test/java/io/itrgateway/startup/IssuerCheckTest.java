package io.itrgateway.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.GivenSettings;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IssuerCheckTest {

    private static final String URL = "quarkus.oidc.auth-server-url";
    private static final String ISSUER = "https://issuer.example/realms/itr";

    private static SmallRyeConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withProfile("staging")
                .withSources(new PropertiesConfigSource(settings, "operator", 300))
                .build();
    }

    private static boolean acceptsTokens(Map<String, String> settings) {
        return IssuerCheck.check(config(settings), new ConfigurationFaults());
    }

    private static List<String> faults(Map<String, String> settings) {
        var faults = new ConfigurationFaults();
        IssuerCheck.check(config(settings), faults);
        return faults.lines();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "issuer.example/realms/itr",
                "issuer.example:8443/realms/itr",
                "ftp://issuer.example/realms/itr",
                "https://issuer example/realms/itr",
                "https://issuer.example/realms/itr\r",
                "https:///realms/itr",
                "HTTPS://issuer.example",
                "\"https://issuer.example/realms/itr\""
            })
    void whatIsNoUrlIsAFaultThatDoesNotShowIt(String url) {
        assertThat(faults(Map.of(URL, url)))
                .containsExactly(
                        "QUARKUS_OIDC_AUTH_SERVER_URL is not a URL; it should be the http or https URL of the issuer");
    }

    /** Quarkus writes the whole URL to the log when the issuer is away, and adds a path to it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://itr:s3cret@issuer.example/realms/itr",
                "https://s3cret@key_cloak:8080/realms/itr",
                "https://issuer.example/realms/itr?key=s3cret",
                "https://issuer.example/realms/itr#s3cret"
            })
    void aUrlWithMoreThanAHostAndAPathIsAFaultThatDoesNotShowIt(String url) {
        assertThat(faults(Map.of(URL, url)))
                .containsExactly("QUARKUS_OIDC_AUTH_SERVER_URL holds a user, a query or a fragment; it should be the"
                        + " http or https URL of the issuer, without any of these");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/.well-known/openid-configuration",
                "/.well-known/openid-configuration/",
                "/.well-known/oauth-authorization-server",
                "/.well-known/",
                "/.well-known"
            })
    void theAddressOfTheDiscoveryDocumentIsAFault(String path) {
        assertThat(faults(Map.of(URL, ISSUER + path)))
                .containsExactly(
                        "QUARKUS_OIDC_AUTH_SERVER_URL holds /.well-known; it should be the http or https URL of"
                                + " the issuer without that and what follows, which is added to it");
    }

    /** Nothing is added but the path of the keys, and many issuers have theirs there. */
    @Test
    void withoutDiscoveryTheKeysMayBeBesideItsDocument() {
        assertThat(faults(Map.of(
                        URL,
                        ISSUER + "/.well-known",
                        "quarkus.oidc.discovery-enabled",
                        "false",
                        "quarkus.oidc.jwks-path",
                        "jwks.json")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "no", "off", "0", "FALSE"})
    void withoutDiscoveryAnotherWayToTheKeysIsNeeded(String off) {
        assertThat(faults(Map.of(URL, ISSUER, "quarkus.oidc.discovery-enabled", off)))
                .containsExactly("QUARKUS_OIDC_DISCOVERY_ENABLED is \"" + off + "\"; it should be true, unless"
                        + " QUARKUS_OIDC_JWKS_PATH or QUARKUS_OIDC_INTROSPECTION_PATH is set");
    }

    @ParameterizedTest
    @ValueSource(strings = {"quarkus.oidc.jwks-path", "quarkus.oidc.introspection-path"})
    void withAnotherWayToTheKeysDiscoveryMayBeOff(String property) {
        assertThat(faults(Map.of(URL, ISSUER, "quarkus.oidc.discovery-enabled", "false", property, "/keys")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://issuer.example",
                "https://issuer.example/realms/itr/",
                "http://localhost:8180/realms/itr",
                "http://key_cloak:8080/realms/itr"
            })
    void theUrlOfAnIssuerIsFine(String url) {
        assertThat(faults(Map.of(URL, url))).isEmpty();
        assertThat(acceptsTokens(Map.of(URL, url))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"false", "off", "0"})
    void anIssuerThatIsSwitchedOffIsNoneAndIsNotJudged(String off) {
        var settings = Map.of(URL, "no URL", "quarkus.oidc.tenant-enabled", off);

        assertThat(acceptsTokens(settings)).isFalse();
        assertThat(faults(settings)).isEmpty();
        assertThat(IssuerCheck.whyNoTokens(config(settings))).isEqualTo("QUARKUS_OIDC_TENANT_ENABLED is not true");
    }

    /** As in dev mode, for an issuer that cannot be used. */
    @Test
    void anIssuerThatTheBuildSwitchedOffIsJudged() {
        var recorded = new PropertiesConfigSource(Map.of("quarkus.oidc.tenant-enabled", "false"), "Runtime Values", 0);
        var config = new SmallRyeConfigBuilder()
                .withSources(recorded, new PropertiesConfigSource(Map.of(URL, "no URL"), "operator", 300))
                .build();
        var faults = new ConfigurationFaults();

        IssuerCheck.check(config, faults);

        assertThat(faults.lines()).hasSize(1);
    }

    @Test
    void anIssuerWhoseSwitchIsNeitherOnNorOffIsJudged() {
        assertThat(faults(Map.of(URL, "no URL", "quarkus.oidc.tenant-enabled", "yess")))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whetherAnIssuerIsSwitchedOnMayDependOnAnExpressionOrTheProfile(boolean checksOnly) {
        var expression = Map.of(URL, ISSUER, "quarkus.oidc.tenant-enabled", "${ON:true}");
        var profile = Map.of(
                URL, ISSUER, "quarkus.oidc.tenant-enabled", "false", "%staging.quarkus.oidc.tenant-enabled", "true");

        System.setProperty(GivenSettings.CHECKS_ONLY, Boolean.toString(checksOnly));
        try {
            assertThat(acceptsTokens(expression)).isTrue();
            assertThat(acceptsTokens(profile)).isTrue();
        } finally {
            System.clearProperty(GivenSettings.CHECKS_ONLY);
        }
    }

    @Test
    void aKeyToVerifyTokensWithNeedsNoIssuer() throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        String key = Base64.getEncoder()
                .encodeToString(generator.generateKeyPair().getPublic().getEncoded());

        assertThat(acceptsTokens(Map.of("quarkus.oidc.public-key", key))).isTrue();
        assertThat(faults(Map.of("quarkus.oidc.public-key", key))).isEmpty();
        assertThat(acceptsTokens(Map.of("quarkus.oidc.public-key", key, "quarkus.oidc.tenant-enabled", "false")))
                .isFalse();
    }

    @Test
    void aKeyToVerifyTokensWithThatCannotBeReadIsAFaultThatDoesNotShowIt() {
        assertThat(faults(Map.of("quarkus.oidc.public-key", "hidden")))
                .containsExactly(
                        "QUARKUS_OIDC_PUBLIC_KEY is not a public key that can be read; it should be an RSA key in PEM or"
                                + " Base64");
    }

    @Test
    void withoutAnIssuerThereIsNoFault() {
        assertThat(faults(Map.of())).isEmpty();
        assertThat(acceptsTokens(Map.of())).isFalse();
        assertThat(IssuerCheck.whyNoTokens(config(Map.of()))).isEqualTo("QUARKUS_OIDC_AUTH_SERVER_URL is not set");
    }

    @ParameterizedTest
    @CsvSource({
        "quarkus.oidc.client-id,QUARKUS_OIDC_CLIENT_ID",
        "quarkus.oidc.credentials.secret,QUARKUS_OIDC_CREDENTIALS_SECRET",
        "quarkus.oidc.token.audience,QUARKUS_OIDC_TOKEN_AUDIENCE"
    })
    void whatNeedsAnIssuerIsAWarningWithoutOne(String property, String name) {
        assertThat(IssuerCheck.warnings(config(Map.of(property, "hidden"))))
                .containsExactly(name + " has no effect, since neither QUARKUS_OIDC_AUTH_SERVER_URL nor"
                        + " QUARKUS_OIDC_PUBLIC_KEY is set");
        assertThat(IssuerCheck.warnings(config(Map.of(property, "hidden", URL, ISSUER))))
                .isEmpty();
        assertThat(IssuerCheck.warnings(config(Map.of(property, "")))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://keycloak.sso.svc:8080/realms/itr", "http://sso_keycloak:8080/realms/itr"})
    void anIssuerOfAnotherHostWithoutTlsIsAWarning(String url) {
        assertThat(IssuerCheck.warnings(config(Map.of(URL, url))))
                .containsExactly(
                        "QUARKUS_OIDC_AUTH_SERVER_URL uses plain http to another host: an attacker on the network"
                                + " can replace the issuer's keys and forge tokens");
    }

    @ParameterizedTest
    @ValueSource(strings = {ISSUER, "http://localhost:8080/realms/itr", "http://127.0.0.1/", "http://[::1]:8080/", "x"})
    void anIssuerWithTlsOrOnThisMachineIsNone(String url) {
        assertThat(IssuerCheck.warnings(config(Map.of(URL, url)))).isEmpty();
    }
}
