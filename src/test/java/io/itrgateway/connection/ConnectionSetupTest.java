package io.itrgateway.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.SelfSigned;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ConnectionSetupTest {

    private static final int MOST_UNREAD_BYTES = 64 * 1024;
    /** More than may wait unread. */
    private static final int UPDATES = 1_000;

    private final InboundLimits limits = new InboundLimits(10, 20, 100, 1000, MOST_UNREAD_BYTES);
    private Service service;
    private SslHandler tls;
    private EmbeddedChannel client;

    /** A connection of the service, with TLS, whose client can stop to read. */
    private static final class Service extends EmbeddedChannel {
        private boolean isRead = true;

        private Service(InboundLimits limits, SslHandler tls) {
            super(new ChannelInitializer<>() {
                @Override
                protected void initChannel(Channel connection) {
                    connection.pipeline().addLast(new ConnectionSetup(limits, new CertificateLoading()));
                    connection.pipeline().addLast("ssl", tls);
                }
            });
        }

        @Override
        protected void doWrite(ChannelOutboundBuffer waiting) throws Exception {
            if (isRead) {
                super.doWrite(waiting);
            }
        }
    }

    @BeforeEach
    void connect() throws SSLException {
        var own = SelfSigned.ofKind("EC");
        service = new Service(
                limits,
                SslContextBuilder.forServer(
                                own.certificatePem().toFile(), own.keyPem().toFile())
                        .build()
                        .newHandler(ByteBufAllocator.DEFAULT));
        tls = SslContextBuilder.forClient()
                .trustManager(own.certificatePem().toFile())
                .protocols("TLSv1.3")
                .endpointIdentificationAlgorithm(null)
                .build()
                .newHandler(ByteBufAllocator.DEFAULT);
        client = new EmbeddedChannel(tls);
        while (transfer(client, service) | transfer(service, client)) {
            client.runPendingTasks();
            service.runPendingTasks();
        }
        assertThat(tls.handshakeFuture().isSuccess()).isTrue();
    }

    @AfterEach
    void release() {
        service.isRead = true;
        client.finishAndReleaseAll();
        service.finishAndReleaseAll();
    }

    private static boolean transfer(EmbeddedChannel from, EmbeddedChannel to) {
        Object message = from.readOutbound();
        if (message != null) {
            to.writeInbound(message);
        }
        return message != null;
    }

    /** Each is answered with another by the engine of TLS (RFC 8446, 4.6.3). */
    private void updateKeys() throws SSLException {
        tls.engine().beginHandshake();
        client.flush();
        assertThat(transfer(client, service)).isTrue();
    }

    @Test
    void aClientThatReadsTheAnswersToItsKeyUpdatesStays() throws SSLException {
        for (int i = 0; i < UPDATES; i++) {
            updateKeys();
            assertThat(transfer(service, client)).isTrue();
        }

        assertThat(service.isOpen()).isTrue();
    }

    @Test
    void oneThatLeavesTooManyOfThemUnreadIsLetGo() throws SSLException {
        service.isRead = false;

        for (int i = 0; i < UPDATES && service.isOpen(); i++) {
            updateKeys();
        }

        assertThat(service.isOpen()).isFalse();
    }

    /** Found by its name. */
    private static final class HAProxyMessageDecoder extends ChannelInboundHandlerAdapter {}

    @Test
    @Timeout(60)
    void aCallerThatIsSilentBehindTheHeaderOfAProxyIsLetGo() throws Exception {
        SilentCaller.awaitLetGo(() -> new EmbeddedChannel(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel connection) {
                connection.pipeline().addLast(new ConnectionSetup(limits, new CertificateLoading()));
                connection.pipeline().addLast(new HAProxyMessageDecoder());
            }
        }));
    }
}
