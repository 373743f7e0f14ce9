package io.itrgateway.connection;

import io.netty.channel.ChannelHandlerContext;

/**
 * A time in which nothing is read from a connection, since enough has come that is not passed on yet. What Vert.x asks to read meanwhile is
 * read when it is over. Belongs to the event loop of the connection.
 */
final class ReadPause {

    private boolean isOn;
    /** Whether more would be read otherwise. */
    private boolean readsLater;

    /** Has no effect if it has begun. */
    void begin(ChannelHandlerContext context) {
        if (!isOn) {
            isOn = true;
            readsLater = context.channel().config().isAutoRead();
            context.channel().config().setAutoRead(false);
        }
    }

    /** Has no effect if it has not begun. */
    void end(ChannelHandlerContext context) {
        if (isOn) {
            isOn = false;
            context.channel().config().setAutoRead(readsLater);
        }
    }

    /** To be called before something is read. @return whether it is read later instead */
    boolean deferRead(ChannelHandlerContext context) {
        if (isOn) {
            readsLater = true;
            context.channel().config().setAutoRead(false);
        }
        return isOn;
    }
}
