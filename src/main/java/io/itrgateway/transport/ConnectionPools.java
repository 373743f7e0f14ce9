package io.itrgateway.transport;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientImpl;
import io.vertx.core.impl.CloseFuture;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.net.SSLOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One pool of connections for each event loop, so that a call and its connection run on the same one: a call that uses the connection of
 * another loop wakes that loop for its request, and is woken for each part of its answer.
 *
 * <p>The connections that one pool would have are divided among them. A call whose pool has no free connection uses that of another loop.
 */
final class ConnectionPools {

    private final VertxInternal vertx;
    private final List<Pool> all = new ArrayList<>();
    private final Map<EventExecutor, Pool> byLoop = new HashMap<>();

    private static final class Pool {
        private final HttpClientImpl client;
        private final int connections;
        private final AtomicInteger inUse = new AtomicInteger();

        private Pool(HttpClientImpl client, int connections) {
            this.client = client;
            this.connections = connections;
        }

        private int free() {
            return connections - inUse.get();
        }
    }

    /** @param options with the number of connections of all pools together */
    ConnectionPools(VertxInternal vertx, HttpClientOptions options, CloseFuture closeFuture) {
        this.vertx = vertx;
        var loops = new ArrayList<EventExecutor>();
        vertx.getEventLoopGroup().forEach(loops::add);
        int connections = options.getMaxPoolSize();
        int pools = Math.min(loops.size(), connections);
        for (int i = 0; i < pools; i++) {
            int share = connections / pools + (i < connections % pools ? 1 : 0);
            var size = new PoolOptions(options.getPoolOptions()).setHttp1MaxSize(share);
            var client = new HttpClientImpl(vertx, options, size, closeFuture);
            closeFuture.add(client);
            all.add(new Pool(client, share));
        }
        for (int i = 0; i < loops.size(); i++) {
            byLoop.put(loops.get(i), all.get(i % pools));
        }
    }

    Future<HttpClientRequest> request(RequestOptions options) {
        Pool pool = pool(vertx.getOrCreateContext().nettyEventLoop());
        pool.inUse.incrementAndGet();
        return pool.client.request(options).onComplete(opened -> {
            if (opened.failed()) {
                pool.inUse.decrementAndGet();
            } else {
                opened.result()
                        .response()
                        .compose(HttpClientResponse::end)
                        .onComplete(ended -> pool.inUse.decrementAndGet());
            }
        });
    }

    /** For connections that are opened from now on; whether anything has changed. */
    Future<Boolean> updateSSLOptions(SSLOptions options, boolean force) {
        List<Future<Boolean>> updates = all.stream()
                .map(pool -> pool.client.updateSSLOptions(options, force))
                .toList();
        return Future.all(updates).map(updated -> updated.<Boolean>list().contains(true));
    }

    private Pool pool(EventLoop loop) {
        Pool own = byLoop.get(loop);
        if (own.free() > 0) {
            return own;
        }
        Pool freest = own;
        for (Pool other : all) {
            freest = other.free() > freest.free() ? other : freest;
        }
        return freest;
    }
}
