package io.itrgateway.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.impl.transports.JDKTransport;

/**
 * The JDK transport of Vert.x, which puts {@link ConnectionSetup} in front of every connection that a server accepts, before its first
 * byte is read.
 *
 * <p>Vert.x finds it as a service when {@code quarkus.vertx.prefer-native-transport} is set. There is no other place from which the
 * bytes of an HTTP server's connection can be seen before Vert.x decodes them, and what two parsers could read differently cannot be
 * recognised after that.
 */
public final class GuardedTransport extends JDKTransport {

    /** Whether connections that this instance accepts are guarded. */
    public static boolean isUsedBy(Vertx vertx) {
        return ((VertxInternal) vertx).transport() instanceof GuardedTransport;
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
        var factory = super.serverChannelFactory(domainSocket);
        return () -> {
            ServerChannel listening = factory.newChannel();
            listening.pipeline().addLast(new Acceptor());
            return listening;
        };
    }

    @Sharable
    private static final class Acceptor extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            ((Channel) accepted).pipeline().addLast(new ConnectionSetup());
            context.fireChannelRead(accepted);
        }
    }
}
