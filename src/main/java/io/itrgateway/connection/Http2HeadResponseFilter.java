package io.itrgateway.connection;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;
import static io.netty.handler.codec.http2.Http2Flags.END_STREAM;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2RemoteFlowController.FlowControlled;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * Leaves the content out of every answer to HEAD over HTTP/2, which Vert.x does over HTTP/1 only.
 *
 * <p>Such content takes nothing of a window, so Netty writes it at once, and what it writes is dropped on its way to the client; only the
 * end of the stream is left, as an empty DATA frame.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-9.3.2">RFC 9110, 9.3.2</a>
 */
final class Http2HeadResponseFilter {

    private final Http2Connection connection;
    private final Http2Connection.PropertyKey isHead;
    /** While Netty writes content that is to be left out, which it does in one go: the head of a frame, its payload, and so on. */
    private boolean isDropping;

    private boolean isPayloadNext;

    Http2HeadResponseFilter(Http2Connection connection) {
        this.connection = connection;
        this.isHead = connection.newKey();
    }

    /** To be called before the request is handed on: its answer may be written meanwhile. */
    void expect(int streamId) {
        Http2Stream stream = connection.stream(streamId);
        if (stream != null) {
            stream.setProperty(isHead, true);
        }
    }

    /** What to write instead: the same, unless the stream is one of HEAD. */
    FlowControlled withoutContent(Http2Stream stream, FlowControlled payload) {
        return stream.getProperty(isHead) == null ? payload : new Dropped(payload);
    }

    /** Whether nothing of that is to be written; it is released then. */
    boolean drop(ByteBuf written, ChannelPromise promise) {
        if (!isDropping || !isPayloadNext && !isHeadOfData(written)) {
            return false;
        }
        boolean isPayload = isPayloadNext;
        isPayloadNext = !isPayload;
        if (!isPayload && (written.getByte(written.readerIndex() + 4) & END_STREAM) != 0) {
            written.setMedium(written.readerIndex(), 0);
            return false;
        }
        written.release();
        promise.trySuccess();
        return true;
    }

    private static boolean isHeadOfData(ByteBuf written) {
        return written.readableBytes() == FRAME_HEADER_LENGTH
                && written.getByte(written.readerIndex() + 3) == Http2FrameTypes.DATA;
    }

    /** Takes nothing of a window: none of it is sent. */
    private final class Dropped implements FlowControlled {
        private final FlowControlled payload;

        private Dropped(FlowControlled payload) {
            this.payload = payload;
        }

        @Override
        public int size() {
            return 0;
        }

        @Override
        public void write(ChannelHandlerContext context, int allowedBytes) {
            isDropping = true;
            isPayloadNext = false;
            try {
                payload.write(context, payload.size());
            } finally {
                isDropping = false;
            }
        }

        @Override
        public void writeComplete() {
            payload.writeComplete();
        }

        @Override
        public void error(ChannelHandlerContext context, Throwable cause) {
            payload.error(context, cause);
        }

        @Override
        public boolean merge(ChannelHandlerContext context, FlowControlled next) {
            return false;
        }
    }
}
