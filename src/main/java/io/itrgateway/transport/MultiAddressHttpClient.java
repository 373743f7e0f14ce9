package io.itrgateway.transport;

import io.netty.channel.Channel;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.util.Attribute;
import io.netty.util.AttributeKey;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.http.impl.HttpClientImpl;
import io.vertx.core.impl.CloseFuture;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.impl.future.PromiseInternal;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.ConnectException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/**
 * Vert.x' client, but for how a connection comes about: name, connection, the proxy's consent and TLS take one connect timeout
 * together, and of a host with several addresses each is tried (as in RFC 8305: the next one when one fails, and beside it when
 * one keeps silent) until one connects.
 *
 * <p>Nothing is sent before a connection is there, so that trying several addresses never sends a request twice. Host header,
 * server name and certificate check keep to the name. Through a proxy the addresses are the proxy's, and Deepvue's name is left
 * for the proxy to look up.
 */
final class MultiAddressHttpClient extends HttpClientImpl {

    /** The code with which a request is reset of which nothing was sent, as in HTTP/2 (RFC 9113, 7: REFUSED_STREAM). */
    static final long NOTHING_SENT = 7;

    /** RFC 8305, 8: the delay between two attempts. */
    private static final long STAGGER_MILLIS = 250;

    /** A connect timeout that ends later than this says that the event loop stood still, not that the address kept silent. */
    private static final long OWN_DELAY_MILLIS = 100;

    private static final int MOST_REPEATS_AFTER_OWN_DELAY = 2;

    /** Of a connection. The end of one that has answered says nothing about its address: a server ends those that it has kept for long. */
    private static final AttributeKey<Boolean> HAS_ANSWERED =
            AttributeKey.valueOf(MultiAddressHttpClient.class, "has-answered");

    private final ConnectionPools pools;
    private final HostAddresses addresses;
    private final Optional<ProxyAddress> proxy;
    private final long timeoutMillis;

    /** @param addresses of the proxy if there is one, else of the host itself */
    MultiAddressHttpClient(
            VertxInternal vertx,
            HttpClientOptions options,
            CloseFuture closeFuture,
            HostAddresses addresses,
            Optional<ProxyAddress> proxy,
            Duration connectTimeout) {
        super(vertx, options, options.getPoolOptions(), closeFuture);
        this.pools = new ConnectionPools(vertx, options, closeFuture);
        this.addresses = addresses;
        this.proxy = proxy;
        this.timeoutMillis = connectTimeout.toMillis();
    }

    /** Its answer breaks off here, or may do so, since it is too long, or not read for lack of memory: that says nothing about its address. */
    static void markAnswering(Channel connection) {
        connection.attr(HAS_ANSWERED).set(true);
    }

    /** Quarkus calls it when it has loaded certificates again. */
    @Override
    public Future<Boolean> updateSSLOptions(SSLOptions options, boolean force) {
        return pools.updateSSLOptions(options, force);
    }

    @Override
    public void request(RequestOptions options, Handler<AsyncResult<HttpClientRequest>> handler) {
        request(options).onComplete(handler);
    }

    @Override
    public Future<HttpClientRequest> request(RequestOptions options) {
        return request(options, MOST_REPEATS_AFTER_OWN_DELAY);
    }

    /** Connects again where the event loop stood still: a timer that is due runs before the sockets are looked at. */
    private Future<HttpClientRequest> request(RequestOptions options, int repeats) {
        long startNanos = System.nanoTime();
        return connect(options).recover(failure -> {
            long tookMillis = (System.nanoTime() - startNanos) / 1_000_000;
            // Netty's for the socket, Vert.x' for a connection that is ready for use.
            boolean isTimeout = failure instanceof ConnectTimeoutException || failure instanceof TimeoutException;
            boolean isOwnDelay = isTimeout && tookMillis > timeoutMillis + OWN_DELAY_MILLIS;
            return isOwnDelay && repeats > 0 ? request(options, repeats - 1) : Future.failedFuture(failure);
        });
    }

    private Future<HttpClientRequest> connect(RequestOptions options) {
        Future<List<String>> found = addresses.current();
        if (found.succeeded() && found.result().size() == 1) {
            return pools.request(towards(found.result().get(0), options, timeoutMillis));
        }
        ContextInternal context = vertx().getOrCreateContext();
        var connecting = new Connecting(context, options);
        found.onComplete(result -> context.emit(result, connecting::found));
        return connecting.promise.future();
    }

    private RequestOptions towards(String address, RequestOptions options, long millis) {
        var routed = new RequestOptions(options).setConnectTimeout(millis);
        return proxy.isPresent()
                ? routed.setProxyOptions(throughProxyAt(address))
                : routed.setServer(SocketAddress.inetSocketAddress(options.getPort(), address));
    }

    private ProxyOptions throughProxyAt(String address) {
        return proxy.orElseThrow().options(address).setConnectTimeout(Duration.ofMillis(timeoutMillis));
    }

    /** One request's way to a connection. Everything happens on the context of the request. */
    private final class Connecting {
        private final ContextInternal context;
        private final PromiseInternal<HttpClientRequest> promise;
        private final RequestOptions options;
        private final long deadlineNanos = System.nanoTime() + timeoutMillis * 1_000_000;
        private final long deadlineTimer;
        private Iterator<String> untried = List.<String>of().iterator();
        private long stagger;
        private long staggerTimer = -1;
        private int running;
        private Throwable failure;

        private Connecting(ContextInternal context, RequestOptions options) {
            this.context = context;
            this.promise = context.promise();
            this.options = options;
            this.deadlineTimer = context.setTimer(
                    timeoutMillis,
                    due -> fail(new ConnectTimeoutException("no connection within the connect timeout")));
        }

        private synchronized void found(AsyncResult<List<String>> result) {
            if (result.failed()) {
                fail(result.cause());
                return;
            }
            List<String> all = result.result();
            untried = all.iterator();
            // An address that has worked gets half of the time, any other a short delay.
            stagger = !all.isEmpty() && addresses.isProven(all.get(0))
                    ? Math.max(1, timeoutMillis / 2)
                    : Math.max(1, Math.min(STAGGER_MILLIS, timeoutMillis / (all.size() + 1)));
            next();
        }

        private synchronized void next() {
            long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
            if (promise.future().isComplete() || !untried.hasNext() || leftMillis <= 0) {
                return;
            }
            String address = untried.next();
            running++;
            pools.request(towards(address, options, leftMillis)).onComplete(result -> ended(address, result));
            context.owner().cancelTimer(staggerTimer);
            if (untried.hasNext() && !promise.future().isComplete()) { // a kept connection is there at once
                staggerTimer = context.setTimer(stagger, due -> next());
            }
        }

        private synchronized void ended(String address, AsyncResult<HttpClientRequest> result) {
            running--;
            if (result.succeeded()) {
                connected(address, result.result());
                return;
            }
            if (failure == null || isUnanswered(failure)) {
                failure = result.cause();
            }
            if (result.cause() instanceof HttpClosedException) {
                fail(result.cause()); // a kept connection that was closed meanwhile: nothing is wrong with the address
            } else if (untried.hasNext()) {
                next();
            } else if (running == 0) {
                fail(failure);
            }
        }

        /** Such a failure says less than a refusal of the proxy, or one of TLS, at another address. */
        private static boolean isUnanswered(Throwable failure) {
            return failure instanceof ConnectException && !(failure instanceof ProxyConnectException);
        }

        private void connected(String address, HttpClientRequest request) {
            cancelTimers();
            noteWhetherAnswered(address, request);
            if (promise.tryComplete(request)) {
                addresses.markWorking(address);
            } else {
                // Another one was faster; the connection is kept for the next request.
                request.exceptionHandler(reset -> {}).reset(NOTHING_SENT);
            }
        }

        /** To be called before the caller learns of the connection, who may repeat the request. */
        private void noteWhetherAnswered(String address, HttpClientRequest request) {
            Attribute<Boolean> hasAnswered =
                    ((ConnectionBase) request.connection()).channel().attr(HAS_ANSWERED);
            request.response().compose(HttpClientResponse::end).onComplete(answer -> {
                if (answer.succeeded()) {
                    hasAnswered.set(true);
                } else if (hasAnswered.get() == null && !isUnsent(answer.cause())) {
                    addresses.markUnanswering(address);
                }
            });
        }

        private static boolean isUnsent(Throwable failure) {
            return failure instanceof StreamResetException reset && reset.getCode() == NOTHING_SENT;
        }

        private void fail(Throwable failure) {
            cancelTimers();
            promise.tryFail(failure);
        }

        /** A timer that stays keeps the request, its answer and the call in memory until its time. */
        private synchronized void cancelTimers() {
            context.owner().cancelTimer(deadlineTimer);
            context.owner().cancelTimer(staggerTimer);
        }
    }
}
