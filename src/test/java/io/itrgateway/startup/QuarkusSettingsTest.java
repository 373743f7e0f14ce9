package io.itrgateway.startup;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.config.CheckOnlySettings;
import io.itrgateway.config.ConfigurationFaults;
import io.itrgateway.config.GivenSettings;
import io.quarkus.runtime.logging.LevelConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.PropertiesLocationConfigSourceFactory;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.SysPropConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuarkusSettingsTest {

    private static SmallRyeConfig config(Map<String, String> settings) {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new PropertiesConfigSource(settings, "operator", 300))
                .withSources(new QuarkusSettings())
                .build();
    }

    private static List<String> faults(Map<String, String> settings) {
        var faults = new ConfigurationFaults();
        QuarkusSettings.check(config(settings), faults);
        return faults.lines();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            quarkus.http.port                    | abc     | QUARKUS_HTTP_PORT                    | a number from 0 to 65535
            quarkus.http.port                    | 80a     | QUARKUS_HTTP_PORT                    | a number from 0 to 65535
            quarkus.http.port                    | 99999   | QUARKUS_HTTP_PORT                    | a number from 0 to 65535
            quarkus.http.port                    | ''      | QUARKUS_HTTP_PORT                    | a number from 0 to 65535
            quarkus.http.host                    | 192.0.2.1 | QUARKUS_HTTP_HOST                  | an address of this machine, such as 0.0.0.0
            quarkus.http.host                    | no.such.host.invalid | QUARKUS_HTTP_HOST       | an address of this machine, such as 0.0.0.0
            quarkus.http.host                    | ''      | QUARKUS_HTTP_HOST                    | an address of this machine, such as 0.0.0.0
            quarkus.http.ssl-port                | -1      | QUARKUS_HTTP_SSL_PORT                | a number from 0 to 65535
            quarkus.http.domain-socket-enabled   | ''      | QUARKUS_HTTP_DOMAIN_SOCKET_ENABLED   | false, or left out: requests come over a port only
            quarkus.http.domain-socket-enabled   | true    | QUARKUS_HTTP_DOMAIN_SOCKET_ENABLED   | false, or left out: requests come over a port only
            quarkus.http.insecure-requests       | never   | QUARKUS_HTTP_INSECURE_REQUESTS       | enabled, redirect or disabled
            quarkus.http.limits.max-body-size    | 32K     | QUARKUS_HTTP_LIMITS_MAX_BODY_SIZE    | left out: bodies have a limit of 64 KiB, and of 8 MiB for the operations in GATEWAY_RELAY
            quarkus.http.limits.max-connections  | -5      | QUARKUS_HTTP_LIMITS_MAX_CONNECTIONS  | a whole number from 1
            quarkus.http.limits.max-concurrent-streams | 0 | QUARKUS_HTTP_LIMITS_MAX_CONCURRENT_STREAMS | a whole number from 1
            quarkus.http.limits.rst-flood-max-rst-frame-per-window | many | QUARKUS_HTTP_LIMITS_RST_FLOOD_MAX_RST_FRAME_PER_WINDOW | a whole number, such as 20000
            quarkus.http.limits.max-connections  | 99999999999 | QUARKUS_HTTP_LIMITS_MAX_CONNECTIONS | a whole number from 1
            quarkus.shutdown.timeout             | soon    | QUARKUS_SHUTDOWN_TIMEOUT             | a time such as 30s
            quarkus.shutdown.timeout             | -1s     | QUARKUS_SHUTDOWN_TIMEOUT             | a time such as 30s
            quarkus.http.idle-timeout            | -1s     | QUARKUS_HTTP_IDLE_TIMEOUT            | a time such as 30m, at most 24 days, or 0 for none
            quarkus.http.idle-timeout            | 25d     | QUARKUS_HTTP_IDLE_TIMEOUT            | a time such as 30m, at most 24 days, or 0 for none
            quarkus.http.ssl.certificate.reload-period | 10s | QUARKUS_HTTP_SSL_CERTIFICATE_RELOAD_PERIOD | a time such as 1h, at least 30s
            quarkus.http.ssl.certificate.reload-period | 0   | QUARKUS_HTTP_SSL_CERTIFICATE_RELOAD_PERIOD | a time such as 1h, at least 30s
            quarkus.tls.reload-period            | 0s      | QUARKUS_TLS_RELOAD_PERIOD            | a time such as 1h, not 0
            quarkus.http.limits.max-frame-size   | 100     | QUARKUS_HTTP_LIMITS_MAX_FRAME_SIZE   | a whole number from 16384 to 16777215
            quarkus.http.limits.max-header-list-size | -1  | QUARKUS_HTTP_LIMITS_MAX_HEADER_LIST_SIZE | a whole number from 1 to 4294967295
            quarkus.http.limits.header-table-size | -1     | QUARKUS_HTTP_LIMITS_HEADER_TABLE_SIZE | a whole number from 0 to 4294967295
            quarkus.http.limits.max-header-size  | 0       | QUARKUS_HTTP_LIMITS_MAX_HEADER_SIZE  | a size such as 20K, not 0
            quarkus.http.limits.max-header-size  | 3G      | QUARKUS_HTTP_LIMITS_MAX_HEADER_SIZE  | a size such as 20K, not 0
            quarkus.http.limits.max-initial-line-length | -1 | QUARKUS_HTTP_LIMITS_MAX_INITIAL_LINE_LENGTH | a whole number from 1
            quarkus.proxy.host                   | http://proxy | QUARKUS_PROXY_HOST              | the name or the address of a host, without http:// and without a port
            quarkus.proxy.host                   | proxy:8080 | QUARKUS_PROXY_HOST                | the name or the address of a host, without http:// and without a port
            quarkus.oidc.proxy.port              | x       | QUARKUS_OIDC_PROXY_PORT              | a number from 0 to 65535
            quarkus.oidc.max-pool-size           | -1      | QUARKUS_OIDC_MAX_POOL_SIZE           | a whole number from 1
            quarkus.oidc.token-cache.max-size    | x       | QUARKUS_OIDC_TOKEN_CACHE_MAX_SIZE    | a whole number from 0
            quarkus.oidc.token-cache.time-to-live | soon   | QUARKUS_OIDC_TOKEN_CACHE_TIME_TO_LIVE | a time such as 30s
            quarkus.oidc.token.forced-jwk-refresh-interval | 10x | QUARKUS_OIDC_TOKEN_FORCED_JWK_REFRESH_INTERVAL | a time such as 30s
            quarkus.oidc.tls.verification        | false   | QUARKUS_OIDC_TLS_VERIFICATION        | required, certificate-validation or none
            quarkus.thread-pool.max-threads      | many    | QUARKUS_THREAD_POOL_MAX_THREADS      | a whole number from 1
            quarkus.thread-pool.max-threads      | 0       | QUARKUS_THREAD_POOL_MAX_THREADS      | a whole number from 1
            quarkus.vertx.event-loops-pool-size  | 0       | QUARKUS_VERTX_EVENT_LOOPS_POOL_SIZE  | a whole number from 1 to 1000
            quarkus.oidc.application-type        | hybrid  | QUARKUS_OIDC_APPLICATION_TYPE        | service, or left out: callers send tokens, and there is no login page
            quarkus.oidc.provider                | google  | QUARKUS_OIDC_PROVIDER                | left out: QUARKUS_OIDC_AUTH_SERVER_URL says whose tokens callers send
            quarkus.oidc.token.authorization-scheme | dpop | QUARKUS_OIDC_TOKEN_AUTHORIZATION_SCHEME | Bearer, or left out: callers send Bearer tokens
            quarkus.oidc.token.header            | cookie  | QUARKUS_OIDC_TOKEN_HEADER            | Authorization, or left out: callers send tokens in this header
            quarkus.oidc.priority                | 3000    | QUARKUS_OIDC_PRIORITY                | 1001, or left out: keys are judged before tokens
            quarkus.oidc.priority                | ''      | QUARKUS_OIDC_PRIORITY                | 1001, or left out: keys are judged before tokens
            quarkus.http.auth.inclusive          | true    | QUARKUS_HTTP_AUTH_INCLUSIVE          | false, or left out: a caller sends a key or a token
            quarkus.http.auth.inclusive          | ''      | QUARKUS_HTTP_AUTH_INCLUSIVE          | false, or left out: a caller sends a key or a token
            quarkus.oidc.token.binding.certificate | true  | QUARKUS_OIDC_TOKEN_BINDING_CERTIFICATE | false, or left out: callers are not asked for certificates
            quarkus.oidc.token.binding.certificate | ''    | QUARKUS_OIDC_TOKEN_BINDING_CERTIFICATE | false, or left out: callers are not asked for certificates
            quarkus.oidc.logout.backchannel.path | /logout | QUARKUS_OIDC_LOGOUT_BACKCHANNEL_PATH | left out: there are no sessions to end
            quarkus.oidc.connection-retry-count  | 0       | QUARKUS_OIDC_CONNECTION_RETRY_COUNT  | a whole number from 1
            quarkus.oidc.token-cache.clean-up-timer-interval | 0s | QUARKUS_OIDC_TOKEN_CACHE_CLEAN_UP_TIMER_INTERVAL | a time such as 1h, not 0
            quarkus.oidc.token-cache.clean-up-timer-interval | '' | QUARKUS_OIDC_TOKEN_CACHE_CLEAN_UP_TIMER_INTERVAL | a time such as 1h, not 0
            quarkus.oidc.jwks.clean-up-timer-interval | 0s | QUARKUS_OIDC_JWKS_CLEAN_UP_TIMER_INTERVAL | a time such as 1h, not 0
            quarkus.log.file.enabled             | enabled | QUARKUS_LOG_FILE_ENABLED             | true or false
            quarkus.log.console.json.enabled     | maybe   | QUARKUS_LOG_CONSOLE_JSON_ENABLED     | true or false
            quarkus.log.console.filter           | mask    | QUARKUS_LOG_CONSOLE_FILTER           | left out: this service has no filters by name
            quarkus.log.file.filter              | mask    | QUARKUS_LOG_FILE_FILTER              | left out: this service has no filters by name
            quarkus.log.level                    | verbose | QUARKUS_LOG_LEVEL                    | OFF, FATAL, ERROR, WARN, INFO, DEBUG, TRACE or ALL
            """)
    void aValueThatQuarkusCannotReadIsALine(String property, String value, String name, String shouldBe) {
        assertThat(faults(Map.of(property, value)))
                .containsExactly("%s is \"%s\"; it should be %s".formatted(name, value, shouldBe));
    }

    @ParameterizedTest
    @CsvSource({"2s,1", "35,1", "PT36S,0", "0,0", "30M,0", ",0"})
    void anIdleTimeoutIsLongerThanACall(String value, int lines) {
        var faults = new ConfigurationFaults();

        QuarkusSettings.checkIdleTimeout(
                config(value == null ? Map.of() : Map.of("quarkus.http.idle-timeout", value)),
                Duration.ofSeconds(35),
                faults);

        assertThat(faults.lines()).hasSize(lines).allMatch(line -> line.startsWith("QUARKUS_HTTP_IDLE_TIMEOUT is "));
    }

    /** As a file with the line ends of Windows leaves it; Quarkus takes it as a part of the value. */
    @ParameterizedTest
    @CsvSource({"quarkus.log.level,INFO", "quarkus.http.host,localhost"})
    void aLineEndBehindTheValueIsALine(String property, String value) {
        assertThat(faults(Map.of(property, value + "\r"))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "127.0.0.1", "localhost"})
    void anAddressOfThisMachineIsFine(String host) {
        assertThat(faults(Map.of("quarkus.http.host", host))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"proxy", "proxy.example", "10.0.0.1", "2001:db8::1", "[2001:db8::1]", "fe80::1%eth0", "none"})
    void aHostOfAProxyIsFine(String host) {
        assertThat(faults(Map.of("quarkus.proxy.host", host))).isEmpty();
    }

    /** A process that only checks the configuration replaces settings for itself. */
    @ParameterizedTest
    @CsvSource({
        "quarkus.http.port,abc,QUARKUS_HTTP_PORT is \"abc\"",
        "quarkus.http.host,192.0.2.1,QUARKUS_HTTP_HOST is \"192.0.2.1\"",
        "quarkus.log.level,verbose,QUARKUS_LOG_LEVEL is \"verbose\"",
        "quarkus.shutdown.delay,soon,QUARKUS_SHUTDOWN_DELAY is \"soon\""
    })
    void aSystemPropertyIsJudgedAlsoWhereTheProcessOnlyChecks(String property, String value, String line) {
        System.setProperty(GivenSettings.CHECKS_ONLY, "true");
        System.setProperty(property, value);
        try {
            var config = new SmallRyeConfigBuilder()
                    .addDefaultInterceptors()
                    .withSources(new SysPropConfigSource(), new CheckOnlySettings())
                    .withSources(new QuarkusSettings())
                    .build();
            var faults = new ConfigurationFaults();

            QuarkusSettings.check(config, faults);
            QuarkusSettings.checkReplaced(config, faults);

            assertThat(faults.lines()).singleElement().asString().startsWith(line);
        } finally {
            System.clearProperty(property);
            System.clearProperty(GivenSettings.CHECKS_ONLY);
        }
    }

    @Test
    void untilTheStartIsRefusedAValueThatCanBeReadTakesItsPlace() {
        var config = config(Map.of("quarkus.http.port", "abc", "quarkus.log.level", "foo"));

        assertThat(config.getValue("quarkus.http.port", Integer.class)).isZero();
        assertThat(new LevelConverter().convert(config.getValue("quarkus.log.level", String.class)))
                .isNotNull();
    }

    @Test
    void whatQuarkusCanReadIsFineAndStays() {
        var settings = Map.ofEntries(
                entry("quarkus.http.port", "0\r"),
                entry("quarkus.http.ssl-port", "65535"),
                entry("quarkus.http.insecure-requests", "DISABLED"),
                entry("quarkus.redis.client-type", "cluster"),
                entry("quarkus.http.limits.max-body-size", ""),
                entry("quarkus.http.limits.max-connections", " 200 "),
                entry("quarkus.http.limits.max-header-size", "10240"),
                entry("quarkus.http.limits.header-table-size", "0"),
                entry("quarkus.http.limits.max-frame-size", "16384"),
                entry("quarkus.http.idle-timeout", "0"),
                entry("quarkus.http.ssl.certificate.reload-period", "30s"),
                entry("quarkus.shutdown.timeout", "PT30S"),
                entry("quarkus.shutdown.delay", "90"),
                entry("quarkus.log.level", "debug"));

        assertThat(faults(settings)).isEmpty();
        assertThat(config(settings)
                        .getConfigValue("quarkus.http.limits.max-connections")
                        .getRawValue())
                .isEqualTo(" 200 ");
        assertThat(faults(Map.of())).isEmpty();
    }

    @Test
    void theValueOfAnExpressionIsJudged() {
        assertThat(faults(Map.of("quarkus.http.port", "${PORT}", "PORT", "8081")))
                .isEmpty();
        assertThat(faults(Map.of("quarkus.http.host", "${HOST}", "HOST", "127.0.0.1")))
                .isEmpty();
        assertThat(faults(Map.of("quarkus.http.port", "${PORT:eighty}")))
                .containsExactly("QUARKUS_HTTP_PORT is \"eighty\"; it should be a number from 0 to 65535");
        assertThat(faults(Map.of("quarkus.log.level", "${LEVEL}")))
                .singleElement()
                .asString()
                .startsWith("QUARKUS_LOG_LEVEL has an expression ${...} for something that is not set");
    }

    /** Files of {@code smallrye.config.locations} are read after the replacement, which would go on without a word. */
    @ParameterizedTest
    @CsvSource({
        "quarkus.http.port,abc,8081,QUARKUS_HTTP_PORT",
        "quarkus.oidc.auth-server-url,issuer.example.com,https://issuer.example.com,QUARKUS_OIDC_AUTH_SERVER_URL"
    })
    void aValueThatCannotBeUsedIsALineAlsoWhereAFileThatIsReadLaterHasAnother(
            String property, String wrong, String right, String name, @TempDir Path directory) throws IOException {
        Path file = Files.writeString(
                directory.resolve("later.properties"), "config_ordinal=400\n%s=%s\n".formatted(property, right));
        var config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new PropertiesConfigSource(
                        Map.of(property, wrong, "smallrye.config.locations", file.toString()), "operator", 300))
                .withSources(new PropertiesLocationConfigSourceFactory(), new QuarkusSettings())
                .build();
        var faults = new ConfigurationFaults();

        QuarkusSettings.check(config, faults);
        IssuerCheck.check(config, faults);
        QuarkusSettings.checkReplaced(config, faults);

        assertThat(faults.lines())
                .singleElement()
                .asString()
                .startsWith(name + " cannot be used in one of its sources");
    }

    /** Files of {@code smallrye.config.locations} are read after the settings have been judged first. */
    @Test
    void aValueInAFileThatIsReadLaterIsJudgedWithTheOthers(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("later.properties"), "quarkus.http.limits.max-body-size=10M\n");
        var config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withSources(new PropertiesConfigSource(
                        Map.of("smallrye.config.locations", file.toString()), "operator", 300))
                .withSources(new PropertiesLocationConfigSourceFactory(), new QuarkusSettings())
                .build();
        var faults = new ConfigurationFaults();

        QuarkusSettings.check(config, faults);

        assertThat(faults.lines())
                .singleElement()
                .asString()
                .startsWith("QUARKUS_HTTP_LIMITS_MAX_BODY_SIZE is \"10M\"");
    }

    /** To SmallRye Config, the last of several profiles counts. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ofSeveralProfilesTheLastOneCounts(boolean checksOnly) {
        System.setProperty(GivenSettings.CHECKS_ONLY, Boolean.toString(checksOnly));
        try {
            assertThat(faultsWithProfiles("8080", "abc"))
                    .singleElement()
                    .asString()
                    .contains("is \"abc\"");
            assertThat(faultsWithProfiles("abc", "8080")).isEmpty();
        } finally {
            System.clearProperty(GivenSettings.CHECKS_ONLY);
        }
    }

    private static List<String> faultsWithProfiles(String first, String last) {
        var config = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withProfile("first,last")
                .withSources(new PropertiesConfigSource(
                        Map.of("%first.quarkus.http.port", first, "%last.quarkus.http.port", last), "operator", 300))
                .withSources(new CheckOnlySettings())
                .withSources(new QuarkusSettings())
                .build();
        var faults = new ConfigurationFaults();
        QuarkusSettings.check(config, faults);
        QuarkusSettings.checkReplaced(config, faults);
        return faults.lines();
    }

    /** SmallRye Config would end the start at it, so that no other fault were listed. */
    @Test
    void anExpressionForNothingInASettingOfThisServiceIsReplacedUntilTheStartIsRefused() {
        var config = config(Map.of("deepvue.timeout", "${TIMEOUT}", "gateway.drain", "${DRAIN:5s}"));

        assertThat(config.getConfigValue("deepvue.timeout").getRawValue()).isEmpty();
        assertThat(config.getConfigValue("gateway.drain").getRawValue()).isEqualTo("${DRAIN:5s}");
        assertThat(QuarkusSettings.withoutReplaced(config)
                        .getConfigValue("deepvue.timeout")
                        .getRawValue())
                .isEqualTo("${TIMEOUT}");
    }

    @Test
    void aValueThatMayBeASecretIsNotShown() {
        assertThat(faults(Map.of("quarkus.http.port", "s3cr3t-0f-s0me-acc0unt")))
                .singleElement()
                .asString()
                .doesNotContain("s3cr3t");
    }

    /** Quarkus would end the start, so that no other fault were listed. */
    @ParameterizedTest
    @CsvSource({
        "quarkus.oidc.auth-server-url,issuer.example.com,QUARKUS_OIDC_AUTH_SERVER_URL",
        "quarkus.oidc.public-key,notakey,QUARKUS_OIDC_PUBLIC_KEY"
    })
    void oidcIsOffUntilTheStartIsRefusedForAnIssuerThatCannotBeUsed(String property, String value, String name) {
        var config = config(Map.of(property, value));
        var faults = new ConfigurationFaults();

        assertThat(config.getValue("quarkus.oidc.tenant-enabled", Boolean.class))
                .isFalse();
        assertThat(IssuerCheck.check(config, faults)).isTrue();
        assertThat(faults.lines())
                .singleElement()
                .asString()
                .startsWith(name + " is not a ")
                .doesNotContain(value);
    }

    @Test
    void oidcStaysOnWithAnIssuerThatCanBeUsed() {
        var config = config(Map.of("quarkus.oidc.auth-server-url", "https://issuer.example"));

        assertThat(config.getOptionalValue("quarkus.oidc.tenant-enabled", Boolean.class))
                .isEmpty();
    }
}
