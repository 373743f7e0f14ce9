package io.itrgateway.connection;

import io.netty.channel.Channel;
import io.vertx.core.Vertx;
import io.vertx.core.http.impl.HttpServerImpl;
import io.vertx.core.impl.VertxInternal;
import java.net.InetSocketAddress;

/**
 * Whether a server is loading its certificate, which operators may have replaced. As long as it does, Vert.x 4 cannot initialise a connection:
 * it has neither the previous certificate nor the next one, fails with a NullPointerException, and closes the connection.
 */
final class CertificateLoading {

    /** Null where certificates are loaded once only. */
    private volatile VertxInternal vertx;

    void watch(Vertx servers) {
        vertx = (VertxInternal) servers;
    }

    boolean isUnderWay(Channel accepted) {
        return vertx != null && accepted.localAddress() instanceof InetSocketAddress own && isLoading(own.getPort());
    }

    private boolean isLoading(int port) {
        var servers = vertx.sharedHttpServers();
        synchronized (servers) { // as Vert.x does
            for (HttpServerImpl server : servers.values()) {
                if (server.actualPort() == port && server.sslContextProvider() == null) {
                    return true;
                }
            }
            return false;
        }
    }
}
