package io.itrgateway.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;

/**
 * Adds what guards an accepted connection, between TLS, if there is any, and the HTTP decoder of Vert.x. Runs once, when Vert.x has
 * initialised the pipeline, and removes itself.
 */
final class ConnectionSetup extends ChannelInboundHandlerAdapter {

    /** The name that Vert.x gives its handler of TLS, whichever it is. */
    private static final String TLS = "ssl";

    private final InboundLimits limits;

    ConnectionSetup(InboundLimits limits) {
        this.limits = limits;
    }

    @Override
    public void channelRegistered(ChannelHandlerContext context) {
        var pipeline = context.pipeline();
        if (expectsProxyHeader(pipeline)) {
            pipeline.addLast(new BehindProxyHeader(limits));
        } else {
            guard(context, limits);
        }
        context.fireChannelRegistered();
        pipeline.remove(this);
    }

    private static void guard(ChannelHandlerContext context, InboundLimits limits) {
        var pipeline = context.pipeline();
        String before = pipeline.get(TLS) == null ? context.name() : TLS;
        // In reverse: what is added last comes first.
        pipeline.addAfter(before, "http2-guard", new Http2Guard(limits, new UnreadBytes(limits)));
        pipeline.addAfter(before, "unread-answers", new SlowReaderGuard(new UnreadBytes(limits)));
        pipeline.addAfter(before, "http1-guard", new Http1Guard());
    }

    /** By name, since the decoder of the PROXY protocol need not be there. */
    private static boolean expectsProxyHeader(ChannelPipeline pipeline) {
        return pipeline.toMap().values().stream()
                .anyMatch(handler -> handler.getClass().getSimpleName().equals("HAProxyMessageDecoder"));
    }

    /** Where {@code quarkus.http.proxy.use-proxy-protocol} is on, Vert.x adds the rest when it has read the header of the proxy. */
    private static final class BehindProxyHeader extends ChannelInboundHandlerAdapter {
        private final InboundLimits limits;

        private BehindProxyHeader(InboundLimits limits) {
            this.limits = limits;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object first) {
            guard(context, limits);
            context.fireChannelRead(first);
            context.pipeline().remove(this);
        }
    }
}
