package io.itrgateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.itrgateway.config.Variables;
import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.SelfSigned;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged service, started as an operator starts it, with a configuration that cannot work. */
class RefusedStartIT {

    private static final String DIGEST = "81db8ebbbbc69c6c6ad4a6aa92b76e0c08af547da236b9e2c9dbe1d8285a8130";

    private static final Map<String, String> GOOD = Map.of(
            "DEEPVUE_CLIENT_ID", "bench",
            "DEEPVUE_CLIENT_SECRET", "very-secret-indeed",
            "GATEWAY_API_KEYS", "acme:" + DIGEST);

    private record Ended(int exitCode, String output) {
        private List<String> faults() {
            return output.lines()
                    .filter(line -> line.contains("configuration: "))
                    .toList();
        }
    }

    private static Ended start(Map<String, String> environment) throws IOException, InterruptedException {
        try (var service = PackagedService.start(environment)) {
            return new Ended(service.exitCode(), service.output());
        }
    }

    private static Map<String, String> goodBut(String... namesAndValues) {
        Map<String, String> environment = new HashMap<>(GOOD);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return environment;
    }

    @Test
    void namesEverythingThatIsMissingInOneLineEach() throws Exception {
        var ended = start(Map.of());

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .hasSize(3)
                .anyMatch(line -> line.contains("DEEPVUE_CLIENT_ID is not set"))
                .anyMatch(line -> line.contains("DEEPVUE_CLIENT_SECRET is not set"))
                .anyMatch(line -> line.contains("GATEWAY_API_KEYS is not set") && line.contains("sha256sum"));
        assertThat(ended.output).doesNotContain("\tat ");
    }

    @Test
    void namesEverythingThatIsWrongAndWhatItHolds(@TempDir Path directory) throws Exception {
        var ended = start(goodBut(
                "DEEPVUE_BASE_URL", "production.deepvue.tech",
                "DEEPVUE_TIMEOUT", "soon",
                "DEEPVUE_CONNECT_TIMEOUT", "1h",
                "DEEPVUE_AUTHORIZE_ENCODING", "json",
                "GATEWAY_MAX_IN_FLIGHT", "0",
                "GATEWAY_MAX_WAITING", "-1",
                "GATEWAY_MAX_WAIT", "6m",
                "GATEWAY_HOLD_BACK", "-1s",
                "GATEWAY_BREAKER_ATTEMPTS", "1",
                "GATEWAY_BREAKER_PAUSE", "0s",
                "GATEWAY_CALLER_LIMITS", "acme:5",
                "GATEWAY_IDEMPOTENCY_MEMORY", "64MiB",
                "DEEPVUE_PLAN", "premium",
                "GATEWAY_REFERENCE", "yes",
                "GATEWAY_RELAY", "GET /v1/fine, POST /v1/authorize",
                "GATEWAY_RELAY_MEMORY", "7",
                "GATEWAY_AUDIT_KEY", "guessable",
                "GATEWAY_DRAIN", "11m",
                "SMALLRYE_CONFIG_LOCATIONS", "/nowhere/app.properties",
                "QUARKUS_LOG_FILE_ENABLED", "true",
                "QUARKUS_LOG_FILE_PATH", directory.toString(),
                "QUARKUS_TLS_DEEPVUE_PROTOCOLS", "TLS13",
                // Quarkus would end the start at each of them before any other fault is known.
                "QUARKUS_HTTP_PORT", "abc",
                "QUARKUS_LOG_LEVEL", "foo",
                "QUARKUS_HTTP_LIMITS_MAX_CONNECTIONS", "x",
                "QUARKUS_HTTP_SSL_CLIENT_AUTH", "required",
                // Where numbers have other digits.
                "JAVA_TOOL_OPTIONS", "-Duser.language=ar -Duser.country=EG"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .hasSize(25)
                .anyMatch(line -> line.contains("QUARKUS_HTTP_PORT is \"abc\"; it should be a number from 0 to 65535"))
                .anyMatch(line -> line.contains("QUARKUS_LOG_LEVEL is \"foo\"; it should be OFF, FATAL, ERROR"))
                .anyMatch(line -> line.contains(
                        "QUARKUS_HTTP_LIMITS_MAX_CONNECTIONS is \"x\"; it should be a whole number from 1"))
                .anyMatch(line ->
                        line.contains("SMALLRYE_CONFIG_LOCATIONS lists \"/nowhere/app.properties\", which does not"))
                .anyMatch(line ->
                        line.contains("QUARKUS_LOG_FILE_PATH is \"" + directory + "\"; it should be the path of"))
                .anyMatch(line ->
                        line.contains("QUARKUS_HTTP_SSL_CLIENT_AUTH is \"required\"; it should be NONE or left out"))
                .anyMatch(line -> line.contains("QUARKUS_TLS_DEEPVUE_PROTOCOLS lists \"TLS13\""))
                .anyMatch(line -> line.contains("GATEWAY_RELAY lists \"POST /v1/authorize\", whose path is"))
                .anyMatch(line ->
                        line.contains("GATEWAY_RELAY_MEMORY is \"7\"; it should be a whole number from 8 to 65536"))
                .anyMatch(line -> line.contains("GATEWAY_AUDIT_KEY has fewer than 32 characters"))
                .noneMatch(line -> line.contains("guessable"))
                .anyMatch(line -> line.contains("DEEPVUE_BASE_URL is \"production.deepvue.tech\""))
                .anyMatch(line -> line.contains("DEEPVUE_TIMEOUT is \"soon\""))
                .anyMatch(line -> line.contains("DEEPVUE_CONNECT_TIMEOUT is \"1h\""))
                .anyMatch(
                        line -> line.contains("DEEPVUE_AUTHORIZE_ENCODING is \"json\"; it should be form or multipart"))
                .anyMatch(line -> line.contains("GATEWAY_MAX_IN_FLIGHT is \"0\""))
                .anyMatch(line -> line.contains("GATEWAY_MAX_WAITING is \"-1\""))
                .anyMatch(line -> line.contains("GATEWAY_MAX_WAIT is \"6m\"; it should be a time such as"))
                .anyMatch(line -> line.contains("GATEWAY_HOLD_BACK is \"-1s\""))
                .anyMatch(line -> line.contains("GATEWAY_BREAKER_ATTEMPTS is \"1\""))
                .anyMatch(line -> line.contains("GATEWAY_BREAKER_PAUSE is \"0s\""))
                .anyMatch(line -> line.contains("GATEWAY_CALLER_LIMITS is \"acme:5\"; it should be name:per-second/"))
                .anyMatch(line -> line.contains("GATEWAY_IDEMPOTENCY_MEMORY is \"64MiB\"; it should be a whole number"))
                .anyMatch(line -> line.contains("DEEPVUE_PLAN is \"premium\"; it should be unlimited, starter,"))
                .anyMatch(line -> line.contains("GATEWAY_REFERENCE is \"yes\"; it should be off, on or sandbox"))
                .anyMatch(line ->
                        line.contains("GATEWAY_DRAIN is \"11m\"; it should be") && line.contains("from 0s to 600s"));
    }

    @Test
    void refusesAProxyThatCannotBeUsedWithoutSayingItsPassword() throws Exception {
        var ended = start(goodBut("https_proxy", "https://user:pr0xy-s3cret@proxy:3128", "NO_PROXY", "10.0.0.0/99"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .hasSize(2)
                .anyMatch(line -> line.contains("HTTPS_PROXY asks for TLS on the way to the proxy itself"))
                .anyMatch(line -> line.contains("NO_PROXY is \"10.0.0.0/99\""));
        assertThat(ended.output).doesNotContain("pr0xy-s3cret");
    }

    @ParameterizedTest
    @CsvSource({
        "OTEL_EXPORTER_OTLP_PROTOCOL, http/json, grpc or http/protobuf",
        "OTEL_EXPORTER_OTLP_HEADERS, secret, name=value",
        "OTEL_TRACES_SAMPLER, always, parentbased_traceidratio",
        "OTEL_TRACES_SAMPLER_ARG, 10%, a number from 0 to 1",
        "QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT, collector, the http or https URL of a collector"
    })
    void aSettingOfTracesThatCannotBeUsedHidesNoOtherFault(String name, String value, String shouldBe)
            throws Exception {
        var ended = start(
                goodBut("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317", name, value, "DEEPVUE_PLAN", "startr"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .hasSize(2)
                .anyMatch(line -> line.contains(name + " cannot be used; it should be " + shouldBe))
                .anyMatch(line -> line.contains("DEEPVUE_PLAN is \"startr\""));
        assertThat(ended.output).doesNotContain("\tat ");
    }

    @ParameterizedTest
    @CsvSource({"QUARKUS_OIDC_AUTH_SERVER_URL,issuer.example.com", "QUARKUS_OIDC_PUBLIC_KEY,notakey"})
    void anIssuerThatCannotBeUsedHidesNoOtherFault(String name, String value) throws Exception {
        var ended = start(Map.of(
                "DEEPVUE_CLIENT_ID",
                "bench",
                "DEEPVUE_CLIENT_SECRET",
                "very-secret-indeed",
                name,
                value,
                "DEEPVUE_PLAN",
                "startr",
                "QUARKUS_HTTP_PORT",
                "x"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .hasSize(3)
                .anyMatch(line -> line.contains(name + " is not a "))
                .anyMatch(line -> line.contains("DEEPVUE_PLAN is \"startr\""))
                .anyMatch(line -> line.contains("QUARKUS_HTTP_PORT is \"x\""));
        assertThat(ended.output).doesNotContain("\tat ");
    }

    @Test
    void createsNoFileOfTheAudit(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("new").resolve("audit $1").resolve("audit.log");

        var ended = start(goodBut(
                "DEEPVUE_PLAN", "startr",
                "GATEWAY_AUDIT_KEY", "0123456789abcdef0123456789abcdef",
                "GATEWAY_AUDIT_FILE", file.toString()));

        assertThat(ended.faults()).hasSize(1);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void keepsAFileOfTheAuditThatWasThere(@TempDir Path directory) throws Exception {
        Path file = Files.createFile(directory.resolve("audit.log"));

        start(goodBut(
                "DEEPVUE_PLAN", "startr",
                "GATEWAY_AUDIT_KEY", "0123456789abcdef0123456789abcdef",
                "GATEWAY_AUDIT_FILE", file.toString()));

        assertThat(file).exists();
    }

    @Test
    void keepsALinkToAFileOfTheAuditThatIsNotThereYet(@TempDir Path directory) throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("audit.log"), directory.resolve("disk.log"));

        start(goodBut(
                "DEEPVUE_PLAN", "startr",
                "GATEWAY_AUDIT_KEY", "0123456789abcdef0123456789abcdef",
                "GATEWAY_AUDIT_FILE", link.toString()));

        assertThat(link).isSymbolicLink();
    }

    @Test
    void namesWhatAMisspeltVariableWasMeantToBe() throws Exception {
        var ended =
                start(goodBut("DEEPVUE_PLN", "growth", "GATEWAY_SERVICE_HOST", "10.0.0.1", "GATEWAY_COLOUR", "blue"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .hasSize(2)
                .anyMatch(line ->
                        line.contains("DEEPVUE_PLN is not a variable of this service; did you mean DEEPVUE_PLAN?"))
                .anyMatch(line -> line.contains("GATEWAY_COLOUR is not a variable of this service and has no effect"));
    }

    @Test
    void settingsThatAreEmptyOrNotKnownAreNamedWithEverythingElse(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("app.properties"), "deepvue.pln=growth\ngateway.colour=blue\n");

        var ended = start(goodBut(
                "DEEPVUE_PLAN", "",
                "DEEPVUE_TIMEOUT", "",
                "GATEWAY_DRAIN", "soon",
                "SMALLRYE_CONFIG_LOCATIONS", file.toString()));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .hasSize(5)
                .anyMatch(line -> line.contains("DEEPVUE_PLAN is \"\"; it should be unlimited, starter,"))
                .anyMatch(line -> line.contains("DEEPVUE_TIMEOUT is \"\"; it should be a time"))
                .anyMatch(line -> line.contains("GATEWAY_DRAIN is \"soon\""))
                .anyMatch(line ->
                        line.contains("deepvue.pln is not a setting of this service; did you mean deepvue.plan?"))
                .anyMatch(line -> line.contains("gateway.colour is not a setting of this service"));
        assertThat(ended.output).doesNotContain("\tat ");
    }

    @Test
    void refusesPlainHttpAndAVersionInTheUrl() throws Exception {
        var ended = start(goodBut("DEEPVUE_BASE_URL", "http://production.deepvue.tech/v1"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .hasSize(2)
                .anyMatch(line -> line.contains("DEEPVUE_ALLOW_HTTP"))
                .anyMatch(line -> line.contains("without /v1"));
    }

    @Test
    void refusesSettingsThatHaveNoEffectWithoutAnother() throws Exception {
        var ended = start(goodBut(
                "GATEWAY_CALLER_LIMITS", "nobody:5/100/2000,oidc:asha:1/1/1",
                "GATEWAY_REPLICAS", "3",
                "GATEWAY_REDIS_ACKS", "1"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .hasSize(3)
                .anyMatch(line -> line.contains("GATEWAY_CALLER_LIMITS names \"nobody\", which is not a caller"))
                .anyMatch(line -> line.contains("GATEWAY_REDIS_URL is not set, and GATEWAY_REPLICAS is"))
                .anyMatch(line -> line.contains("GATEWAY_REDIS_URL is not set, and GATEWAY_REDIS_ACKS is"));
    }

    @Test
    void refusesAnIdleTimeoutThatACallCanOutlast() throws Exception {
        var ended = start(goodBut("QUARKUS_HTTP_IDLE_TIMEOUT", "35s"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .singleElement()
                .asString()
                .contains("QUARKUS_HTTP_IDLE_TIMEOUT is \"35s\"; it should be longer than GATEWAY_MAX_WAIT");
    }

    @Test
    void refusesTheKeyOfACallerAsThatOfTheOperators() throws Exception {
        var ended = start(goodBut("GATEWAY_OPERATOR_KEY", DIGEST));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .singleElement()
                .asString()
                .contains("GATEWAY_OPERATOR_KEY is the digest of a caller's key in GATEWAY_API_KEYS")
                .doesNotContain(DIGEST);
    }

    @Test
    void warnsOfThePublicKeyOfTheSandboxInFrontOfDeepvue() throws Exception {
        var ended = start(goodBut("GATEWAY_API_KEYS", Sandbox.API_KEYS, "DEEPVUE_PLAN", "startr"));

        assertThat(ended.faults())
                .hasSize(2)
                .anyMatch(line ->
                        line.contains("WARN") && line.contains("GATEWAY_API_KEYS accepts the key of the sandbox"));
    }

    @Test
    void neverSaysASecretThatIsGivenAsTheProfile() throws Exception {
        var ended = start(goodBut("QUARKUS_PROFILE", "n0t-f0r-4ny-l0g"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .singleElement()
                .asString()
                .contains("QUARKUS_PROFILE is a text of 15 characters")
                .contains("it should be prod, or not set");
        assertThat(ended.output).doesNotContain("n0t-f0r-4ny-l0g");
    }

    @Test
    void refusesAListOfKeysWithoutEntries() throws Exception {
        var ended = start(goodBut("GATEWAY_API_KEYS", " , "));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults()).hasSize(1).anyMatch(line -> line.contains("GATEWAY_API_KEYS names no caller"));
    }

    @Test
    void saysOneLineForAProfileOfDevelopment() throws Exception {
        var ended = start(Map.of("QUARKUS_PROFILE", "dev"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .singleElement()
                .asString()
                .contains("QUARKUS_PROFILE is \"dev\", which is for the development of this service");
        assertThat(ended.output).doesNotContain("WARN");
    }

    @Test
    void namesASwitchThatIsNeitherTrueNorFalseAndDoesNotSayItsValue() throws Exception {
        var ended = start(goodBut(
                "QUARKUS_HTTP_PROXY_PROXY_ADDRESS_FORWARDING", "yess",
                "QUARKUS_TLS_DEEPVUE_TRUST_ALL", "n0t-f0r-4ny-l0g"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.output)
                .contains(
                        "QUARKUS_HTTP_PROXY_PROXY_ADDRESS_FORWARDING, QUARKUS_TLS_DEEPVUE_TRUST_ALL cannot be used; it"
                                + " should be true or false")
                .doesNotContain("n0t-f0r-4ny-l0g")
                .doesNotContain("\tat ");
    }

    @Test
    void neverSaysASecret(@TempDir Path directory) throws Exception {
        String digest = "not-quite-a-digest-0123456789";
        Path twice = Files.writeString(
                directory.resolve("app.properties"), "gateway.audit-key=said-first\ngateway.audit-key=said-second\n");

        var ended = start(goodBut(
                "GATEWAY_API_KEYS",
                "acme:" + digest,
                "DEEPVUE_CLIENT_SECRET",
                "very secret indeed",
                "SMALLRYE_CONFIG_LOCATIONS",
                twice.toString()));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .hasSize(3)
                .anyMatch(line -> line.contains("number 1"))
                .anyMatch(line -> line.contains("GATEWAY_AUDIT_KEY has fewer"));
        assertThat(ended.output)
                .doesNotContain(digest)
                .doesNotContain("very secret indeed")
                .doesNotContain("said-first")
                .doesNotContain("said-second");
    }

    /** Quarkus fails before its log is configured, and then prints what was logged until then. */
    @Test
    void neverSaysASecretOfAFileWhereQuarkusFailsEarly(@TempDir Path directory) throws Exception {
        Path twice = Files.writeString(
                directory.resolve("app.properties"), "gateway.audit-key=said-first\ngateway.audit-key=said-second\n");

        var ended = start(goodBut(
                "SMALLRYE_CONFIG_LOCATIONS", twice.toString(),
                "QUARKUS_LOG_FILE_ENABLED", "said-third",
                "QUARKUS_CONFIG_LOG_VALUES", "true",
                "QUARKUS_LOG_LEVEL", "DEBUG",
                "QUARKUS_REDIS_TIMEOUT", "often"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults()).singleElement().asString().contains("QUARKUS_REDIS_TIMEOUT cannot be used");
        assertThat(ended.output)
                .doesNotContain("said-first")
                .doesNotContain("said-second")
                .doesNotContain("said-third")
                .doesNotContain(GOOD.get("DEEPVUE_CLIENT_SECRET"));
    }

    @Test
    void neverSaysASecretWhereQuarkusLogsItsSettings() throws Exception {
        var ended = start(goodBut(
                "QUARKUS_CONFIG_LOG_VALUES", "true",
                "QUARKUS_LOG_LEVEL", "DEBUG",
                "DEEPVUE_PLAN", "startr"));

        assertThat(ended.output)
                .contains("DEBUG", "DEEPVUE_PLAN is \"startr\"")
                .doesNotContain(GOOD.get("DEEPVUE_CLIENT_SECRET"));
    }

    @Test
    void neverSaysASecretThatIsGivenInPlaceOfAnotherSetting() throws Exception {
        Map<String, String> environment = new HashMap<>();
        Variables.properties().forEach(property -> environment.put(Variables.nameOf(property), "n0t-f0r-4ny-l0g"));

        var ended = start(environment);

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults()).hasSizeGreaterThan(20);
        assertThat(ended.output).doesNotContain("n0t-f0r-4ny-l0g").doesNotContain("\tat ");
    }

    @Test
    void saysOneLineForAValueInQuotationMarks() throws Exception {
        var ended = start(goodBut("DEEPVUE_CLIENT_SECRET", "\"very-secret-indeed\"", "DEEPVUE_PLAN", "'growth'"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .hasSize(2)
                .anyMatch(line -> line.contains("DEEPVUE_CLIENT_SECRET is in quotation marks"))
                .anyMatch(line -> line.contains("DEEPVUE_PLAN is in quotation marks"));
        assertThat(ended.output).doesNotContain("very-secret-indeed");
    }

    @Test
    void saysOneLineForAFileThatCannotBeRead() throws Exception {
        Map<String, String> environment = goodBut("DEEPVUE_CLIENT_SECRET_FILE", "/tmp/nowhere/secret");
        environment.remove("DEEPVUE_CLIENT_SECRET");

        var ended = start(environment);

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .singleElement()
                .asString()
                .contains("DEEPVUE_CLIENT_SECRET_FILE is \"/tmp/nowhere/secret\", which does not exist");
    }

    @Test
    void saysOneLineForWhatQuarkusRefuses() throws Exception {
        try (var taken = new ServerSocket(0)) {
            var ended = start(goodBut("QUARKUS_HTTP_PORT", Integer.toString(taken.getLocalPort())));

            assertThat(ended.exitCode).isNotZero();
            assertThat(ended.faults())
                    .singleElement()
                    .asString()
                    .contains("port %d is in use by another process".formatted(taken.getLocalPort()));
            assertThat(ended.output).doesNotContain("\tat ");
        }
    }

    /** A failure of Quarkus that names no setting. */
    @Test
    void saysOneLineWithTheGivenSettingsForANumberThatQuarkusRefuses() throws Exception {
        String name = "QUARKUS_LOG_CONSOLE_ASYNC_QUEUE_LENGTH";

        var ended = start(goodBut(name, "0", "QUARKUS_LOG_LEVEL", "INFO"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .singleElement()
                .asString()
                .contains("among " + name, "(IllegalArgumentException")
                .doesNotContain("QUARKUS_LOG_LEVEL");
        assertThat(ended.output).doesNotContain("\tat ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            QUARKUS_HTTP_AUTH_PERMISSION_ITR_PATHS=/v1/* QUARKUS_HTTP_AUTH_PERMISSION_ITR_POLICY=itr | QUARKUS_HTTP_AUTH_PERMISSION_*_POLICY cannot be used; it should be permit, deny,
            QUARKUS_PROXY_HOST=proxy | QUARKUS_PROXY_* cannot be used; it should be a host with a port, and a user with a password
            QUARKUS_PROXY_HOST=proxy:8080 QUARKUS_PROXY_PORT=8080 | QUARKUS_PROXY_HOST is "proxy:8080"; it should be the name or
            QUARKUS_HTTP_TLS_CONFIGURATION_NAME=in QUARKUS_TLS_IN_PROTOCOLS=TLSv1.3 | QUARKUS_HTTP_TLS_CONFIGURATION_NAME names a TLS configuration without a key store
            QUARKUS_HTTP_DOMAIN_SOCKET_ENABLED=true QUARKUS_HTTP_DOMAIN_SOCKET=s3cret | QUARKUS_HTTP_DOMAIN_SOCKET_ENABLED is "true"; it should be false, or left out
            QUARKUS_REDIS_HOSTS_PROVIDER_NAME=s3cret | cannot use one of its settings, probably among QUARKUS_REDIS_HOSTS_PROVIDER_NAME
            QUARKUS_THREAD_POOL_MAX_THREADS=many | QUARKUS_THREAD_POOL_MAX_THREADS is "many"; it should be a whole number
            """)
    void saysOneLineForASettingOfQuarkusThatIsWrong(String settings, String fault) throws Exception {
        Map<String, String> environment = new HashMap<>(GOOD);
        for (String setting : settings.split(" ")) {
            environment.put(setting.split("=")[0], setting.split("=")[1]);
        }

        var ended = start(environment);

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults()).singleElement().asString().contains(fault);
        assertThat(ended.output).doesNotContain("\tat ").doesNotContain("s3cret");
    }

    /** They may quote a setting. */
    @Test
    void aFailureThatIsNotKnownToBeOfASettingIsShownWithoutItsMessages() throws Exception {
        var ended = start(goodBut("QUARKUS_HTTP_SSL_CERTIFICATE_CREDENTIALS_PROVIDER", "vault"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.output)
                .contains("RuntimeException", "\tat io.quarkus.credentials.runtime.CredentialsProviderFinder")
                .doesNotContain("unable to find");
    }

    @Test
    void namesTheFileOfTlsThatCannotBeUsed(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("ca.pem"), "s3cret-content");

        var ended = start(goodBut("QUARKUS_TLS_DEEPVUE_TRUST_STORE_PEM_CERTS", file.toString()));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .singleElement()
                .asString()
                .contains(
                        "QUARKUS_TLS_DEEPVUE_TRUST_STORE_PEM_CERTS names \"" + file + "\", which holds no certificate")
                .doesNotContain("Exception");
        assertThat(ended.output).doesNotContain("s3cret-content");
    }

    @ParameterizedTest
    @CsvSource({
        "QUARKUS_TLS_TRUST_ALL, true, any certificate is accepted",
        "QUARKUS_TLS_DEEPVUE_TRUST_ALL, true, any certificate is accepted",
        "QUARKUS_TLS_DEEPVUE_HOSTNAME_VERIFICATION_ALGORITHM, NONE, accepted for any host",
        "QUARKUS_OIDC_TLS_VERIFICATION, none, any certificate is accepted",
        "QUARKUS_REDIS_TLS_TRUST_ALL, true, any certificate is accepted"
    })
    void warnsOfCertificatesThatAreNotVerified(String name, String value, String what) throws Exception {
        var ended = start(goodBut(name, value, "DEEPVUE_PLAN", "startr"));

        assertThat(ended.faults())
                .hasSize(2)
                .anyMatch(line -> line.contains("WARN") && line.contains(name + " is " + value) && line.contains(what));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            | QUARKUS_REDIS_CLIENT_TYPE is not set, and GATEWAY_REDIS_URL has several
            standalone | QUARKUS_REDIS_CLIENT_TYPE is "standalone", and GATEWAY_REDIS_URL has several
            clustr | QUARKUS_REDIS_CLIENT_TYPE is "clustr"; it should be
            """)
    void severalAddressesOfRedisWithoutATypeForSeveralHideNoOtherFault(String type, String fault) throws Exception {
        var environment = goodBut("GATEWAY_REDIS_URL", "redis://a:1,redis://b:2", "DEEPVUE_PLAN", "startr");
        if (type != null) {
            environment.put("QUARKUS_REDIS_CLIENT_TYPE", type);
        }

        var ended = start(environment);

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .hasSize(2)
                .anyMatch(line -> line.contains(fault))
                .anyMatch(line -> line.contains("DEEPVUE_PLAN is \"startr\""));
    }

    @Test
    void anExpressionForNothingHidesNoOtherFault() throws Exception {
        assumeFalse(PackagedService.isNative(), "a binary takes no options of Java");

        var ended = start(
                goodBut("DEEPVUE_PLAN", "startr", "JAVA_TOOL_OPTIONS", "-Ddeepvue.timeout=${TIMEOUT_OF_DEEPVUE}"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .hasSize(2)
                .anyMatch(line -> line.contains("DEEPVUE_TIMEOUT has an expression ${...} for something"))
                .anyMatch(line -> line.contains("DEEPVUE_PLAN is \"startr\""));
    }

    @ParameterizedTest
    @CsvSource({"0s", "-1s", "often"})
    void theReloadPeriodOfATlsConfigurationThatCannotBeUsedIsNamed(String time) throws Exception {
        String certificate = SelfSigned.of("localhost", 30).certificatePem().toString();

        var ended = start(goodBut(
                "QUARKUS_TLS_DEEPVUE_TRUST_STORE_PEM_CERTS", certificate, "QUARKUS_TLS_DEEPVUE_RELOAD_PERIOD", time));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .singleElement()
                .asString()
                .startsWith(
                        "configuration: QUARKUS_TLS_DEEPVUE_RELOAD_PERIOD cannot be used; it should be a time such as"
                                + " 1h, not 0.");
    }

    @Test
    void saysOneLineForEachFileOfACertificateThatIsMissing() throws Exception {
        var ended = start(goodBut(
                "QUARKUS_HTTP_SSL_CERTIFICATE_FILES", "/nowhere/tls.crt",
                "QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES", "/nowhere/tls.key"));

        assertThat(ended.exitCode).isNotZero();
        assertThat(ended.faults())
                .hasSize(2)
                .anyMatch(line -> line.contains(
                        "QUARKUS_HTTP_SSL_CERTIFICATE_FILES names \"/nowhere/tls.crt\", which does not exist"
                                + " or cannot be read"))
                .anyMatch(line -> line.contains(
                        "QUARKUS_HTTP_SSL_CERTIFICATE_KEY_FILES names \"/nowhere/tls.key\", which does not"
                                + " exist or cannot be read"));
        assertThat(ended.output).doesNotContain("\tat ");
    }
}
