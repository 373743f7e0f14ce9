package io.itrgateway.edge;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;

/**
 * Makes sure that an answer of the OIDC issuer reaches the exchange whose request it answers, as far as HTTP/1.1 lets a client know: the next one
 * on the connection is about another token, and the answer says who its caller is. The HTTP client takes most interim responses for the final one,
 * and returns a connection to its pool before it looks at what else has arrived on it. Here interim responses are skipped, and a connection on which
 * something comes that no request asked for takes no further request.
 *
 * <p>A connection ends when a part of an answer, behind its head, cannot be decoded. The client would fail the exchange at once, from the thread of
 * the connection; the head, which comes later in the exchange's own, finds it failed, which is an error with a stack trace in the log. The end of a
 * connection comes in order.
 */
final class IssuerConnection extends ChannelDuplexHandler {

    private static final String NAME = IssuerConnection.class.getName();

    /** The name under which the HTTP client installs its own codec. */
    private static final String CODEC = "codec";

    /** The client closes a connection that is shut down when its exchange ends, which here is at once; this is for the worst case. */
    private static final long SHUTDOWN_SECONDS = 5;

    private final HttpConnection connection;
    private boolean answerDue;
    private boolean interim;
    /** Held back until everything that came with it has been looked at. */
    private LastHttpContent end;

    private IssuerConnection(HttpConnection connection) {
        this.connection = connection;
    }

    /** To be called before a request is written to the connection, on any thread. */
    static void watch(HttpConnection connection) {
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        if (pipeline.get(NAME) == null) {
            try {
                pipeline.addAfter(CODEC, NAME, new IssuerConnection(connection));
            } catch (NoSuchElementException closed) {
                // A closed channel has an empty pipeline: nothing will be read from it.
            }
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise written) throws Exception {
        answerDue |= message instanceof HttpRequest;
        super.write(ctx, message, written);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (!answerDue || end != null) {
            ReferenceCountUtil.release(message);
            shutDown();
        } else if (message instanceof HttpResponse head) {
            readHead(ctx, head);
        } else if (message instanceof HttpContent part) {
            readPart(ctx, part);
        } else {
            super.channelRead(ctx, message);
        }
    }

    private void readHead(ChannelHandlerContext ctx, HttpResponse head) throws Exception {
        interim = head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        if (head.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
            ctx.close();
        } else if (!interim) {
            super.channelRead(ctx, head);
        }
    }

    private void readPart(ChannelHandlerContext ctx, HttpContent part) throws Exception {
        if (part.decoderResult().isFailure()) {
            part.release();
            ctx.close();
        } else if (interim) {
            part.release();
        } else if (part instanceof LastHttpContent last) {
            end = last;
        } else {
            super.channelRead(ctx, part);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        passEnd(ctx);
        super.channelReadComplete(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        passEnd(ctx);
        super.channelInactive(ctx);
    }

    /** With it, the next exchange may begin. */
    private void passEnd(ChannelHandlerContext ctx) {
        if (end != null) {
            LastHttpContent held = end;
            end = null;
            answerDue = false;
            if (!ctx.channel().isActive()) {
                shutDown(); // the answer ended with the connection
            }
            ctx.fireChannelRead(held);
        }
    }

    private void shutDown() {
        connection.shutdown(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        ReferenceCountUtil.release(end);
        end = null;
    }
}
