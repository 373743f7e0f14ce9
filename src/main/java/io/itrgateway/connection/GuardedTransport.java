package io.itrgateway.connection;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ServerChannel;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import io.vertx.core.impl.transports.JDKTransport;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * The JDK transport of Vert.x, which puts {@link ConnectionSetup} in front of every connection that a server accepts, before its first
 * byte is read.
 *
 * <p>Vert.x finds it as a service when {@code quarkus.vertx.prefer-native-transport} is set. There is no other place from which the
 * bytes of an HTTP server's connection can be seen before Vert.x decodes them, and what two parsers could read differently cannot be
 * recognised after that.
 */
public final class GuardedTransport extends JDKTransport {

    private static final String REJECT_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

    // The JDK reads it at its first handshake, which comes after Vert.x has found this class. TLS 1.2 only; 1.3 has no
    // renegotiation.
    static {
        if (System.getProperty(REJECT_RENEGOTIATION) == null) {
            System.setProperty(REJECT_RENEGOTIATION, "true");
        }
    }

    /**
     * Read from one connection before the others of its event loop have their turn: some 40 small requests over HTTP/2. Netty's default of 64 KiB
     * would be more than 1,000. What is read before the service asks for it is kept, too.
     */
    private static final int MOST_READ_BYTES = 2 * 1024;

    private final ConnectionTracker arrivals = new ConnectionTracker(System::nanoTime);
    private final AcceptFailures failures = new AcceptFailures(System::nanoTime);
    private final CertificateLoading certificate = new CertificateLoading();
    private InboundLimits limits;

    /** What arrives at the servers of that instance; nothing where they are not guarded. */
    public static ConnectionTracker arrivals(Vertx vertx) {
        return ((VertxInternal) vertx).transport() instanceof GuardedTransport guarded
                ? guarded.arrivals
                : new ConnectionTracker(System::nanoTime);
    }

    /** To be called where certificates are reloaded: connections that come meanwhile wait. */
    public static void expectReloads(Vertx vertx) {
        if (((VertxInternal) vertx).transport() instanceof GuardedTransport guarded) {
            guarded.certificate.watch(vertx);
        }
    }

    /** Whether connections that this instance accepts are guarded. */
    public static boolean isUsedBy(Vertx vertx) {
        return ((VertxInternal) vertx).transport() instanceof GuardedTransport;
    }

    @Override
    public ChannelFactory<? extends ServerChannel> serverChannelFactory(boolean domainSocket) {
        if (domainSocket) {
            return super.serverChannelFactory(true);
        }
        return () -> {
            var listening = new ListeningChannel();
            listening.pipeline().addLast(new Acceptor(limits()));
            arrivals.trackListener(listening);
            return listening;
        };
    }

    /** For all ports together. Not before the first one is opened: settings can be read then. */
    private synchronized InboundLimits limits() {
        if (limits == null) {
            limits = InboundLimits.of(
                    ConfigProvider.getConfig(), Runtime.getRuntime().maxMemory());
        }
        return limits;
    }

    @Sharable
    private final class Acceptor extends ChannelInboundHandlerAdapter {
        private final InboundLimits limits;

        private Acceptor(InboundLimits limits) {
            this.limits = limits;
        }

        /** Netty's own handler is there by now. */
        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.pipeline().addLast(failures);
            context.fireChannelActive();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object accepted) {
            var connection = (Channel) accepted;
            if (!limits.acquire()) {
                connection.unsafe().closeForcibly();
                return;
            }
            connection.closeFuture().addListener(closed -> limits.release());
            connection
                    .config()
                    .setRecvByteBufAllocator(new AdaptiveRecvByteBufAllocator(64, MOST_READ_BYTES, MOST_READ_BYTES));
            arrivals.trackConnection(connection);
            connection.pipeline().addLast(new ConnectionSetup(limits, certificate));
            context.fireChannelRead(accepted);
        }
    }
}
