package io.itrgateway.edge;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Closes an HTTP/1 connection that has very many requests unanswered. Vert.x answers one after the other and queues the others without a
 * bound, in a list that it walks for each.
 */
final class Pipelining extends ChannelDuplexHandler {

    private static final int MOST_OPEN = 1_000;

    private int open;

    /** Places it in front of Vert.x' own handler, as soon as that is there. */
    static final class Setup extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            super.channelRead(context, message);
            var pipeline = context.pipeline();
            if (!context.isRemoved() && pipeline.get("handler") != null) {
                if (pipeline.get("httpDecoder") != null) {
                    pipeline.addBefore("handler", "pipelining", new Pipelining());
                }
                pipeline.remove(this);
            }
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof HttpRequest && open <= MOST_OPEN) {
            open++;
        }
        if (open > MOST_OPEN) {
            ReferenceCountUtil.release(message);
            context.close();
        } else {
            super.channelRead(context, message);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        super.write(context, message, promise);
        boolean isInterim = message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
        // Those that came with the first bytes have not been counted.
        if (message instanceof LastHttpContent && !isInterim && open > 0 && open <= MOST_OPEN) {
            open--;
        }
    }
}
