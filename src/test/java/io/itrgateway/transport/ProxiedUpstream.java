package io.itrgateway.transport;

import io.itrgateway.sandbox.Sandbox;
import io.itrgateway.sandbox.ScriptedProxy;
import io.itrgateway.sandbox.SelfSigned;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.util.HashMap;
import java.util.Map;

/** An upstream over TLS under a name that only the proxy knows, and the proxy, which asks for a login. */
public class ProxiedUpstream implements QuarkusTestResourceLifecycleManager {

    static final String HOST = "deepvue.invalid";
    static final String PASSWORD = "pr0xy:s3cret";

    private static ScriptedProxy proxy;

    private Vertx vertx;

    @Override
    public Map<String, String> start() {
        var certificate = SelfSigned.of(HOST, 30);
        vertx = Vertx.vertx();
        int port = vertx.createHttpServer(new HttpServerOptions().setSsl(true).setKeyCertOptions(certificate.options()))
                .requestHandler(request -> request.response()
                        .end(
                                request.path().equals(Sandbox.AUTHORIZE)
                                        ? "{\"access_token\":\"proxied-upstream-token\"}"
                                        : "{\"data\":{\"itr_client_id\":\"itr_proxied\"}}"))
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
        proxy = new ScriptedProxy().asksFor("user", PASSWORD);
        Map<String, String> settings = new HashMap<>();
        settings.put("smallrye.config.locations", Sandbox.account().toString());
        settings.put("HTTPS_PROXY", "http://user:pr0xy%3As3cret@127.0.0.1:" + proxy.port());
        settings.put("deepvue.base-url", "https://" + HOST + ":" + port);
        settings.put("deepvue.timeout", "60s");
        settings.put("gateway.breaker-attempts", "100");
        settings.put(
                "quarkus.tls.deepvue.trust-store.p12.path",
                certificate.authority().toString());
        settings.put("quarkus.tls.deepvue.trust-store.p12.password", SelfSigned.PASSWORD);
        return settings;
    }

    static ScriptedProxy proxy() {
        return proxy;
    }

    @Override
    public void stop() {
        proxy.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
