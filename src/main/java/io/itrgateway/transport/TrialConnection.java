package io.itrgateway.transport;

import io.quarkus.tls.TlsConfiguration;
import io.quarkus.tls.runtime.config.TlsConfigUtils;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.impl.CloseFuture;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.TrustOptions;
import java.net.URI;
import java.util.Optional;
import javax.net.ssl.SSLSession;

/** An encrypted connection to Deepvue that is opened as those of calls are, and on which nothing is sent. */
public final class TrialConnection {

    private static final int HTTPS = 443;

    private TrialConnection() {}

    /**
     * Opens one, and closes it. Fails as the connection of a call does.
     *
     * @param tls empty for the platform's own
     * @param trust takes the place of what the service trusts
     */
    public static Future<SSLSession> open(
            Vertx vertx, ConnectionSettings settings, Optional<TlsConfiguration> tls, TrustOptions trust) {
        var options = new HttpClientOptions();
        tls.ifPresent(known -> TlsConfigUtils.configure(options, known));
        DeepvueTransport.applyFixedOptions(options, settings);
        options.setSsl(true).setTrustAll(false).setTrustOptions(trust);
        var closing = new CloseFuture();
        var client = new MultiAddressHttpClient(
                (VertxInternal) vertx,
                options,
                closing,
                HostAddresses.toConnectTo(settings, vertx),
                settings.proxy(),
                settings.connectTimeout());
        closing.add(client);
        URI url = settings.baseUrl();
        return client.request(new RequestOptions()
                        .setHost(url.getHost())
                        .setPort(url.getPort() == -1 ? HTTPS : url.getPort())
                        .setSsl(true))
                .map(TrialConnection::session)
                .onComplete(seen -> closing.close());
    }

    private static SSLSession session(HttpClientRequest request) {
        SSLSession session = request.connection().sslSession();
        request.exceptionHandler(reset -> {}).reset();
        return session;
    }
}
