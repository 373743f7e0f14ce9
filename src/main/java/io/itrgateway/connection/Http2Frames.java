package io.itrgateway.connection;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;
import static io.netty.handler.codec.http2.Http2CodecUtil.INT_FIELD_LENGTH;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;

/** What the bytes of HTTP/2 frames say, each of which begins at the index given (RFC 9113, 4.1 and 6). */
final class Http2Frames {

    static final int PRIORITY_BYTES = 5;

    private static final int PADDED = 0x8;
    private static final int WITH_PRIORITY = 0x20;

    private Http2Frames() {}

    /** Whether it is, with nothing behind it, the frame that resets a stream. */
    static boolean isReset(ByteBuf frame) {
        return frame.readableBytes() == FRAME_HEADER_LENGTH + INT_FIELD_LENGTH
                && frame.getUnsignedMedium(frame.readerIndex()) == INT_FIELD_LENGTH
                && frame.getByte(frame.readerIndex() + 3) == Http2FrameTypes.RST_STREAM;
    }

    static int streamId(ByteBuf bytes, int at) {
        return bytes.getInt(at + 5) & Integer.MAX_VALUE;
    }

    /**
     * How many bytes must be there to judge the frame: its head, the length of the padding, and the priority in a HEADERS frame. DATA is judged
     * when all of it is there: the stream may be reset before, and Netty, which would keep the beginning meanwhile, answers DATA on a stream that
     * is gone with one more reset. It counts those resets, and ends the connection when there are many.
     */
    static int headBytes(ByteBuf bytes, int at) {
        if (bytes.writerIndex() - at < FRAME_HEADER_LENGTH) {
            return FRAME_HEADER_LENGTH;
        }
        int judged = switch (bytes.getByte(at + 3)) {
            case Http2FrameTypes.HEADERS ->
                (bytes.getByte(at + 4) & WITH_PRIORITY) == 0 ? 0 : INT_FIELD_LENGTH + paddingHeadBytes(bytes, at);
            case Http2FrameTypes.DATA -> dataBytes(bytes, at);
            default -> 0;
        };
        return FRAME_HEADER_LENGTH + Math.min(bytes.getUnsignedMedium(at), judged);
    }

    /** Netty refuses a longer frame at its head, unless an operator allows it: then it is judged by its head, and not held here. */
    private static int dataBytes(ByteBuf bytes, int at) {
        int length = bytes.getUnsignedMedium(at);
        return length <= Http2CodecUtil.DEFAULT_MAX_FRAME_SIZE ? length : paddingHeadBytes(bytes, at);
    }

    private static int paddingHeadBytes(ByteBuf bytes, int at) {
        return (bytes.getByte(at + 4) & PADDED) == 0 ? 0 : 1;
    }

    /** A priority that depends on itself, which Netty takes for an error of the connection, depends on nothing. */
    static void ignoreDependencyOnItself(ByteBuf bytes, int at, int id) {
        int payload = at + FRAME_HEADER_LENGTH + paddingHeadBytes(bytes, at);
        boolean hasPriority = (bytes.getByte(at + 4) & WITH_PRIORITY) != 0
                && bytes.getUnsignedMedium(at) >= PRIORITY_BYTES + paddingHeadBytes(bytes, at);
        if (hasPriority && (bytes.getInt(payload) & Integer.MAX_VALUE) == id) {
            bytes.setInt(payload, 0);
        }
    }

    /** Whether the DATA frame is empty, or has nothing but padding. */
    static boolean isWithoutContent(ByteBuf bytes, int at) {
        int length = bytes.getUnsignedMedium(at);
        if (length == 0) {
            return (bytes.getByte(at + 4) & PADDED) == 0;
        }
        return (bytes.getByte(at + 4) & PADDED) != 0 && bytes.getUnsignedByte(at + FRAME_HEADER_LENGTH) == length - 1;
    }
}
