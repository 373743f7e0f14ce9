package io.itrgateway.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.ReferenceCountUtil;

/**
 * Lets a few requests of an HTTP/2 connection begin in each turn of the event loop, and keeps what has come behind them for the next, while no more
 * is read.
 *
 * <p>The event loop reads from each connection that has something before it runs any task. One read may hold more than a hundred requests; without turns, a
 * caller would wait until those of all other connections have been carried out. HTTP/1 requests begin one at a time in any case.
 */
final class Http2Turns {

    static final int MOST_REQUESTS = 2;

    private final ReadPause pause = new ReadPause();
    private int requests;
    /** What has come behind them; null if there is nothing. */
    private ByteBuf waiting;

    void countRequest() {
        requests++;
    }

    /** Whether no further request may begin in this turn. */
    boolean isOver() {
        return requests >= MOST_REQUESTS;
    }

    boolean isAnyWaiting() {
        return waiting != null;
    }

    /** Keeps those bytes, behind what is kept, and reads no more. */
    void keep(ChannelHandlerContext context, ByteBuf bytes) {
        waiting = waiting == null
                ? bytes
                : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), waiting, bytes);
        pause.begin(context);
    }

    /** Begins the next turn. @return what was kept for it; null if the connection was closed meanwhile */
    ByteBuf next() {
        ByteBuf bytes = waiting;
        waiting = null;
        requests = 0;
        return bytes;
    }

    /** To be called when all has been read that was there: with nothing kept, the turn is over, and reading goes on. */
    void readComplete(ChannelHandlerContext context) {
        if (waiting == null) {
            requests = 0;
            pause.end(context);
        }
    }

    /** To be called before something is read. @return whether it is read later instead */
    boolean deferRead(ChannelHandlerContext context) {
        return pause.deferRead(context);
    }

    void release() {
        ReferenceCountUtil.release(waiting);
        waiting = null;
    }
}
