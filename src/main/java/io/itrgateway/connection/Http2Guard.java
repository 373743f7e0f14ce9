package io.itrgateway.connection;

import static io.netty.handler.codec.http2.Http2CodecUtil.FRAME_HEADER_LENGTH;
import static io.netty.handler.codec.http2.Http2CodecUtil.INT_FIELD_LENGTH;
import static io.netty.handler.codec.http2.Http2Flags.END_STREAM;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Follows the frames of an HTTP/2 client ahead of Netty, and removes itself from a connection that is not HTTP/2.
 *
 * <p>Frames that Netty would take for an error of the whole connection, although they concern one stream only, go no further: what a
 * client still sends on a stream that was refused or reset, and a priority (deprecated by RFC 9113) that depends on itself. Frames that
 * ask for work and carry nothing are counted; a client that never finishes what it began is let go. Requests begin a few at a time
 * ({@link Http2Turns}).
 */
final class Http2Guard extends ChannelDuplexHandler {

    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

    private static final int END_HEADERS = 0x4;

    private static final long TICK_SECONDS = 10;
    /** Within one tick: PING, SETTINGS and the like, DATA without content, and each WINDOW_UPDATE beyond the credit that answers give. */
    private static final int MOST_IDLE_FRAMES = 10_000;
    /** For so many ticks a client may keep what it began unfinished, or an answer unread. */
    static final int MOST_TICKS = 3;

    private final InboundLimits limits;
    private final UnreadBytes unread;
    private Http2ConnectionHandler http2;
    private Http2Streams streams;
    private ScheduledFuture<?> ticks;

    private int prefaceBytes;
    private ByteBuf carried = Unpooled.EMPTY_BUFFER;
    /** Of the frame that has begun; the preface counts as one. */
    private int payloadLeft = PREFACE.length;
    /** Of the bytes at hand, those before this index have been passed on, or dropped. */
    private int passed;

    private final Http2Turns turns = new Http2Turns();
    /** Whether the client has closed its side behind what waits. */
    private boolean endsLater;

    private boolean isDropping;
    private boolean isInFieldBlock;
    private int lastHeadersId;
    private int idleFrames;
    private int unfinishedTicks;
    private boolean isJudging;
    private boolean isEnded;
    private LingeringClose end;

    Http2Guard(InboundLimits limits, UnreadBytes unread) {
        this.limits = limits;
        this.unread = unread;
    }

    // ---- the connection ---------------------------------------------------------------------------------------------

    /** The first thing that is written says what the connection is: Netty's SETTINGS, before any frame of the client is read. */
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (http2 == null) {
            http2 = context.pipeline().get(Http2ConnectionHandler.class);
            if (http2 == null) {
                removeFrom(context);
            } else {
                streams = new Http2Streams(http2, context, limits, unread);
                end = new LingeringClose(context, LingeringClose.PING);
                ticks = context.executor()
                        .scheduleAtFixedRate(() -> tick(context), TICK_SECONDS, TICK_SECONDS, TimeUnit.SECONDS);
            }
        }
        if (http2 != null && message instanceof ByteBuf frame && Http2Frames.isReset(frame)) {
            writeReset(context, frame, promise);
        } else if (http2 == null
                || !(message instanceof ByteBuf bytes)
                || !streams.headResponses().drop(bytes, promise)) {
            super.write(context, message, promise);
        }
    }

    /**
     * Never with a failure, and sent when its stream is gone: Netty keeps a stream until its reset is written. An error of the connection
     * meanwhile, as where another write fails in the same flush, is a NullPointerException in Vert.x if it has not seen the stream. A reset that
     * cannot be written needs no other: the connection is gone.
     */
    private static void writeReset(ChannelHandlerContext context, ByteBuf frame, ChannelPromise promise) {
        context.write(frame);
        promise.trySuccess();
        context.executor().execute(context::flush);
    }

    private void tick(ChannelHandlerContext context) {
        idleFrames = 0;
        boolean isUnfinished = payloadLeft > 0
                || carried.isReadable()
                || isInFieldBlock
                || !http2.decoder().prefaceReceived();
        unfinishedTicks = isUnfinished ? unfinishedTicks + 1 : 0;
        if (unfinishedTicks > MOST_TICKS || hasClientLeft()) {
            context.channel().close();
        } else {
            streams.resetStalled();
        }
    }

    /** Whether the client has sent GOAWAY, and has its answers. Most clients close the connection themselves. */
    private boolean hasClientLeft() {
        return http2.connection().goAwayReceived() && http2.connection().numActiveStreams() == 0;
    }

    /** A failed write on a stream that is gone must not end other streams; Vert.x would close the connection. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
        boolean isOfAStream = cause instanceof IllegalArgumentException
                || cause instanceof IllegalStateException
                || cause instanceof Http2Exception.StreamException;
        if (http2 == null || !isOfAStream) {
            super.exceptionCaught(context, cause);
        }
    }

    /** A client that has closed its side may wait for its answers, or has gone. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (http2 == null || !end.isInputEnd(event)) {
            super.userEventTriggered(context, event);
            return;
        }
        endsLater = turns.isAnyWaiting();
        if (!endsLater) {
            recordInputEnd();
        }
    }

    private void recordInputEnd() {
        end.recordInputEnd();
        end.probe(streams::isAnyOpen, () -> false);
        streams.whenNoneIsOpen(end::begin);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (ticks != null) {
            ticks.cancel(false);
        }
        carried.release();
        carried = Unpooled.EMPTY_BUFFER;
        turns.release();
    }

    private void removeFrom(ChannelHandlerContext context) {
        if (!context.isRemoved()) {
            context.pipeline().remove(this);
        }
    }

    // ---- the frames -------------------------------------------------------------------------------------------------

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (!(message instanceof ByteBuf bytes)) {
            super.channelRead(context, message);
        } else if (!matchPreface(bytes)) {
            super.channelRead(context, message);
            removeFrom(context);
        } else if (isEnded) {
            end.discard(bytes);
        } else if (turns.isAnyWaiting()) {
            turns.keep(context, bytes);
        } else {
            ByteBuf all = carried.isReadable() ? Unpooled.wrappedBuffer(carried, bytes) : bytes;
            carried = Unpooled.EMPTY_BUFFER;
            follow(context, all);
        }
    }

    /** Whether the connection has begun, as far as it goes, with what an HTTP/2 connection begins with. */
    private boolean matchPreface(ByteBuf bytes) {
        for (int i = bytes.readerIndex(); i < bytes.writerIndex() && prefaceBytes < PREFACE.length; i++) {
            if (bytes.getByte(i) != PREFACE[prefaceBytes]) {
                return false;
            }
            prefaceBytes++;
        }
        return true;
    }

    private void follow(ChannelHandlerContext context, ByteBuf bytes) {
        passed = bytes.readerIndex();
        int at = passed;
        int limit = bytes.writerIndex();
        while (at < limit && !isEnded) {
            if (payloadLeft > 0) {
                int some = Math.min(payloadLeft, limit - at);
                payloadLeft -= some;
                at += some;
            } else if (limit - at < Http2Frames.headBytes(bytes, at)) {
                carried = context.alloc().buffer(limit - at).writeBytes(bytes, at, limit - at);
                limit = at;
            } else if (turns.isOver() && beginsRequest(bytes, at)) {
                turns.keep(context, bytes.copy(at, limit - at));
                context.executor().execute(() -> takeTurn(context));
                limit = at;
            } else {
                // At most ticks, a client that sends without a pause is in the middle of a frame, each time another
                // one.
                unfinishedTicks = isInFieldBlock ? unfinishedTicks : 0;
                isDropping = !admitFrame(context, bytes, at);
                if (isDropping) {
                    passOn(context, bytes, at);
                }
                payloadLeft = bytes.getUnsignedMedium(at);
                at += FRAME_HEADER_LENGTH;
            }
            if (isDropping) {
                passed = at;
            }
        }
        passOn(context, bytes, isEnded ? passed : limit);
        bytes.release();
        if (streams != null) {
            streams.resetAnswered();
        }
    }

    /** Trailers do not: they are read with their request, which would be reset if it were answered before it is complete. */
    private boolean beginsRequest(ByteBuf bytes, int at) {
        return bytes.getByte(at + 3) == Http2FrameTypes.HEADERS && Http2Frames.streamId(bytes, at) > lastHeadersId;
    }

    private void takeTurn(ChannelHandlerContext context) {
        ByteBuf bytes = turns.next();
        if (bytes == null) {
            return; // the connection was closed
        }
        if (isEnded) {
            end.discard(bytes);
        } else {
            follow(context, bytes);
        }
        context.fireChannelReadComplete();
        turns.readComplete(context);
        if (endsLater && !turns.isAnyWaiting()) {
            recordInputEnd();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) throws Exception {
        turns.readComplete(context);
        super.channelReadComplete(context);
    }

    @Override
    public void read(ChannelHandlerContext context) throws Exception {
        if (!turns.deferRead(context)) {
            super.read(context);
        }
    }

    private void passOn(ChannelHandlerContext context, ByteBuf bytes, int limit) {
        if (limit > passed) {
            int begin = passed;
            passed = limit;
            context.fireChannelRead(bytes.retainedSlice(begin, limit - begin));
        }
    }

    private boolean admitFrame(ChannelHandlerContext context, ByteBuf bytes, int at) {
        int length = bytes.getUnsignedMedium(at);
        byte type = bytes.getByte(at + 3);
        int flags = bytes.getUnsignedByte(at + 4);
        int id = Http2Frames.streamId(bytes, at);
        judgeRequests(context, bytes, at);
        switch (type) {
            case Http2FrameTypes.HEADERS -> {
                if (id > lastHeadersId) {
                    turns.countRequest();
                    lastHeadersId = id;
                }
                isInFieldBlock = (flags & END_HEADERS) == 0;
                Http2Frames.ignoreDependencyOnItself(bytes, at, id);
            }
            case Http2FrameTypes.CONTINUATION -> isInFieldBlock &= (flags & END_HEADERS) == 0;
            case Http2FrameTypes.DATA -> {
                boolean isIdle = (flags & END_STREAM) == 0 && Http2Frames.isWithoutContent(bytes, at);
                countIdle(context, isIdle);
                if (isInFieldBlock || !passOnAndCheckClosed(context, bytes, at, id)) {
                    if (!isIdle || !isSending(id)) {
                        return true;
                    }
                    takeFromWindow(context, http2.connection().stream(id), length);
                } else {
                    takeFromWindow(context, null, length);
                }
                return false;
            }
            case Http2FrameTypes.RST_STREAM, Http2FrameTypes.WINDOW_UPDATE -> {
                boolean isOfAnswers =
                        type == Http2FrameTypes.WINDOW_UPDATE && streams != null && streams.takeUpdateCredit();
                countIdle(context, !isOfAnswers);
                return isInFieldBlock || length != INT_FIELD_LENGTH || !passOnAndCheckClosed(context, bytes, at, id);
            }
            case Http2FrameTypes.PRIORITY -> {
                countIdle(context, true);
                return isInFieldBlock || length != Http2Frames.PRIORITY_BYTES || id == 0;
            }
            default -> countIdle(context, true);
        }
        return true;
    }

    /** Whether the stream was refused before it began, or reset by this side: its client may not know yet. */
    private boolean passOnAndCheckClosed(ChannelHandlerContext context, ByteBuf bytes, int at, int id) {
        if (id == 0 || (id & 1) == 0 || id > lastHeadersId || http2 != null && streams.isOpen(id)) {
            return false;
        }
        // What the stream has come to shows only when Netty has seen its head.
        passOn(context, bytes, at);
        return http2 != null && streams.isGone(id);
    }

    /** Netty allows two DATA frames without content in a row. */
    private boolean isSending(int id) {
        return !isInFieldBlock && http2 != null && streams.isSending(id);
    }

    /** Puts itself between Netty and Vert.x, as soon as Vert.x is there: it comes with the client's SETTINGS. */
    private void judgeRequests(ChannelHandlerContext context, ByteBuf bytes, int at) {
        if (!isJudging) {
            passOn(context, bytes, at); // the preface and the SETTINGS may have come with the first request
        }
        if (!isJudging && http2 != null && http2.decoder().prefaceReceived()) {
            isJudging = true;
            var merged = new Http2DataMerger(http2.decoder().frameListener(), http2.connection());
            http2.decoder().frameListener(new Http2RequestValidator(merged, streams));
        }
    }

    /** Counts dropped DATA against the windows of the connection and of its stream, unless that is gone; they are opened again for it. */
    private void takeFromWindow(ChannelHandlerContext context, Http2Stream stream, int length) {
        var windows = http2.decoder().flowController();
        try {
            windows.receiveFlowControlledFrame(stream, Unpooled.EMPTY_BUFFER, length, false);
            if (stream != null) {
                windows.consumeBytes(stream, length);
            }
        } catch (Http2Exception.StreamException overrun) {
            http2.onError(context.pipeline().context(http2), false, overrun);
        } catch (Http2Exception overrun) {
            end(context, overrun);
        }
    }

    private void countIdle(ChannelHandlerContext context, boolean isIdle) {
        if (isIdle && ++idleFrames > MOST_IDLE_FRAMES && http2 != null) {
            end(
                    context,
                    Http2Exception.connectionError(Http2Error.ENHANCE_YOUR_CALM, "too many frames that carry nothing"));
        }
    }

    private void end(ChannelHandlerContext context, Http2Exception cause) {
        if (!isEnded) {
            isEnded = true;
            http2.onError(context.pipeline().context(http2), false, cause);
        }
    }

    /** The client is still sending: to close at once would reset the connection, and the GOAWAY with it. */
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) throws Exception {
        if (!isEnded || !context.channel().isActive()) {
            super.close(context, promise);
            return;
        }
        context.channel().closeFuture().addListener(closed -> promise.trySuccess());
        end.begin();
    }
}
