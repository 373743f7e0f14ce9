package io.itrgateway.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Puts short DATA frames of one stream together. Until a body is read, Vert.x keeps each frame in objects of some 200 bytes, so that a window of
 * 64 KiB, filled byte by byte, would take 13 MiB.
 */
final class Http2DataMerger extends Http2FrameListenerDecorator {

    /** Shorter frames wait for the next one. A body is of use only when it has ended. */
    private static final int LEAST_BYTES = 1024;

    private final Http2Connection connection;
    private final Http2Connection.PropertyKey held;

    Http2DataMerger(Http2FrameListener vertx, Http2Connection connection) {
        super(vertx);
        this.connection = connection;
        this.held = connection.newKey();
    }

    /** @return the padding; the bytes themselves are given back to the window by Vert.x, when they are read */
    @Override
    public int onDataRead(ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean isLast)
            throws Http2Exception {
        ByteBuf before = takeHeld(id);
        if (before == null && (isLast || data.readableBytes() >= LEAST_BYTES)) {
            return super.onDataRead(context, id, data, padding, isLast);
        }
        // On the heap: there is nothing to release where the stream ends before.
        ByteBuf all = before == null ? Unpooled.buffer() : before;
        all.writeBytes(data, data.readerIndex(), data.readableBytes());
        if (isLast || all.readableBytes() >= LEAST_BYTES) {
            return super.onDataRead(context, id, all, padding, isLast);
        }
        connection.stream(id).setProperty(held, all);
        return padding;
    }

    /** Trailers end a body as well. */
    @Override
    public void onHeadersRead(
            ChannelHandlerContext context,
            int id,
            Http2Headers headers,
            int dependency,
            short weight,
            boolean isExclusive,
            int padding,
            boolean isLast)
            throws Http2Exception {
        ByteBuf before = takeHeld(id);
        if (before != null) {
            super.onDataRead(context, id, before, 0, false);
        }
        super.onHeadersRead(context, id, headers, dependency, weight, isExclusive, padding, isLast);
    }

    private ByteBuf takeHeld(int id) {
        Http2Stream stream = connection.stream(id);
        return stream == null ? null : stream.removeProperty(held);
    }
}
