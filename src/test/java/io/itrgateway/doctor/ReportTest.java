package io.itrgateway.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.itrgateway.config.Variables;
import io.quarkus.oidc.OIDCException;
import io.quarkus.redis.runtime.client.config.RedisConfig;
import io.quarkus.runtime.QuarkusBindException;
import io.quarkus.runtime.configuration.DurationConverter;
import io.quarkus.tls.runtime.config.TlsConfig;
import io.quarkus.vertx.http.runtime.VertxHttpConfig;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.ConfigValidationException.Problem;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.PropertiesLocationConfigSourceFactory;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.jwt.util.KeyUtils;
import java.net.BindException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.Converter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReportTest {

    private static final String OTHERS_LATER = ". Other faults are listed when this is corrected";

    private static final Finding WELL = Finding.ok(Check.CONFIGURATION, "complete");
    private static final Finding SO_SO =
            Finding.warning(Check.CLOCK, "7.0 s behind").with("ahead_seconds", -7.0);
    private static final Finding ILL = Finding.failed(Check.DNS, "no address").with("host", "upstream.invalid");
    private static final Finding LEFT_OUT = Finding.skipped(Check.TLS, "no address");

    @Test
    void oneFailureMakesItUnhealthy() {
        var report = new Report(List.of(WELL, ILL, LEFT_OUT));

        assertThat(report.isHealthy()).isFalse();
        assertThat(report.exitCode()).isEqualTo(1);
    }

    @Test
    void warningsAndWhatWasLeftOutDoNot() {
        var report = new Report(List.of(WELL, SO_SO, LEFT_OUT));

        assertThat(report.isHealthy()).isTrue();
        assertThat(report.exitCode()).isZero();
    }

    @Test
    void theTableIsAligned() {
        assertThat(new Report(List.of(WELL, ILL, LEFT_OUT, SO_SO)).table()).isEqualTo("""
                configuration  ok       complete
                dns            failed   no address
                tls            skipped  no address
                clock          warning  7.0 s behind

                NOT HEALTHY: 1 ok, 1 warning, 1 failed, 1 skipped""");
    }

    @Test
    void machinesReadTheSame() throws Exception {
        JsonNode report = new ObjectMapper().readTree(new Report(List.of(WELL, ILL, SO_SO)).json());

        assertThat(report.fieldNames()).toIterable().containsExactly("healthy", "checks");
        assertThat(report.path("healthy").isBoolean()).isTrue();
        assertThat(report.path("healthy").asBoolean()).isFalse();
        assertThat(report.path("checks")).hasSize(3).allSatisfy(check -> {
            assertThat(check.fieldNames()).toIterable().containsExactly("check", "verdict", "detail", "facts");
            assertThat(check.path("verdict").asText()).isIn("ok", "warning", "failed", "skipped");
        });
        assertThat(report.at("/checks/1/facts/host").asText()).isEqualTo("upstream.invalid");
        assertThat(report.at("/checks/2/facts/ahead_seconds").isNumber()).isTrue();
    }

    @Test
    void nothingThatOthersWroteCanMoveTheCursorOrEndTheLine() {
        var finding = Finding.ok(Check.TLS, "issued by \u001b[2J\nroot\u202e").with("issuer", "a\r\nb");

        assertThat(finding.detail()).isEqualTo("issued by ?[2J?root?");
        assertThat(finding.facts()).containsEntry("issuer", "a??b");
    }

    @Test
    void whereQuarkusDoesNotStartItIsSaidWhichSettingAndNeverWhatItHolds() {
        var failure = new IllegalStateException(
                "Failed to start quarkus",
                new IllegalArgumentException("SRCFG00039: The config property quarkus.redis.hosts with the config value"
                        + " \"redis://x:the-password @h\" threw an Exception"));

        var report = Report.ofNoStart(failure);

        assertThat(report.exitCode()).isEqualTo(1);
        assertThat(report.table())
                .contains("QUARKUS_REDIS_HOSTS cannot be used")
                .doesNotContain("IllegalArgumentException")
                .doesNotContain("the-password");
        assertThat(report.findings()).hasSize(Check.values().length);
    }

    @Test
    void aCertificateWithoutItsKeyIsNamedAsSuch() {
        var failure = catchThrowable(() -> new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(TlsConfig.class)
                .withSources(new PropertiesConfigSource(
                        Map.of("quarkus.tls.deepvue.key-store.pem.0.cert", "/etc/tls.crt"), "operator", 300))
                .build());

        assertThat(StartupFailureDescriber.line(failure))
                .hasValue("configuration: QUARKUS_TLS_DEEPVUE_KEY_STORE_PEM__0__KEY is not set, and others that need it"
                        + " are. Other faults are listed when this is corrected");
    }

    @Test
    void aPortThatIsInUseIsNamedInOneLine() {
        var failure = new IllegalStateException(
                "Failed to start quarkus", new QuarkusBindException("0.0.0.0", 8080, new BindException("in use")));

        assertThat(StartupFailureDescriber.line(failure))
                .hasValue(
                        "configuration: port 8080 is in use by another process; QUARKUS_HTTP_PORT, or QUARKUS_HTTP_SSL_PORT for TLS,"
                                + " should be a free one");
    }

    @Test
    void aPortThatThisUserMayNotOpenIsNamedAsSuch() {
        var failure = new IllegalStateException(
                "Failed to start quarkus",
                new QuarkusBindException("0.0.0.0", 81, new BindException("Permission denied")));

        assertThat(StartupFailureDescriber.line(failure))
                .hasValue(
                        "configuration: port 81 may not be opened by this user; QUARKUS_HTTP_PORT, or QUARKUS_HTTP_SSL_PORT for TLS,"
                                + " should be 1024 or more");
    }

    @Test
    void severalSettingsOfQuarkusAreNamedOnALineEachInTheOrderOfTheirNames() {
        var failure = new IllegalArgumentException("""
                SRCFG00039: The config property quarkus.log.level with the config value "x" threw an Exception
                SRCFG00029: Expected an integer value, got "eighty" in quarkus.http.port""");

        assertThat(StartupFailureDescriber.line(failure))
                .hasValue("configuration: QUARKUS_HTTP_PORT cannot be used; it should be a number from 0 to 65535\n"
                        + "configuration: QUARKUS_LOG_LEVEL cannot be used; it should be OFF, FATAL, ERROR, WARN, INFO, DEBUG, TRACE"
                        + " or ALL"
                        + OTHERS_LATER);
    }

    @Test
    void aValueThatQuarkusCannotReadHidesOtherFaultsAndTheLineSaysSo() {
        var problem = new Problem(
                "SRCFG00039: The config property quarkus.http.io-threads with the config value \"x\" threw an Exception");

        assertThat(StartupFailureDescriber.line(new ConfigValidationException(new Problem[] {problem})))
                .hasValue(
                        "configuration: QUARKUS_HTTP_IO_THREADS cannot be used: the value cannot be read. Other faults are"
                                + " listed when this is corrected");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            quarkus.http.io-threads        | many  | a whole number
            quarkus.redis.timeout          | often | a time such as 30s
            quarkus.http.proxy.forwarded-precedence | never | one of x-forwarded,forwarded
            quarkus.tls.deepvue.reload-period | often | a time such as 1h, not 0
            """)
    void aValueThatQuarkusCannotReadSaysWhatItShouldBe(String property, String value, String shouldBe) {
        var failure = catchThrowable(() -> new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withConverters(new Converter<?>[] {new DurationConverter()})
                .addDiscoveredConverters()
                .withMapping(VertxHttpConfig.class)
                .withMapping(RedisConfig.class)
                .withMapping(TlsConfig.class)
                .withSources(new PropertiesConfigSource(
                        Map.of(property, value, "java.io.tmpdir", "/tmp", "quarkus.http.host", "localhost"),
                        "operator",
                        300))
                .build());

        assertThat(StartupFailureDescriber.line(failure).orElseThrow())
                .startsWith("configuration: %s cannot be used; it should be %s%s"
                        .formatted(Variables.nameOf(property), shouldBe, OTHERS_LATER));
    }

    @Test
    void aSettingThatIsNamedIsTheOnlyOneThatIsNamed() {
        assertThat(StartupFailureDescriber.line(new IllegalArgumentException(
                        "SRCFG00049: Cannot convert x to enum class io.quarkus.oidc.Type, quarkus.oidc.roles.source")))
                .hasValue("configuration: QUARKUS_OIDC_ROLES_SOURCE cannot be used: IllegalArgumentException"
                        + OTHERS_LATER);
    }

    @Test
    void aSettingOfOpenTelemetryIsNamedAsAVariable() {
        assertThat(StartupFailureDescriber.line(new IllegalStateException(
                        "Invalid value for property otel.bsp.max.queue.size=many. Must be a int.")))
                .hasValue(
                        "configuration: OTEL_BSP_MAX_QUEUE_SIZE cannot be used: IllegalStateException" + OTHERS_LATER);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Unable to find the TLS configuration nowhere for the Redis client <default>. | QUARKUS_REDIS_TLS_CONFIGURATION_NAME
            Unable to find the TLS configuration for name idp.                           | QUARKUS_OIDC_TLS_TLS_CONFIGURATION_NAME
            Multiple Redis hosts supplied for non-clustered configuration                | QUARKUS_REDIS_CLIENT_TYPE
            Encountered an unknown format character                                      | QUARKUS_LOG_CONSOLE_FORMAT
            Mismatched braces: %{i,X-Team                                                | QUARKUS_HTTP_ACCESS_LOG_PATTERN
            Unsupported Redis connection string scheme [localhost]                       | QUARKUS_REDIS_HOSTS
            Invalid key/certificate pair configuration for certificate '<default>'       | QUARKUS_TLS_*
            Unable to load P12 trust store 'deepvue', verify the password.               | QUARKUS_TLS_DEEPVUE_*
            Invalid keystore '<default>' - The keystore cannot be configured with PKCS12 and JKS at the same time | QUARKUS_TLS_*
            Invalid truststore 'deepvue' - The truststore cannot be configured with PEM and PKCS12 or JKS at the same time | QUARKUS_TLS_DEEPVUE_*
            OIDC truststore file /tls/ca.p12 does not exist or can not be read           | QUARKUS_OIDC_TLS_*
            OIDC keystore file /tls/own.p12 does not exist or can not be read            | QUARKUS_OIDC_TLS_*
            Unable to find HTTP security policy itr                                      | QUARKUS_HTTP_AUTH_PERMISSION_*_POLICY
            If quarkus.proxy."corp"..host is set, quarkus.proxy."corp"..port must also be set | QUARKUS_PROXY__CORP__*
            If quarkus.proxy..host is set, quarkus.proxy..port must also be set           | QUARKUS_PROXY_*
            Either 'jwks-path' or another must be set when the discovery is disabled.    | QUARKUS_OIDC_DISCOVERY_ENABLED
            """)
    void aFailureIsOfTheSettingThatItsWordsAreAbout(String words, String variable) {
        assertThat(StartupFailureDescriber.line(new IllegalStateException(words))
                        .orElseThrow())
                .startsWith("configuration: %s cannot be used; it should be ".formatted(variable))
                .endsWith(OTHERS_LATER);
    }

    @Test
    void aSettingOfQuarkusIsNamedAsAVariableWithWhatItShouldBe() {
        var failure = new IllegalStateException(
                "Failed to start quarkus",
                new IllegalArgumentException(
                        "SRCFG00029: Expected an integer value, got \"eighty\" in quarkus.http.port"));

        assertThat(StartupFailureDescriber.line(failure))
                .hasValue("configuration: QUARKUS_HTTP_PORT cannot be used; it should be a number from 0 to 65535"
                        + OTHERS_LATER);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Failed | port must be <= 65535 | QUARKUS_HTTP_PORT | a number from 0 to 65535
            Unable to start HTTP server | java.net.UnknownHostException: no.such.host | QUARKUS_HTTP_HOST | an address of this machine
            Multiple | io.quarkus.runtime.configuration.ConfigurationException at io.quarkus.oidc.OIDC | QUARKUS_OIDC_AUTH_SERVER_URL | the http or https URL
            """)
    void aFailureThatNamesNoSettingIsOfTheSettingThatCausesIt(
            String words, String cause, String variable, String shouldBe) {
        var failure = new IllegalStateException(words, new IllegalArgumentException(cause));

        assertThat(StartupFailureDescriber.line(failure).orElseThrow())
                .startsWith("configuration: %s cannot be used; it should be %s".formatted(variable, shouldBe));
    }

    @Test
    void aKeyOfTheIssuerThatCannotBeReadIsNamedAndNotShown() {
        var unreadable = catchThrowable(() -> KeyUtils.decodePublicKey("s3cret"));

        assertThat(StartupFailureDescriber.line(new OIDCException(unreadable)).orElseThrow())
                .startsWith("configuration: QUARKUS_OIDC_PUBLIC_KEY cannot be used; ")
                .endsWith("; it should be an RSA key in PEM or Base64" + OTHERS_LATER)
                .doesNotContain("s3cret");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            quarkus.tls.deepvue.protocols  | QUARKUS_TLS_DEEPVUE_PROTOCOLS | , or TLSv1.3, or TLSv1.3,TLSv1.2
            quarkus.tls.protocols          | QUARKUS_TLS_PROTOCOLS         | , or TLSv1.3, or TLSv1.3,TLSv1.2
            quarkus.tls.handshake-timeout  | QUARKUS_TLS_HANDSHAKE_TIMEOUT | ''
            """)
    void aSettingOfQuarkusThatIsEmptyIsNamed(String property, String variable, String shouldBe) {
        var failure = catchThrowable(() -> new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(TlsConfig.class)
                .withSources(new PropertiesConfigSource(Map.of(property, ""), "operator", 300))
                .build());

        assertThat(StartupFailureDescriber.line(failure).orElseThrow())
                .isEqualTo("configuration: %s cannot be used; it should be left out, since it is empty%s%s"
                        .formatted(variable, shouldBe, OTHERS_LATER));
    }

    @Test
    void settingsWithExpressionsThatCannotBeReplacedAreNamedWithoutTheirValues() {
        var failure = new IllegalStateException("Failed to start quarkus", new IllegalArgumentException("""
                Configuration validation failed:
                \tjava.util.NoSuchElementException: SRCFG00011: Could not expand value s3cret in property quarkus.http.port
                \tjava.util.NoSuchElementException: SRCFG00011: Could not expand value s3cret in property gateway.max-wait
                """));

        assertThat(StartupFailureDescriber.line(failure))
                .hasValue("configuration: QUARKUS_HTTP_PORT has an expression ${...} for something that is not set\n"
                        + "configuration: GATEWAY_MAX_WAIT has an expression ${...} for something that is not set"
                        + OTHERS_LATER);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            SRCFG00035: Failed to load resource file:/app/.env          | file:/app/.env cannot be read; it should be a file
            SRCFG00035: Failed to load resource https://x:the-password@h | SMALLRYE_CONFIG_LOCATIONS names a file or URL
            Malformed \\uxxxx encoding.                                 | a file of settings (.env, or one of properties) has \\u
            """)
    void aFileOfSettingsThatCannotBeReadIsNamedAndNotItsAddress(String words, String line) {
        assertThat(StartupFailureDescriber.line(new ExceptionInInitializerError(new IllegalArgumentException(words)))
                        .orElseThrow())
                .startsWith("configuration: " + line)
                .doesNotContain("the-password");
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:the-name.properties", "file://localhost/the-name.properties", "the name.properties"})
    void aLocationThatIsNoUrlOfAFileIsAFaultOfTheLocations(String location) {
        var config = new SmallRyeConfigBuilder()
                .addDefaultSources()
                .withSources(new PropertiesLocationConfigSourceFactory())
                .withDefaultValue("smallrye.config.locations", location);

        var failure = catchThrowable(config::build);

        assertThat(StartupFailureDescriber.line(failure).orElseThrow())
                .startsWith("configuration: SMALLRYE_CONFIG_LOCATIONS should be paths or URLs of files")
                .doesNotContain("the-name");
    }

    /** As in a container with a read-only file system and nothing mounted at /tmp. */
    @Test
    void aDirectoryForTemporaryFilesThatCannotBeWrittenIsNamed() {
        var failure = new IllegalStateException(
                "Unable to create folder at path '/tmp/vertx-cache/2634481224559204502'",
                new FileSystemException("/tmp/vertx-cache", null, "Read-only file system"));

        assertThat(StartupFailureDescriber.line(failure))
                .hasValue("configuration: no file can be written to the directory for temporary files, /tmp or"
                        + " -Djava.io.tmpdir; in a container with a read-only file system, a writable one has to be"
                        + " mounted there"
                        + OTHERS_LATER);
    }

    @Test
    void aFailureOfNoSettingIsNotExplainedAway() {
        assertThat(StartupFailureDescriber.line(new IllegalStateException("a bug")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/nowhere/ca.pem, '\"/nowhere/ca.pem\"'",
        "c2VjcmV0LXNlY3JldC1zZWNyZXQ, 'a text of 27 characters (not shown, since it may be a secret)'"
    })
    void aFileOfAKeyThatDoesNotExistIsNamedUnlessItMayBeTheKey(String file, String shown) {
        var failure = new IllegalStateException(
                "Invalid PEM trusted certificates configuration for certificate 'deepvue'",
                new NoSuchFileException(file));

        assertThat(StartupFailureDescriber.line(failure))
                .hasValue(
                        "configuration: QUARKUS_TLS_DEEPVUE_* cannot be used: %s does not exist; it should be paths of"
                                        .formatted(shown)
                                + " files that exist, can be read, and belong together"
                                + OTHERS_LATER);
    }

    @Test
    void whereAKeyCannotBeReadTheTlsConfigurationIsNamed() {
        var failure = new IllegalStateException(
                "Invalid PEM trusted certificates configuration for certificate 'deepvue' - cannot read");

        assertThat(Report.ofNoStart(failure).table()).contains("QUARKUS_TLS_DEEPVUE_* cannot be used");
    }
}
