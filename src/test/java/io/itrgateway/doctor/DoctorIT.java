package io.itrgateway.doctor;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.unauthorized;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.RedisServer;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.ScriptedProxy;
import io.itrgateway.sandbox.SelfSigned;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Response;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged program with the word doctor, set up by nothing but environment variables. */
class DoctorIT {

    private static final String PASSWORD = "the-password-of-redis";
    /** Of an issuer; URL stands for its own. */
    private static final String METADATA = "{\"issuer\":\"URL\",\"jwks_uri\":\"URL/keys\"}";

    /** The first of RFC 7517, A.1. */
    private static final String KEYS = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"1\","
            + "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\",\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}]}";

    private static final Sandbox SANDBOX = new Sandbox();

    private static String upstream;

    @BeforeAll
    static void open() {
        upstream = SANDBOX.start().get("deepvue.base-url");
    }

    @AfterAll
    static void close() {
        SANDBOX.stop();
    }

    @BeforeEach
    void forget() {
        Sandbox.forget();
        Sandbox.stubs().resetRequests();
    }

    @AfterEach
    void nothingWasRegistered() {
        assertThat(Sandbox.received(Sandbox.CREATE_CLIENT)).isZero();
    }

    private static Map<String, String> goodBut(String... namesAndValues) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "DEEPVUE_BASE_URL",
                upstream,
                "DEEPVUE_CLIENT_ID",
                "sandbox",
                "DEEPVUE_CLIENT_SECRET",
                Sandbox.CLIENT_SECRET,
                "DEEPVUE_CONNECT_TIMEOUT",
                "60s",
                "DEEPVUE_TIMEOUT",
                "60s",
                "GATEWAY_API_KEYS",
                Sandbox.API_KEYS));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return environment;
    }

    /** What it says of that check, one word for its verdict. */
    private static String verdict(JsonNode report, Check check) {
        return text(report, check, "verdict");
    }

    private static String detail(JsonNode report, Check check) {
        return text(report, check, "detail");
    }

    private static String text(JsonNode report, Check check, String name) {
        for (JsonNode each : report.path("checks")) {
            if (each.path("check").asText().equals(check.toString())) {
                return each.path(name).asText();
            }
        }
        return "missing";
    }

    private static JsonNode examined(int exitCode, Map<String, String> environment) throws Exception {
        var ended = PackagedService.run(environment, "doctor", "--json");
        assertThat(ended.exitCode()).as(ended.out() + ended.err()).isEqualTo(exitCode);
        assertThat(ended.out() + ended.err())
                .doesNotContain(environment.get("DEEPVUE_CLIENT_SECRET"))
                .doesNotContain(PASSWORD)
                .doesNotContain("eyJ");
        return new ObjectMapper().readTree(ended.out());
    }

    @Test
    void aDeploymentThatWorksIsHealthyAndCostsOneAuthorize() throws Exception {
        var ended = PackagedService.run(goodBut("DEEPVUE_PLAN", "starter"), "doctor");

        assertThat(ended.exitCode()).as(ended.out()).isZero();
        assertThat(ended.out().lines())
                .anyMatch(line -> line.matches("configuration  ok +.*"))
                .anyMatch(line -> line.matches("dns +ok +localhost is .*"))
                .anyMatch(line -> line.matches("authorize +ok +.*"))
                .anyMatch(line -> line.matches("expiry +ok +24\\.0 h left, by .*"))
                .anyMatch(line -> line.matches("redis +skipped +GATEWAY_REDIS_URL is not set.*"))
                .allMatch(line -> line.isEmpty()
                        || line.startsWith("healthy: ")
                        || line.matches("(configuration|dns|tls|authorize|expiry|clock|issuer|redis) .*"));
        assertThat(Sandbox.received(Sandbox.AUTHORIZE)).isEqualTo(1);
    }

    @Test
    void standardOutputHoldsOnlyTheReportWhateverTheLogSettings() throws Exception {
        var ended = PackagedService.run(
                goodBut(
                        "QUARKUS_LOG_LEVEL", "DEBUG",
                        "QUARKUS_LOG_CONSOLE_JSON_ENABLED", "true",
                        "QUARKUS_LOG_CONSOLE_STDERR", "false",
                        "QUARKUS_BANNER_ENABLED", "true",
                        "QUARKUS_LOG_CATEGORY__IO_ITRGATEWAY__LEVEL", "DEBUG"),
                "doctor",
                "--json");

        assertThat(new ObjectMapper().readTree(ended.out()).path("healthy").asBoolean())
                .isTrue();
    }

    @Test
    void theFilesOfARunningServiceAreNotTouched(@TempDir Path directory) throws Exception {
        Path audit = Files.writeString(directory.resolve("audit.log"), "what was written before");
        Path log = Files.writeString(directory.resolve("service.log"), "what was logged before");
        Path other = Files.writeString(directory.resolve("other.log"), "what was logged before");

        examined(
                0,
                goodBut(
                        "GATEWAY_AUDIT_FILE", audit.toString(),
                        "GATEWAY_AUDIT_KEY", "0123456789abcdef".repeat(4),
                        "QUARKUS_LOG_FILE_ENABLED", "true",
                        "QUARKUS_LOG_FILE_PATH", log.toString(),
                        "QUARKUS_LOG_HANDLER_FILE__X__ENABLED", "true",
                        "QUARKUS_LOG_HANDLER_FILE__X__PATH", other.toString()));

        assertThat(directory.toFile().list()).containsExactlyInAnyOrder("audit.log", "service.log", "other.log");
        assertThat(other).hasContent("what was logged before");
        assertThat(audit).hasContent("what was written before");
        assertThat(log).hasContent("what was logged before");
    }

    @Test
    void aSettingThatIsFixedWhenTheServiceIsBuiltIsAWarningThatDoesNotShowIt() throws Exception {
        var ended = PackagedService.run(
                goodBut(
                        "QUARKUS_HTTP_ROOT_PATH", "/hidden",
                        "QUARKUS_SMALLRYE_HEALTH_ROOT_PATH", "health",
                        "QUARKUS_OIDC_ENABLED", "false"),
                "doctor");

        assertThat(ended.exitCode()).as(ended.out()).isZero();
        assertThat(ended.out().lines().filter(line -> line.startsWith("configuration")))
                .hasSize(3)
                .anyMatch(line -> line.matches("configuration +warning +QUARKUS_HTTP_ROOT_PATH has no effect: .*"))
                .anyMatch(line -> line.contains("QUARKUS_OIDC_ENABLED has no effect")
                        && line.contains("QUARKUS_OIDC_TENANT_ENABLED=false"));
        assertThat(ended.out() + ended.err()).doesNotContain("hidden");
    }

    @Test
    void aSettingThatQuarkusDoesNotKnowIsNamedOnTheStandardError(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("app.properties"), "quarkus.htp.port=1234\n");

        var ended = PackagedService.run(goodBut("SMALLRYE_CONFIG_LOCATIONS", file.toString()), "doctor");

        assertThat(ended.exitCode()).as(ended.out()).isZero();
        assertThat(ended.err()).contains("quarkus.htp.port").doesNotContain("1234");
    }

    @Test
    void aServiceThatRunsOnTheSamePortIsNotDisturbed() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            examined(0, goodBut("QUARKUS_HTTP_PORT", Integer.toString(taken.getLocalPort())));
        }
    }

    @Test
    void aSecretThatDeepvueRefusesIsAFailure() throws Exception {
        JsonNode report = examined(1, goodBut("DEEPVUE_CLIENT_SECRET", "not-the-secret-at-all"));

        assertThat(verdict(report, Check.AUTHORIZE)).isEqualTo("failed");
        assertThat(verdict(report, Check.EXPIRY)).isEqualTo("skipped");
    }

    @Test
    void aSecretIsSentToDeepvueAsItIsInItsVariable() throws Exception {
        String secret = "a$$b${HOME}c\\d%25{e}";

        examined(1, goodBut("DEEPVUE_CLIENT_SECRET", secret));

        assertThat(Sandbox.requests(Sandbox.AUTHORIZE))
                .singleElement()
                .satisfies(request -> assertThat(URLDecoder.decode(request.getBodyAsString(), UTF_8))
                        .contains("client_secret=" + secret));
    }

    @Test
    void aHostWithoutAnAddressIsAFailureAndNothingIsSent() throws Exception {
        JsonNode report = examined(1, goodBut("DEEPVUE_BASE_URL", "https://upstream.invalid"));

        assertThat(verdict(report, Check.DNS)).isEqualTo("failed");
        assertThat(verdict(report, Check.TLS)).isEqualTo("skipped");
        assertThat(verdict(report, Check.AUTHORIZE)).isEqualTo("skipped");
    }

    @Test
    void everyFaultOfTheConfigurationIsALineAndWhatCanBeCheckedIsChecked() throws Exception {
        var ended = PackagedService.run(
                goodBut(
                        "GATEWAY_MAX_WAIT", "soon",
                        "GATEWAY_API_KEYS", "acme:not-quite-a-digest",
                        "QUARKUS_HTTP_PORT", "99999",
                        "QUARKUS_LOG_LEVEL", "verbose",
                        "GATEWAY_COLOUR", "blue"),
                "doctor");

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.out().lines().filter(line -> line.startsWith("configuration  failed ")))
                .hasSize(4)
                .anyMatch(line -> line.contains("GATEWAY_MAX_WAIT is \"soon\""))
                .anyMatch(
                        line -> line.contains("QUARKUS_HTTP_PORT is \"99999\"; it should be a number from 0 to 65535"))
                .anyMatch(line -> line.contains("QUARKUS_LOG_LEVEL is \"verbose\""));
        assertThat(ended.out())
                .containsPattern("configuration  warning +GATEWAY_COLOUR is not a variable of this service")
                .contains("dns            ok")
                .doesNotContain("not-quite-a-digest");
        assertThat(Sandbox.received(Sandbox.AUTHORIZE)).isZero();
    }

    @Test
    void systemPropertiesOfTheOperatorAreJudged() throws Exception {
        assumeFalse(PackagedService.isNative(), "a binary takes no options of Java");

        var ended = PackagedService.run(
                goodBut(
                        "JAVA_TOOL_OPTIONS",
                        "-Dquarkus.http.host=192.0.2.1 -Dquarkus.http.port=abc -Dquarkus.oidc.tenant-enabled=false",
                        "QUARKUS_OIDC_AUTH_SERVER_URL",
                        "no URL"),
                "doctor");

        assertThat(ended.exitCode()).isEqualTo(1);
        assertThat(ended.out().lines().filter(line -> line.startsWith("configuration ")))
                .hasSize(2)
                .anyMatch(line -> line.contains("QUARKUS_HTTP_HOST is \"192.0.2.1\""))
                .anyMatch(line -> line.contains("QUARKUS_HTTP_PORT is \"abc\"; it should be a number"));
    }

    @Test
    void anIssuerIsAskedForItsKeys() throws Exception {
        issuerAnswers(METADATA, KEYS);

        JsonNode report = examined(0, goodBut("QUARKUS_OIDC_AUTH_SERVER_URL", upstream + "/realm"));

        assertThat(verdict(report, Check.ISSUER)).isEqualTo("ok");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "<html>|" + KEYS + "|its answer is not the JSON that is expected",
                "[]|" + KEYS + "|its answer is not the JSON that is expected",
                "{}|" + KEYS + "|its metadata lack issuer",
                "{\"issuer\":\"URL\"}|" + KEYS + "|its metadata have neither jwks_uri nor introspection_endpoint",
                "{\"issuer\":\"URL\",\"jwks_uri\":\"/keys\"}|" + KEYS + "|its metadata have a jwks_uri that is no URL",
                "{\"issuer\":\"URL\",\"jwks_uri\":\"http://localhost:1/\"}|" + KEYS
                        + "|its jwks_uri: connection refused",
                "{\"issuer\":\"https://login.example/{tenantid}\",\"jwks_uri\":\"URL/keys\"}|" + KEYS
                        + "|its metadata have a pattern in place of one issuer; the URL of a single tenant is needed",
                "{\"issuer\":\"URL\",\"jwks_uri\":\"URL/none\"}|" + KEYS + "|it answers with status 404",
                METADATA + "|<html>|its jwks_uri: its answer is not the JSON that is expected",
                METADATA + "|{\"keys\":[]}|it publishes no usable keys",
            })
    void anIssuerThatCannotBeUsedIsAFailureThatSaysWhy(String metadata, String keys, String why) throws Exception {
        issuerAnswers(metadata, keys);

        JsonNode report = examined(1, goodBut("QUARKUS_OIDC_AUTH_SERVER_URL", upstream + "/realm"));

        assertThat(verdict(report, Check.ISSUER)).isEqualTo("failed");
        assertThat(detail(report, Check.ISSUER)).startsWith(why);
        assertThat(verdict(report, Check.AUTHORIZE)).isEqualTo("ok");
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:1, connection refused",
        "http://no-such-host.invalid, its name cannot be resolved",
        "UPSTREAM/no-such-realm, its metadata: status 404",
        "https://UPSTREAM, no TLS connection"
    })
    void anIssuerThatCannotBeReachedIsAFailureThatSaysWhy(String url, String why) throws Exception {
        String address = url.replace("https://UPSTREAM", upstream.replace("http:", "https:"))
                .replace("UPSTREAM", upstream);

        JsonNode report = examined(1, goodBut("QUARKUS_OIDC_AUTH_SERVER_URL", address));

        assertThat(verdict(report, Check.ISSUER)).isEqualTo("failed");
        assertThat(detail(report, Check.ISSUER)).startsWith(why);
        assertThat(verdict(report, Check.AUTHORIZE)).isEqualTo("ok");
    }

    @Test
    void anIssuerOfAnotherNameIsAWarningUnlessThatIsSet() throws Exception {
        issuerAnswers(METADATA.replace("\"URL\"", "\"https://elsewhere.example\""), KEYS);
        var settings = goodBut("QUARKUS_OIDC_AUTH_SERVER_URL", upstream + "/realm");

        JsonNode report = examined(0, settings);
        assertThat(verdict(report, Check.ISSUER)).isEqualTo("warning");
        assertThat(detail(report, Check.ISSUER)).contains("https://elsewhere.example");

        settings.put("QUARKUS_OIDC_TOKEN_ISSUER", "https://elsewhere.example");
        assertThat(verdict(examined(0, settings), Check.ISSUER)).isEqualTo("ok");
    }

    @Test
    void anIssuerThatRefusesToIntrospectIsAWarning() throws Exception {
        issuerAnswers(METADATA.replace("}", ",\"introspection_endpoint\":\"URL/introspect\"}"), KEYS);
        Sandbox.stubs().stubFor(post(urlEqualTo("/realm/introspect")).willReturn(unauthorized()));

        JsonNode report = examined(
                0,
                goodBut(
                        "QUARKUS_OIDC_AUTH_SERVER_URL", upstream + "/realm",
                        "QUARKUS_OIDC_CLIENT_ID", "gateway",
                        "QUARKUS_OIDC_CREDENTIALS_SECRET", "wrong"));

        assertThat(verdict(report, Check.ISSUER)).isEqualTo("warning");
        assertThat(detail(report, Check.ISSUER)).contains("status 401");
    }

    private static void issuerAnswers(String metadata, String keys) {
        Sandbox.stubs()
                .stubFor(get(urlEqualTo("/realm/.well-known/openid-configuration"))
                        .willReturn(okJson(metadata.replace("URL", upstream + "/realm"))));
        Sandbox.stubs().stubFor(get(urlEqualTo("/realm/keys")).willReturn(okJson(keys)));
    }

    @Test
    void whatEndsTheStartOnlyWithAnIssuerIsAFailure() throws Exception {
        JsonNode report = examined(
                1,
                goodBut(
                        "QUARKUS_OIDC_AUTH_SERVER_URL",
                        upstream + "/realm",
                        "QUARKUS_OIDC_TLS_TLS_CONFIGURATION_NAME",
                        "no-such-name"));

        assertThat(report.at("/checks/0/detail").asText())
                .startsWith("QUARKUS_OIDC_TLS_TLS_CONFIGURATION_NAME cannot be used");
    }

    @Test
    void aSettingOfQuarkusItselfThatCannotBeReadIsNamedAndNotShown() throws Exception {
        JsonNode report = examined(1, goodBut("QUARKUS_REDIS_HOSTS", "redis://x:" + PASSWORD + " @h"));

        assertThat(report.at("/checks/0/verdict").asText()).isEqualTo("failed");
        assertThat(report.at("/checks/0/detail").asText()).contains("QUARKUS_REDIS_HOSTS");
    }

    @Test
    void aClockThatIsFarOffIsAWarning() throws Exception {
        String anHourAgo = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                Instant.now().minus(Duration.ofHours(1)).atOffset(ZoneOffset.UTC));
        Sandbox.stubs()
                .stubFor(post(urlEqualTo(Sandbox.AUTHORIZE))
                        .atPriority(1)
                        .willReturn(okJson("{\"access_token\":\"token-of-the-past\",\"expiry\":\"24hrs\"}")
                                .withHeader("Date", anHourAgo)));

        JsonNode report = examined(0, goodBut());

        assertThat(verdict(report, Check.CLOCK)).isEqualTo("warning");
        assertThat(report.toString()).doesNotContain("token-of-the-past");
    }

    @Test
    void theTlsOfTheServiceIsTheOneThatIsChecked() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            var certificate = SelfSigned.of("localhost", 30);
            String url = tlsUpstream(vertx, certificate);

            assertThat(verdict(examined(1, goodBut("DEEPVUE_BASE_URL", url)), Check.TLS))
                    .isEqualTo("failed");
            JsonNode trusted = examined(0, trusting(certificate, url));
            assertThat(verdict(trusted, Check.TLS)).isEqualTo("ok");
            assertThat(verdict(trusted, Check.AUTHORIZE)).isEqualTo("ok");
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @Test
    void theWayOfTheServiceThroughAProxyIsTheOneThatIsChecked() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (var proxy = new ScriptedProxy().asksFor("user", "pr0xy-s3cret")) {
            var certificate = SelfSigned.of("deepvue.invalid", 30);
            String url = tlsUpstream(vertx, certificate).replace("localhost", "deepvue.invalid");
            Map<String, String> environment = trusting(certificate, url);
            environment.put("https_proxy", "http://user:pr0xy-s3cret@localhost:" + proxy.port());

            var ended = PackagedService.run(environment, "doctor");

            assertThat(ended.exitCode()).as(ended.out() + ended.err()).isZero();
            assertThat(ended.out())
                    .contains("deepvue.invalid is looked up by the proxy localhost:" + proxy.port())
                    .contains("via proxy localhost:" + proxy.port())
                    .containsPattern("authorize +ok")
                    .doesNotContain("pr0xy-s3cret");
            assertThat(ended.err()).doesNotContain("pr0xy-s3cret");
            assertThat(proxy.heads()).hasSize(2).allMatch(head -> head.startsWith("CONNECT deepvue.invalid:"));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @Test
    void aProxyThatRefusesIsAFailureThatSaysSo() throws Exception {
        try (var proxy = new ScriptedProxy().asksFor("user", "pr0xy-s3cret")) {
            JsonNode report = examined(
                    1,
                    goodBut(
                            "DEEPVUE_BASE_URL",
                            "https://deepvue.invalid",
                            "HTTPS_PROXY",
                            "http://user:another@localhost:" + proxy.port()));

            assertThat(verdict(report, Check.DNS)).isEqualTo("ok");
            assertThat(verdict(report, Check.TLS)).isEqualTo("failed");
            assertThat(report.toString()).contains("status 407").doesNotContain("another");
        }
    }

    @Test
    void everyAddressOfTheHostIsTried(@TempDir Path directory) throws Exception {
        assumeFalse(PackagedService.isNative(), "a binary asks the operating system, which knows no such host");
        Vertx vertx = Vertx.vertx();
        try {
            Path hosts = Files.writeString(
                    directory.resolve("hosts"), "127.0.0.2 deepvue.invalid\n127.0.0.1 deepvue.invalid localhost\n");
            var certificate = SelfSigned.of("deepvue.invalid", 30);
            String url = tlsUpstream(vertx, certificate).replace("localhost", "deepvue.invalid");
            Map<String, String> environment = trusting(certificate, url);
            environment.put("JAVA_TOOL_OPTIONS", "-Djdk.net.hosts.file=" + hosts);

            JsonNode report = examined(0, environment);

            assertThat(verdict(report, Check.TLS)).isEqualTo("ok");
            assertThat(verdict(report, Check.AUTHORIZE)).isEqualTo("ok");
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    @Test
    void aCertificateThatIsOverIsAFailure() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            var certificate = SelfSigned.expiredOfAnAuthority();

            JsonNode report = examined(1, trusting(certificate, tlsUpstream(vertx, certificate)));

            assertThat(verdict(report, Check.TLS)).isEqualTo("failed");
            assertThat(report.toString()).contains("ended 5 days ago");
            assertThat(verdict(report, Check.AUTHORIZE)).isEqualTo("skipped");
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    private static Map<String, String> trusting(SelfSigned certificate, String url) {
        return goodBut(
                "DEEPVUE_BASE_URL",
                url,
                "QUARKUS_TLS_DEEPVUE_TRUST_STORE_P12_PATH",
                certificate.authority().toString(),
                "QUARKUS_TLS_DEEPVUE_TRUST_STORE_P12_PASSWORD",
                SelfSigned.PASSWORD);
    }

    private static String tlsUpstream(Vertx vertx, SelfSigned certificate) {
        return "https://localhost:"
                + vertx.createHttpServer(new HttpServerOptions().setSsl(true).setKeyCertOptions(certificate.options()))
                        .requestHandler(request -> request.response()
                                .end("{\"access_token\":\"tls-upstream-token\",\"expiry\":\"24hrs\"}"))
                        .listen(0, "127.0.0.1")
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join()
                        .actualPort();
    }

    /** They are for the other connections of the JVM: those of this service name their protocols. */
    @Test
    void protocolsOfTheClientsOfTheJvmAreNoFault() throws Exception {
        JsonNode report = examined(0, goodBut("JAVA_TOOL_OPTIONS", "-Djdk.tls.client.protocols=TLSv1.2"));

        assertThat(verdict(report, Check.CONFIGURATION)).isEqualTo("ok");
    }

    @Test
    @Needs(Needs.Tool.REDIS)
    void aUserOfRedisWhoMayNotRunScriptsIsAFailure() throws Exception {
        String rights = "+@connection +eval +@read +@write +@scripting -evalsha +time ~itr-gateway:*";
        try (var redis = new RedisServer(("--user gateway on >" + PASSWORD + " " + rights).split(" "))) {
            JsonNode report = examined(
                    1, goodBut("GATEWAY_REDIS_URL", "redis://gateway:" + PASSWORD + "@127.0.0.1:" + redis.port()));

            assertThat(verdict(report, Check.REDIS)).isEqualTo("failed");
            assertThat(report.toString()).contains("EVALSHA");
        }
    }

    @Test
    @Needs(Needs.Tool.REDIS)
    void aRedisThatRequiresAPasswordIsReportedAsSuch() throws Exception {
        try (var redis = new RedisServer("--requirepass", PASSWORD)) {
            JsonNode report = examined(1, goodBut("GATEWAY_REDIS_URL", "redis://127.0.0.1:" + redis.port()));

            assertThat(verdict(report, Check.REDIS)).isEqualTo("failed");
            assertThat(report.toString()).contains("asks for a password, and GATEWAY_REDIS_URL has none");
        }
    }

    @Test
    @Needs(Needs.Tool.REDIS)
    void aRedisThatWorksIsHealthyAndTheAuthorizeIsInTheBudgetOfAll() throws Exception {
        try (var redis = new RedisServer()) {
            JsonNode report = examined(
                    0, goodBut("GATEWAY_REDIS_URL", redis.url(), "DEEPVUE_PLAN", "starter", "GATEWAY_REPLICAS", "2"));

            assertThat(verdict(report, Check.REDIS)).isEqualTo("ok");
            assertThat(redis.keys())
                    .anyMatch(key -> key.endsWith("}:budget:calls"))
                    .noneMatch(key -> key.endsWith("}:token"))
                    .noneMatch(key -> key.contains("checkup"));
            assertThat(replicas(redis)).hasSize(1).allMatch(replica -> replica.matches("\\d+ \\d+ 0 \\d"));
        }
    }

    /** Of those in the budget: end of the lease, when it was heard of, number of replicas (0 after it has left), whether calls wait. */
    private static List<String> replicas(RedisServer redis) {
        return StreamSupport.stream(
                        redis.command(Command.HVALS, keyOfReplicas(redis)).spliterator(), false)
                .map(Response::toString)
                .toList();
    }

    private static String keyOfReplicas(RedisServer redis) {
        return redis.keys().stream()
                .filter(name -> name.endsWith("}:budget:replicas"))
                .findFirst()
                .orElseThrow();
    }

    /** Redis keeps the part of one that was killed for 5 s, as long as a call waits for its turn. */
    @Test
    @Needs(Needs.Tool.REDIS)
    void theAuthorizeIsMadeWhenTheOnlyReplicaWasKilledJustBefore() throws Exception {
        try (var redis = new RedisServer()) {
            var settings = goodBut("GATEWAY_REDIS_URL", redis.url(), "DEEPVUE_PLAN", "starter");
            examined(0, settings);
            String now = System.currentTimeMillis() + "000";
            redis.command(Command.HSET, keyOfReplicas(redis), "killed", now + ' ' + now + " 1 0");

            assertThat(verdict(examined(0, settings), Check.AUTHORIZE)).isEqualTo("ok");
        }
    }

    /** Both attempts take longer than the check may. */
    @Test
    @Needs(Needs.Tool.REDIS)
    void aPlanOfWhichAnotherReplicaGivesNoPartIsTheReason() throws Exception {
        ScheduledExecutorService other = Executors.newSingleThreadScheduledExecutor();
        try (var redis = new RedisServer()) {
            var settings = goodBut("GATEWAY_REDIS_URL", redis.url(), "DEEPVUE_PLAN", "starter");
            examined(0, settings);
            String replicas = keyOfReplicas(redis);
            other.scheduleWithFixedDelay(
                    () -> {
                        String now = System.currentTimeMillis() + "000";
                        redis.command(Command.HSET, replicas, "other", now + ' ' + now + " 1 0");
                    },
                    0,
                    500,
                    TimeUnit.MILLISECONDS);

            assertThat(text(examined(1, settings), Check.AUTHORIZE, "detail"))
                    .contains("the plan has no place for it within GATEWAY_MAX_WAIT");
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    @Needs(Needs.Tool.REDIS)
    void aPlanThatCannotBeReadDoesNotReachTheBudgetOfRunningReplicas() throws Exception {
        try (var redis = new RedisServer()) {
            JsonNode report = examined(1, goodBut("GATEWAY_REDIS_URL", redis.url(), "DEEPVUE_PLAN", "enterprize"));

            assertThat(verdict(report, Check.REDIS)).isEqualTo("ok");
            assertThat(redis.keys()).noneMatch(key -> key.contains("}:budget:"));
        }
    }

    @Test
    void whatIsNotUnderstoodIsAnsweredWithTheUsage() throws Exception {
        var ended = PackagedService.run(goodBut(), "docter");

        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains("usage:").contains("doctor --json");
    }
}
