package io.itrgateway.sandbox;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A port that leads to another one, which can be changed; the line between them can be held up. */
public final class TcpRelay implements AutoCloseable {

    private static final String HOST = "127.0.0.1";

    private final Vertx vertx = Vertx.vertx();
    private final Set<NetSocket> sockets = ConcurrentHashMap.newKeySet();
    private final int port;
    private volatile int target;
    private volatile boolean stalled;

    public TcpRelay(int target) {
        this.target = target;
        this.port = vertx.createNetServer()
                .connectHandler(this::connect)
                .listen(0, HOST)
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    private void connect(NetSocket caller) {
        caller.pause();
        vertx.createNetClient()
                .connect(target, HOST)
                .onFailure(refused -> caller.close())
                .onSuccess(called -> {
                    join(caller, called);
                    join(called, caller);
                    caller.resume();
                });
    }

    private void join(NetSocket from, NetSocket to) {
        sockets.add(from);
        from.closeHandler(closed -> {
            sockets.remove(from);
            to.close();
        });
        from.handler(to::write);
        if (stalled) {
            from.pause();
        }
    }

    public int port() {
        return port;
    }

    /** Nothing passes any more in either direction; connections stay open, new ones too. */
    public void stall() {
        stalled = true;
        sockets.forEach(NetSocket::pause);
    }

    /** Connections are closed; new ones lead to that port. */
    public void leadTo(int newTarget) {
        target = newTarget;
        sockets.forEach(NetSocket::close);
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
