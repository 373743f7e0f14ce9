package io.itrgateway.transport;

import io.itrgateway.sandbox.Sandbox;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An upstream over TLS with a certificate of its own making, that asks the client for one too. With the argument
 * {@code known=true} the service is given the store that both sides trust; else it only has the platform's authorities.
 */
public class TlsUpstream implements QuarkusTestResourceLifecycleManager {

    private static final String STORE_PASSWORD = "changeit";

    private Vertx vertx;
    private boolean known;

    @Override
    public void init(Map<String, String> arguments) {
        known = Boolean.parseBoolean(arguments.get("known"));
    }

    @Override
    public Map<String, String> start() {
        Path store = certificate();
        var certificate = new PfxOptions().setPath(store.toString()).setPassword(STORE_PASSWORD);
        vertx = Vertx.vertx();
        int port = vertx.createHttpServer(new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(certificate)
                        .setTrustOptions(certificate)
                        .setClientAuth(ClientAuth.REQUIRED))
                .requestHandler(request -> request.response()
                        .end(
                                request.path().equals(Sandbox.AUTHORIZE)
                                        ? "{\"access_token\":\"tls-upstream-token\"}"
                                        : "{\"data\":{\"itr_client_id\":\"itr_tls\"}}"))
                .listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
        Map<String, String> settings = new HashMap<>();
        settings.put("smallrye.config.locations", Sandbox.account().toString());
        settings.put("deepvue.base-url", "https://localhost:" + port);
        if (known) {
            for (String kind : List.of("trust-store", "key-store")) {
                settings.put("quarkus.tls.deepvue.%s.p12.path".formatted(kind), store.toString());
                settings.put("quarkus.tls.deepvue.%s.p12.password".formatted(kind), STORE_PASSWORD);
            }
        }
        return settings;
    }

    @Override
    public void stop() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** A self-signed certificate for localhost and its key, which is its own authority. */
    private static Path certificate() {
        try {
            Path store = Files.createTempDirectory("tls-upstream").resolve("localhost.p12");
            String keytoolPath =
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
            String arguments = "-genkeypair -alias localhost -keyalg EC -dname CN=localhost -ext san=dns:localhost"
                    + " -validity 2 -storetype PKCS12 -storepass " + STORE_PASSWORD + " -keystore";
            List<String> command = new ArrayList<>(List.of(keytoolPath));
            command.addAll(List.of(arguments.split(" ")));
            command.add(store.toString());
            var keytool = new ProcessBuilder(command).inheritIO().start();
            if (keytool.waitFor() != 0) {
                throw new IllegalStateException("keytool failed");
            }
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
