package io.itrgateway.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;

/**
 * Adds what guards an accepted connection, between TLS, if there is any, and the HTTP decoder of Vert.x. Runs once, when Vert.x has
 * initialised the pipeline, and removes itself.
 */
final class ConnectionSetup extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRegistered(ChannelHandlerContext context) {
        var pipeline = context.pipeline();
        var tls = pipeline.context(SslHandler.class);
        String before = tls == null ? context.name() : tls.name();
        pipeline.addAfter(before, "http1-guard", new Http1Guard());
        context.fireChannelRegistered();
        pipeline.remove(this);
    }
}
