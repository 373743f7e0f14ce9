package io.itrgateway.sandbox;

import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The sandbox of docker/sandbox in this JVM: the same stubs that serve dev mode and compose. As a test resource it also gives the
 * service under test, in process or packaged, what it needs to run against it.
 *
 * <p>Arguments of the resource are settings that are added or replace the ones below. A test profile cannot replace these: with a packaged service
 * the settings of a resource take precedence.
 */
public class Sandbox implements QuarkusTestResourceLifecycleManager {

    public static final String CLIENT_SECRET = "sandbox-secret";
    public static final String API_KEY = "demo";
    public static final String API_KEYS = "demo:2a97516c354b68848cdbd8f54a226a0a55b21ed138e207ad6c5cbb9c00aa5aea";

    public static final String CREATE_CLIENT = "/v1/verification/itr/create-client";
    public static final String AUTHORIZE = "/v1/authorize";

    private static WireMockServer server;

    private Map<String, String> arguments = Map.of();

    @Override
    public void init(Map<String, String> arguments) {
        this.arguments = arguments;
    }

    @Override
    public Map<String, String> start() {
        server = new WireMockServer(options()
                .dynamicPort()
                .usingFilesUnderDirectory("docker/sandbox")
                .templatingEnabled(true)
                .globalTemplating(false)
                .containerThreads(50));
        server.start();
        // Tests bring about one failure after the other; each is to be told for itself, and not what they mean
        // together.
        Map<String, String> settings = new HashMap<>(Map.of(
                "gateway.breaker-attempts", "10000",
                "gateway.hold-back", "0s",
                "deepvue.base-url", server.baseUrl(),
                "deepvue.timeout", "5s",
                "gateway.request-timeout", "3s",
                "smallrye.config.locations", account().toString()));
        settings.putAll(arguments);
        return settings;
    }

    /**
     * In a file, and not in the settings, which the launcher of a packaged service prints; below those of a test's profile, in a packaged
     * service, too.
     */
    public static Path account() {
        try {
            Path file = Files.createTempFile("sandbox-account", ".properties");
            file.toFile().deleteOnExit();
            return Files.writeString(
                    file,
                    "config_ordinal=250%ndeepvue.client-id=sandbox%ndeepvue.client-secret=%s%ngateway.api-keys=%s%n"
                            .formatted(CLIENT_SECRET, API_KEYS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        server.stop();
    }

    /** The stubs, for what only one test needs. */
    public static WireMockServer stubs() {
        return server;
    }

    /** Forgets what it received and where its scenarios stand, and drops the stubs of single tests. */
    public static void forget() {
        server.resetToDefaultMappings();
    }

    public static int received(String path) {
        return server.countRequestsMatching(
                        anyRequestedFor(urlPathEqualTo(path)).build())
                .getCount();
    }

    public static List<LoggedRequest> requests(String path) {
        return server.findAll(anyRequestedFor(urlPathEqualTo(path)));
    }
}
