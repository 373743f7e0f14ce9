package io.itrgateway.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is kept of a connection while a request of it is not answered. */
class Http1GuardTest {

    private static final int LARGEST_HEAD_BYTES = 20 * 1024;

    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    private static final String LARGE =
            "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(LARGEST_HEAD_BYTES - 100) + "\r\n\r\n";

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

    @Test
    void aCallerThatHasClosedItsSideBehindAnotherRequestIsLookedFor() {
        receive(REQUEST + REQUEST);

        connection.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);

        assertThat(sent()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
        assertThat(connection.isOpen()).isTrue();
    }
}
