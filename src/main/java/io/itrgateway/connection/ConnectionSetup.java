package io.itrgateway.connection;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import java.util.concurrent.TimeUnit;

/**
 * Adds what guards an accepted connection, between TLS, if there is any, and the HTTP decoder of Vert.x, and ahead of TLS what bounds its own
 * records. Runs once, when Vert.x has initialised the pipeline, and removes itself. While a certificate is loaded, Vert.x has to wait
 * ({@link CertificateLoading}).
 */
final class ConnectionSetup extends ChannelInboundHandlerAdapter {

    /** The name that Vert.x gives its handler of TLS, whichever it is. */
    private static final String TLS = "ssl";

    private static final long LOOK_INTERVAL_MILLIS = 5;

    /** As long as Vert.x waits for a handshake. */
    private static final int MOST_LOOKS = (int) (10_000 / LOOK_INTERVAL_MILLIS);

    private final InboundLimits limits;
    private final CertificateLoading certificate;
    /** What initialises the pipeline, while it has to wait; null otherwise. */
    private ChannelHandler initializer;

    private int looks;

    ConnectionSetup(InboundLimits limits, CertificateLoading certificate) {
        this.limits = limits;
        this.certificate = certificate;
    }

    /** Comes with the registration of the channel, and just before Vert.x initialises the pipeline. */
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        if (certificate.isUnderWay(context.channel())) {
            initializer = context.pipeline().removeLast();
            context.channel().config().setAutoRead(false);
            lookLater(context);
        }
    }

    private void lookLater(ChannelHandlerContext context) {
        context.executor().schedule(() -> look(context), LOOK_INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void look(ChannelHandlerContext context) {
        if (context.isRemoved()) {
            return; // closed meanwhile
        }
        if (!certificate.isUnderWay(context.channel())) {
            context.pipeline().addLast(initializer);
            initializer = null;
            addGuards(context);
            context.fireChannelRegistered();
            context.fireChannelActive();
            context.pipeline().remove(this);
            context.channel().config().setAutoRead(true);
        } else if (++looks < MOST_LOOKS) {
            lookLater(context);
        } else {
            context.close();
        }
    }

    @Override
    public void channelRegistered(ChannelHandlerContext context) {
        if (initializer == null) {
            addGuards(context);
            context.fireChannelRegistered();
            context.pipeline().remove(this);
        }
    }

    private void addGuards(ChannelHandlerContext context) {
        if (expectsProxyHeader(context.pipeline())) {
            context.pipeline().addLast(new BehindProxyHeader(limits));
        } else {
            guard(context, limits);
        }
    }

    private static void guard(ChannelHandlerContext context, InboundLimits limits) {
        var pipeline = context.pipeline();
        String before = pipeline.get(TLS) == null ? context.name() : TLS;
        // In reverse: what is added last comes first.
        pipeline.addAfter(before, "http2-guard", new Http2Guard(limits, new UnreadBytes(limits)));
        pipeline.addAfter(before, "unread-answers", SlowReaderGuard.ofAnswers(new UnreadBytes(limits)));
        pipeline.addAfter(before, "http1-guard", new Http1Guard());
        if (pipeline.get(TLS) != null) {
            pipeline.addBefore(TLS, "unread-records", SlowReaderGuard.ofTlsRecords(new UnreadBytes(limits)));
        }
    }

    /** By name, since the decoder of the PROXY protocol need not be there. */
    private static boolean expectsProxyHeader(ChannelPipeline pipeline) {
        return pipeline.toMap().values().stream()
                .anyMatch(handler -> handler.getClass().getSimpleName().equals("HAProxyMessageDecoder"));
    }

    /**
     * Where {@code quarkus.http.proxy.use-proxy-protocol} is on, Vert.x adds the rest when it has read the header of the proxy. Behind it the
     * caller may say nothing.
     */
    private static final class BehindProxyHeader extends ChannelInboundHandlerAdapter {
        private final InboundLimits limits;
        private RequestReadTimeout silence;

        private BehindProxyHeader(InboundLimits limits) {
            this.limits = limits;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            silence = new RequestReadTimeout(context, ArrivalLimits.current().requestTimeout(), context::close);
            silence.startFor(0);
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext context) {
            silence.stop();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object first) {
            guard(context, limits);
            context.fireChannelRead(first);
            context.pipeline().remove(this);
        }
    }
}
