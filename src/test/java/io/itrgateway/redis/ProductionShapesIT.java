package io.itrgateway.redis;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.itrgateway.sandbox.FreePort;
import io.itrgateway.sandbox.Needs;
import io.itrgateway.sandbox.PackagedService;
import io.itrgateway.sandbox.RecordingUpstream;
import io.itrgateway.sandbox.RedisServer;
import io.vertx.redis.client.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged service with Redis as it is run in production, set up by nothing but environment variables. */
@Needs(Needs.Tool.REDIS)
class ProductionShapesIT {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final String PASSWORD = "the-password-of-redis";

    /** What docs/replicas.md says is enough. */
    private static final String RIGHTS =
            "+@connection +eval +evalsha +@read +@write +@scripting +time +info ~itr-gateway:*";

    private static final String[] USER = ("--user gateway on >" + PASSWORD + " " + RIGHTS).split(" ");

    private final RecordingUpstream upstream = new RecordingUpstream();

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        upstream.close();
    }

    private PackagedService start(String... namesAndValues) throws IOException {
        Map<String, String> environment = new HashMap<>(upstream.environment());
        environment.put("DEEPVUE_PLAN", "enterprise");
        for (int i = 0; i < namesAndValues.length; i += 2) {
            environment.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return PackagedService.start(environment);
    }

    private static void register(PackagedService service, String key, int status) {
        service.register(key).then().statusCode(status);
    }

    private static String health(PackagedService service, String field) {
        return String.valueOf(given().port(service.port())
                .get("/q/health/ready")
                .then()
                .extract()
                .<String>path("checks.find { it.name == 'shared state' }.data." + field));
    }

    /** All three ports are used: a token, a budget and a promise lie there. */
    private void everythingWorks(PackagedService service, RedisServer redis) {
        await().atMost(LONG).until(() -> health(service, "redis").equals("up"));
        // In the first two seconds of a new Redis no key is accepted.
        await().atMost(LONG).until(() -> service.register("one").statusCode() == 200);
        register(service, "one", 200);

        assertThat(upstream.registrations()).hasSize(1);
        assertThat(redis.keys())
                .anyMatch(key -> key.endsWith(":token"))
                .anyMatch(key -> key.endsWith(":budget:calls"))
                .anyMatch(key -> key.contains(":claim:"));
        assertThat(health(service, "budget")).isEqualTo("together");
        assertThat(service.output()).doesNotContain(PASSWORD);
    }

    @Test
    void aUserWithNoMoreRightsThanItNeeds() throws Exception {
        try (var redis = new RedisServer(USER);
                var service =
                        start("GATEWAY_REDIS_URL", "redis://gateway:" + PASSWORD + "@127.0.0.1:" + redis.port())) {
            everythingWorks(service, redis);
        }
    }

    @Test
    void aWrongPasswordIsARedisThatIsAwayAndIsNotShown() throws Exception {
        try (var redis = new RedisServer(USER);
                var service =
                        start("GATEWAY_REDIS_URL", "redis://gateway:not-" + PASSWORD + "@127.0.0.1:" + redis.port())) {
            await().atMost(LONG).until(() -> service.output().contains("redis: it does not answer"));

            register(service, "one", 503);

            assertThat(health(service, "redis")).isEqualTo("away");
            assertThat(service.output())
                    .contains("refuses the user or the password in GATEWAY_REDIS_URL")
                    .doesNotContain(PASSWORD);
        }
    }

    @Test
    void aCluster() throws Exception {
        // By default its nodes talk at its port plus 10,000, which may be taken.
        String bus = Integer.toString(FreePort.next());
        try (var redis = new RedisServer("--cluster-enabled", "yes", "--cluster-port", bus)) {
            redis.command(Command.CLUSTER, "ADDSLOTSRANGE", 0, 16_383);
            await().atMost(LONG)
                    .until(() ->
                            redis.command(Command.CLUSTER, "INFO").toString().contains("cluster_state:ok"));
            try (var service = start("GATEWAY_REDIS_URL", redis.url(), "QUARKUS_REDIS_CLIENT_TYPE", "cluster")) {
                everythingWorks(service, redis);
            }
        }
    }

    @Test
    void aMasterThatSentinelsKnow() throws Exception {
        int port = FreePort.next();
        Path configuration = directory.resolve("sentinel.conf");
        try (var redis = new RedisServer()) {
            Files.writeString(
                    configuration,
                    "port %d%nbind 127.0.0.1%nsentinel monitor mymaster 127.0.0.1 %d 1%n"
                            .formatted(port, redis.port()));
            var sentinel = RedisServer.sentinel(configuration);
            try (var service = start(
                    "GATEWAY_REDIS_URL",
                    "redis://127.0.0.1:" + port,
                    "QUARKUS_REDIS_CLIENT_TYPE",
                    "sentinel",
                    "QUARKUS_REDIS_MASTER_NAME",
                    "mymaster")) {
                everythingWorks(service, redis);
            } finally {
                sentinel.destroyForcibly().onExit().join();
            }
        }
    }

    @Test
    void anEncryptedConnection() throws Exception {
        int port = FreePort.next();
        Path certificate = directory.resolve("redis.crt");
        Path key = directory.resolve("redis.key");
        writeCertificate(certificate, key);
        try (var redis = new RedisServer(
                        "--tls-port",
                        Integer.toString(port),
                        "--tls-cert-file",
                        certificate.toString(),
                        "--tls-key-file",
                        key.toString(),
                        "--tls-ca-cert-file",
                        certificate.toString(),
                        "--tls-auth-clients",
                        "no");
                var service = start(
                        "GATEWAY_REDIS_URL",
                        "rediss://localhost:" + port,
                        "QUARKUS_REDIS_TLS_CONFIGURATION_NAME",
                        "redis",
                        "QUARKUS_TLS_REDIS_TRUST_STORE_PEM_CERTS",
                        certificate.toString())) {
            everythingWorks(service, redis);
        }
    }

    @Test
    void anAddressThatIsNoneStopsTheStartAndIsNotShown() throws Exception {
        try (var service = start("GATEWAY_REDIS_URL", "http://gateway:" + PASSWORD + "@127.0.0.1")) {
            assertThat(service.exitCode()).isNotZero();
            assertThat(service.output())
                    .contains("GATEWAY_REDIS_URL begins with http:// and not with redis://")
                    .doesNotContain(PASSWORD);
        }
    }

    private void writeCertificate(Path certificate, Path key) throws Exception {
        Path store = directory.resolve("redis.p12");
        var keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "redis",
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        "changeit")
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        var keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
        Files.writeString(
                certificate, pem("CERTIFICATE", keys.getCertificate("redis").getEncoded()));
        Files.writeString(
                key,
                pem(
                        "PRIVATE KEY",
                        keys.getKey("redis", "changeit".toCharArray()).getEncoded()));
    }

    private static String pem(String what, byte[] content) {
        return "-----BEGIN %s-----%n%s%n-----END %s-----%n"
                .formatted(what, Base64.getMimeEncoder().encodeToString(content), what);
    }
}
