package io.itrgateway.edge;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.NoSuchElementException;

/**
 * Ends a connection to the OIDC issuer when a part of an answer, behind its head, cannot be decoded. The client would fail the exchange at
 * once, from the thread of the connection; the head, which comes later in the exchange's own, finds it failed, which is an error with a stack
 * trace in the log. The end of a connection comes in order.
 */
@ChannelHandler.Sharable
final class IssuerAnswerBreak extends ChannelInboundHandlerAdapter {

    private static final IssuerAnswerBreak HANDLER = new IssuerAnswerBreak();

    private static final String NAME = IssuerAnswerBreak.class.getName();

    /** The name under which the HTTP client installs its own codec. */
    private static final String CODEC = "codec";

    private IssuerAnswerBreak() {}

    /** To be called before a request is written to the connection, on any thread. */
    static void watch(HttpConnection connection) {
        ChannelPipeline pipeline = ((ConnectionBase) connection).channel().pipeline();
        if (pipeline.get(NAME) == null) {
            try {
                pipeline.addAfter(CODEC, NAME, HANDLER);
            } catch (NoSuchElementException closed) {
                // A closed channel has an empty pipeline: nothing will be read from it.
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        boolean isHead = message instanceof HttpResponse;
        if (!isHead
                && message instanceof HttpContent part
                && part.decoderResult().isFailure()) {
            ReferenceCountUtil.release(message);
            ctx.close();
        } else {
            super.channelRead(ctx, message);
        }
    }
}
