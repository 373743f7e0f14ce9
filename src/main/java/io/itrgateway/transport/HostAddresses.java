package io.itrgateway.transport;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The addresses of one host name, the one that worked last first.
 *
 * <p>They are looked up off the event loop, by one lookup at a time, and again in the background when they are old; the name service
 * failing then leaves the old ones in use.
 */
final class HostAddresses {

    /** As long as the JVM itself remembers. */
    private static final long FRESH_NANOS = 30_000_000_000L;

    /** How a name is looked up. Blocks. */
    interface Lookup {
        InetAddress[] all(String host) throws UnknownHostException;
    }

    private record Known(List<String> addresses, long sinceNanos) {}

    private final String host;
    private final Lookup lookup;
    private final Vertx vertx;
    private final AtomicReference<Future<List<String>>> running = new AtomicReference<>();
    private volatile Known known;
    private volatile String preferred;

    /** Those of the proxy if there is one, else of Deepvue's host. */
    static HostAddresses toConnectTo(ConnectionSettings settings, Vertx vertx) {
        return new HostAddresses(
                settings.proxy()
                        .map(ProxyAddress::host)
                        .orElse(settings.baseUrl().getHost()),
                Loopback::lookUp,
                vertx);
    }

    /** @param host a name or an IP address, in brackets or without */
    HostAddresses(String host, Lookup lookup, Vertx vertx) {
        this.host = host;
        this.lookup = lookup;
        this.vertx = vertx;
    }

    /** As text, in the order in which they are to be tried; fails with {@link UnknownHostException}. */
    Future<List<String>> current() {
        Known present = known;
        if (present == null) {
            return refresh();
        }
        if (System.nanoTime() - present.sinceNanos() > FRESH_NANOS) {
            refresh();
        }
        return Future.succeededFuture(present.addresses());
    }

    /** Whether connections to that address have come about, and none to another one since. */
    boolean isProven(String address) {
        return address.equals(preferred);
    }

    synchronized void markWorking(String address) {
        Known present = known;
        if (!isProven(address) && present != null) {
            preferred = address;
            known = new Known(ordered(present.addresses()), present.sinceNanos());
        }
    }

    /** A new connection to that address ended, or was given up, without a whole answer to what was sent: another one is tried first. */
    synchronized void markUnanswering(String address) {
        Known present = known;
        if (present != null) {
            if (isProven(address)) {
                preferred = null;
            }
            known = new Known(sorted(present.addresses(), address::equals), present.sinceNanos());
        }
    }

    private Future<List<String>> refresh() {
        Future<List<String>> joined = running.get();
        if (joined != null) {
            return joined;
        }
        var promise = Promise.<List<String>>promise();
        if (!running.compareAndSet(null, promise.future())) {
            return refresh();
        }
        vertx.<List<String>>executeBlocking(
                        () -> Stream.of(lookup.all(host))
                                .map(InetAddress::getHostAddress)
                                .distinct()
                                .toList(),
                        false)
                .onComplete(result -> {
                    if (result.succeeded()) {
                        replace(result.result());
                    }
                    running.set(null);
                    promise.handle(result.map(found -> known.addresses()));
                });
        return promise.future();
    }

    private synchronized void replace(List<String> found) {
        known = new Known(ordered(found), System.nanoTime());
    }

    private List<String> ordered(List<String> addresses) {
        String first = preferred;
        return sorted(addresses, address -> !address.equals(first));
    }

    private static List<String> sorted(List<String> addresses, Predicate<String> isLast) {
        return addresses.stream().sorted(Comparator.comparing(isLast::test)).toList();
    }
}
