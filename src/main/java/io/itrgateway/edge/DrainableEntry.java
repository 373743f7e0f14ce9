package io.itrgateway.edge;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.ProblemMapper;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Lets calls in until the service stops, and keeps those inside: from their first byte until their answer has left, or their
 * caller has.
 *
 * <p>It is closed once and for all. From then on it answers for itself, and each answer says that its connection ends: in
 * HTTP/1 by a header, upon which the connection is closed; in HTTP/2 by GOAWAY, as soon as the connection has no accepted call
 * left, since some clients give up what they wait for when they get one.
 */
@Singleton
public class DrainableEntry {

    /**
     * How long an HTTP/2 call counts as inside after its answer: its connection carries others' calls, too, and to close it while
     * one of them is coming in would reset it, and lose the answer with it. In this time its client learns that it ends.
     */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private static final GatewayException STOPPING = GatewayException.of(
            ProblemKind.OVERLOADED,
            "This instance of the service is stopping; nothing was sent upstream. Repeat on a new connection.");

    /** A request inside, and the only Vert.x context in which it may be used. */
    private static final class Call {
        private final RoutingContext request;
        private final Context home;

        private Call(RoutingContext request) {
            this.request = request;
            this.home = Vertx.currentContext();
        }

        private HttpConnection connection() {
            return request.request().connection();
        }

        private Channel channel() {
            return ((ConnectionBase) connection()).channel();
        }

        private boolean isHttp2() {
            return request.request().version() == HttpVersion.HTTP_2;
        }

        /** Whether it can still be answered. */
        private boolean isUnanswered() {
            return !request.response().headWritten() && !request.response().closed();
        }

        /** Whether the answer says that its connection ends. In HTTP/2 none does. */
        private boolean saysClose() {
            return request.response().headers().contains(HttpHeaders.CONNECTION, HttpHeaders.CLOSE, true);
        }
    }

    private final ProblemMapper exit;
    private final Set<Call> inside = ConcurrentHashMap.newKeySet();
    /**
     * Accepted calls by connection. Each is counted on the event loop of its connection, from its first byte on, so that the number is right
     * whenever the entry is closed.
     */
    private final ConcurrentMap<HttpConnection, Integer> acceptedHttp2 = new ConcurrentHashMap<>();

    private final CompletableFuture<Void> allLeft = new CompletableFuture<>();
    private volatile boolean closed;

    DrainableEntry(ProblemMapper exit) {
        this.exit = exit;
    }

    void pass(RoutingContext request) {
        var call = new Call(request);
        inside.add(call);
        if (!call.isHttp2()) {
            // When the head is written, since Vert.x would say keep-alive to HTTP/1.0 after this.
            request.addHeadersEndHandler(head -> sayCloseIfClosed(call));
        }
        // Checked after the call was added: either this sees that the entry is closed, or close() sees the call.
        if (closed) {
            leave(call);
            refuse(call);
        } else {
            if (call.isHttp2()) {
                acceptedHttp2.merge(call.connection(), 1, Integer::sum);
            }
            request.addEndHandler(end -> ended(call));
            request.next();
        }
    }

    /**
     * Refuses calls from now on, and those whose request has not come in full: nothing can have been sent for them.
     *
     * @return completes when no call is inside
     */
    public CompletionStage<Void> close() {
        closed = true;
        for (Call call : inside) {
            call.home.runOnContext(now -> refuseIfIncomplete(call));
        }
        completeIfAllLeft();
        return allLeft.copy();
    }

    /** Answers every call inside with that failure, whatever is being done for it. */
    public void answerAll(GatewayException failure) {
        for (Call call : inside) {
            call.home.runOnContext(now -> {
                if (call.isUnanswered()) {
                    exit.answer(call.request, failure);
                }
            });
        }
    }

    /**
     * Breaks the connections of the calls inside, without waiting for what their callers have not read: what became of a call is recorded when it ends, and
     * nothing can be recorded later.
     */
    public void cutOff() {
        for (Call call : inside) {
            call.home.runOnContext(now -> {
                var transport = call.channel().unsafe();
                transport.close(transport.voidPromise());
            });
        }
    }

    /** Whether the service is stopping. */
    public boolean isClosed() {
        return closed;
    }

    /** Accepted calls whose answer has not left. */
    public int inside() {
        return inside.size();
    }

    private void refuseIfIncomplete(Call call) {
        if (call.isUnanswered() && !call.request.request().isEnded()) {
            exit.answer(call.request, STOPPING);
        }
    }

    private void sayCloseIfClosed(Call call) {
        if (closed) {
            call.request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
    }

    private void refuse(Call call) {
        call.request.addEndHandler(end -> call.home.runOnContext(now -> endConnection(call)));
        exit.answer(call.request, STOPPING);
    }

    /**
     * The answer is complete, but its caller may not have taken it yet. A connection of which it has not said that it ends stays open: its
     * client may have sent the next request.
     */
    private void ended(Call call) {
        boolean isLast = closed && call.saysClose();
        if (!isLast && isPlainHttp1(call) && call.channel().eventLoop().inEventLoop() && isWritten(call)) {
            leave(call);
            return;
        }
        // Not here and now: the answer is on its way through the connection, whose TLS has not seen it yet.
        call.home.runOnContext(now -> {
            if (call.isHttp2()) {
                whenSent(call, () -> endHttp2(call));
            } else if (isLast && call.channel().isActive()) {
                endHttp1(call);
            } else {
                whenWritten(call, () -> leave(call));
            }
        });
    }

    private static boolean isPlainHttp1(Call call) {
        return !call.isHttp2() && !call.request.request().isSSL();
    }

    private void endHttp2(Call call) {
        uncount(call);
        if (closed && call.channel().isActive()) {
            endConnection(call);
            call.home.owner().setTimer(LINGER.toMillis(), over -> leave(call));
        } else {
            leave(call);
        }
    }

    /** Leaves when the answer is out. A caller that is still sending is not waited for: its answer has been sent, and is short. */
    private void endHttp1(Call call) {
        if (call.request.request().isEnded()) {
            call.connection().close().onComplete(flushed -> leave(call));
        } else {
            endConnection(call);
            leave(call);
        }
    }

    /** When the operating system has the last of an answer over HTTP/1, or the connection is gone. */
    private static void whenWritten(Call call, Runnable next) {
        if (isWritten(call)) {
            next.run();
        } else {
            call.channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> next.run());
        }
    }

    private static boolean isWritten(Call call) {
        var waiting = call.channel().unsafe().outboundBuffer();
        return waiting == null || waiting.totalPendingWriteBytes() == 0;
    }

    /** When the last of an answer over HTTP/2 has found room at its client, or its stream is gone. */
    private static void whenSent(Call call, Runnable next) {
        var http2 = call.channel().pipeline().get(Http2ConnectionHandler.class); // null where the connection is gone
        int id = call.request.request().streamId();
        Http2Stream own = http2 == null ? null : http2.connection().stream(id);
        if (own == null || !own.state().localSideOpen()) {
            next.run();
            return;
        }
        http2.connection().addListener(new Http2ConnectionAdapter() {
            private boolean isSent;

            @Override
            public void onStreamHalfClosed(Http2Stream stream) {
                check(stream);
            }

            @Override
            public void onStreamClosed(Http2Stream stream) {
                check(stream);
            }

            private void check(Http2Stream stream) {
                if (!isSent && stream.id() == id && !stream.state().localSideOpen()) {
                    isSent = true;
                    // Not here and now: Netty is in the middle of writing the end of the stream.
                    call.home.runOnContext(now -> {
                        http2.connection().removeListener(this);
                        next.run();
                    });
                }
            }
        });
    }

    /** Ends the connection behind an answer, but not before its request was read: that would reset it, and the answer with it. */
    private void endConnection(Call call) {
        var request = call.request.request();
        if (call.isHttp2()) {
            if (!acceptedHttp2.containsKey(call.connection())) {
                call.connection().goAway(0);
            }
        } else if (request.isEnded()) {
            call.connection().close();
        } else {
            request.end().onComplete(read -> call.connection().close());
        }
    }

    private void uncount(Call call) {
        if (call.isHttp2()) {
            acceptedHttp2.computeIfPresent(call.connection(), (any, calls) -> calls == 1 ? null : calls - 1);
        }
    }

    private void leave(Call call) {
        inside.remove(call);
        completeIfAllLeft();
    }

    private void completeIfAllLeft() {
        if (closed && inside.isEmpty()) {
            allLeft.complete(null);
        }
    }
}
