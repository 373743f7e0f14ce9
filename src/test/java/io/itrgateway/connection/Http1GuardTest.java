package io.itrgateway.connection;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.itrgateway.sandbox.SelfSigned;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslContextBuilder;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is kept of a connection while a request of it is not answered. */
class Http1GuardTest {

    private static final int LARGEST_HEAD_BYTES = 20 * 1024;

    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String LARGE =
            "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(LARGEST_HEAD_BYTES - 100) + "\r\n\r\n";

    private static final ByteBufAllocator ALLOCATOR = ByteBufAllocator.DEFAULT;

    private final EmbeddedChannel connection = new EmbeddedChannel(new Http1Guard());

    @AfterEach
    void release() {
        connection.finishAndReleaseAll();
    }

    private void receive(String text) {
        connection.writeInbound(Unpooled.copiedBuffer(text, ISO_8859_1));
    }

    private String passedOn() {
        return everything(connection.inboundMessages());
    }

    private String sent() {
        return everything(connection.outboundMessages());
    }

    private static String everything(Iterable<Object> messages) {
        var text = new StringBuilder();
        messages.forEach(message -> text.append(((ByteBuf) message).toString(ISO_8859_1)));
        return text.toString();
    }

    @Test
    void vertxGetsNoFurtherRequestBeforeTheAnswerOfTheFirst() {
        receive(REQUEST + LARGE.repeat(16));

        assertThat(passedOn()).hasSize(REQUEST.length()).isEqualTo(REQUEST);
    }

    @Test
    void ofWhatIsNotPassedOnLittleIsRead() {
        receive(REQUEST);
        int pieces = 0;
        while (connection.config().isAutoRead()) {
            receive(LARGE.substring(0, 1024));
            pieces++;
        }

        assertThat(pieces).isLessThan(16);
        assertThat(passedOn()).isEqualTo(REQUEST);
    }

    @Test
    void anEmptyLineBehindARequestIsNoFurtherOne() {
        receive(REQUEST + "\r\n");
        receive("\r");
        receive("\n");

        assertThat(passedOn()).isEqualTo(REQUEST + "\r\n\r\n");
    }

    /** As behind the header of a proxy, and a handshake of TLS. */
    @Test
    @Timeout(60)
    void aConnectionThatIsGuardedWhenItIsActiveMayBeSilentForNoLongerTime() throws Exception {
        SilentCaller.awaitLetGo(() -> {
            var silent = new EmbeddedChannel();
            silent.pipeline().addLast(new Http1Guard());
            return silent;
        });
    }

    @Test
    void aCallerThatHasClosedItsSideBehindAnotherRequestIsLookedFor() {
        receive(REQUEST + REQUEST);

        connection.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

        assertThat(sent()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void aCallerWithTlsThatHasClosedItsSideIsLookedFor() throws SSLException {
        assertThat(behindCloseNotify("TLSv1.3", REQUEST))
                .isEqualTo(new BehindCloseNotify("HTTP/1.1 100 Continue\r\n\r\n", true));
    }

    @Test
    void theCloseNotifyOfTls12EndsTheConnection() throws SSLException {
        assertThat(behindCloseNotify("TLSv1.2", REQUEST)).isEqualTo(new BehindCloseNotify("", false));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aCloseNotifyWithoutARequestEndsTheConnection(String protocol) throws SSLException {
        assertThat(behindCloseNotify(protocol, "")).isEqualTo(new BehindCloseNotify("", false));
    }

    private record BehindCloseNotify(String sent, boolean isOpen) {}

    private static BehindCloseNotify behindCloseNotify(String protocol, String text) throws SSLException {
        var own = SelfSigned.ofKind("EC");
        var service = new EmbeddedChannel(
                SslContextBuilder.forServer(
                                own.certificatePem().toFile(), own.keyPem().toFile())
                        .build()
                        .newHandler(ALLOCATOR),
                new Http1Guard());
        var tls = SslContextBuilder.forClient()
                .trustManager(own.certificatePem().toFile())
                .protocols(protocol)
                .endpointIdentificationAlgorithm(null)
                .build()
                .newHandler(ALLOCATOR);
        var caller = new EmbeddedChannel(tls);
        exchange(caller, service);
        caller.writeOutbound(Unpooled.copiedBuffer(text, ISO_8859_1));
        tls.closeOutbound();
        exchange(caller, service);
        var end = new BehindCloseNotify(everything(caller.inboundMessages()), service.isOpen());
        caller.finishAndReleaseAll();
        service.finishAndReleaseAll();
        return end;
    }

    private static void exchange(EmbeddedChannel one, EmbeddedChannel other) {
        while (transfer(one, other) | transfer(other, one)) {
            one.runPendingTasks();
            other.runPendingTasks();
        }
    }

    private static boolean transfer(EmbeddedChannel from, EmbeddedChannel to) {
        Object message = from.readOutbound();
        if (message != null) {
            to.writeInbound(message);
        }
        return message != null;
    }
}
