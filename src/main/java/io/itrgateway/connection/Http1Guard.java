package io.itrgateway.connection;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.http.impl.Http1xOrH2CHandler;
import java.io.IOException;

/**
 * Sees the bytes of a connection as the caller sent them, decrypted and not yet decoded, and passes on to the decoder of Vert.x only HTTP/1
 * requests that have one reading, as far as {@link Http1Parser} has read them. HTTP/2 connections are not looked at.
 *
 * <p>A request that is refused here is answered by the router like every other, in its turn behind those before it: where its head is
 * at fault, a request without fields is passed on in its place; where its body is, its reader is called ({@link Http1Exchanges}). Nothing
 * that comes behind the fault is read, and the connection ends with the answer.
 *
 * <p>Vert.x answers the requests of a connection one after the other, and queues the others, with heads as long as they may be. It gets one at
 * a time; what comes behind it waits here as bytes, and soon no more is read from the connection.
 */
final class Http1Guard extends ChannelDuplexHandler {

    private static final FastThreadLocal<byte[]> SCRATCH = new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
            return new byte[8 * 1024];
        }
    };

    /** With more than this waiting, no more is read. Some is, since only reading shows that a caller has gone. */
    private static final int MOST_WAITING_BYTES = 8 * 1024;

    /** A field whose name consists of this has no meaning. */
    private static final char OF_NO_KNOWN_NAME = '-';

    private static final String CUT_SHORT = "The request ended before it was complete.";

    private final ArrivalLimits limits = ArrivalLimits.current();
    private final Http1Parser parser = new Http1Parser(limits.longestRequestLine(), limits.largestHead());

    private RequestReadTimeout readTimeout;
    private Http1Exchanges exchanges;
    private LingeringClose end;

    /** Whether the first bytes have said that it is HTTP/1. */
    private boolean decided;
    /** What has come and does not count as read yet; null if there is nothing. */
    private ByteBuf held;
    /** Bytes that came before those. */
    private long passed;
    /** What has come behind a request that is not answered; null if there is nothing. */
    private ByteBuf waiting;
    /** While too much waits. */
    private final ReadPause pause = new ReadPause();
    /** Whether the caller has closed its side behind what waits. */
    private boolean endsLater;

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        readTimeout = new RequestReadTimeout(context, limits.requestTimeout(), () -> tooSlow(context));
        readTimeout.startFor(0); // also where it is added to a connection that is active, behind the header of a proxy
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        var bytes = (ByteBuf) message;
        if (decided) {
            readHttp1(context, bytes);
            return;
        }
        allowHalfClosure(context);
        hold(context, bytes);
        if (speaksHttp2(context, held)) {
            handOverToHttp2(context);
        } else if (!mayBecomeHttp2(context, held)) {
            decideForHttp1(context);
        } else {
            readTimeout.startFor(1);
        }
    }

    // ---- the first bytes

    private static boolean speaksHttp2(ChannelHandlerContext context, ByteBuf first) {
        var tls = context.pipeline().get(SslHandler.class);
        if (tls != null) {
            return "h2".equals(tls.applicationProtocol());
        }
        return isPreface(first, Http2Guard.PREFACE.length) && mayBecomeHttp2(context, first);
    }

    private static boolean mayBecomeHttp2(ChannelHandlerContext context, ByteBuf first) {
        return isPreface(first, Math.min(first.readableBytes(), Http2Guard.PREFACE.length))
                && context.pipeline().get(Http1xOrH2CHandler.class) != null;
    }

    private static boolean isPreface(ByteBuf first, int length) {
        if (first.readableBytes() < length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (first.getByte(first.readerIndex() + i) != Http2Guard.PREFACE[i]) {
                return false;
            }
        }
        return true;
    }

    /** What follows is not HTTP/1. */
    private void handOverToHttp2(ChannelHandlerContext context) {
        readTimeout.stop();
        ByteBuf first = held;
        held = null;
        context.fireChannelRead(first);
        context.pipeline().remove(this);
    }

    /** With TLS, one that ends without close_notify has been cut off. */
    private static void allowHalfClosure(ChannelHandlerContext context) {
        if (context.pipeline().get(SslHandler.class) == null) {
            context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
    }

    private void decideForHttp1(ChannelHandlerContext context) {
        ByteBuf first = held;
        held = null;
        beginHttp1(context);
        readHttp1(context, first);
    }

    private void beginHttp1(ChannelHandlerContext context) {
        decided = true;
        end = new LingeringClose(context, LingeringClose.INTERIM);
        exchanges = new Http1Exchanges(context, parser, end, () -> resumeWaiting(context));
    }

    // ---- HTTP/1

    private void readHttp1(ChannelHandlerContext context, ByteBuf bytes) {
        if (exchanges.isRefused() || parser.isOver()) {
            end.discard(bytes);
            return;
        }
        if (waiting != null) {
            keepWaiting(context, ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), waiting, bytes));
            return;
        }
        if (parser.isAmidBody() && !exchanges.isAnyUnanswered()) {
            end.countDiscarded(bytes.readableBytes());
        }
        int read = parse(bytes);
        if (waitsFrom(bytes, Math.max(read, 0)) && !parser.isOver()) {
            if (read > 0) {
                // Vert.x gets the slice, which has no room at its end: its decoder appends to what it is given.
                passOn(context, bytes.readRetainedSlice(read), read);
            }
            keepWaiting(context, bytes);
            return;
        }
        var fault = parser.fault();
        var refusal = fault == null ? null : GatewayException.of(ProblemKind.MALFORMED_REQUEST, fault);
        if (refusal != null && !parser.isAmidBody()) {
            exchanges.refuseHead(
                    refusal); // before the requests that come before it are passed on: none of them is the last one
        }
        if (read >= 0) {
            passOn(context, bytes, read);
        } else {
            hold(context, bytes);
        }
        if (refusal != null) {
            refuse(context, refusal);
        } else if (parser.isAmidRequest()) {
            readTimeout.startFor(parser.heads() + (parser.isAmidBody() ? 0 : 1));
        } else if (parser.heads() > 0) {
            readTimeout.stop();
        }
    }

    /** Whether the next request begins there, and the one before it is not answered. Empty lines are no request. */
    private boolean waitsFrom(ByteBuf bytes, int at) {
        return at < bytes.readableBytes()
                && !parser.isAmidRequest()
                && exchanges.isAnyUnanswered()
                && bytes.getByte(bytes.readerIndex() + at) != '\r';
    }

    private void keepWaiting(ChannelHandlerContext context, ByteBuf behind) {
        readTimeout.stop();
        waiting = behind;
        if (behind.readableBytes() > MOST_WAITING_BYTES) {
            pause.begin(context);
        }
    }

    /** Passes on the next request that waits, if those before it are answered. */
    private void resumeWaiting(ChannelHandlerContext context) {
        if (waiting == null || exchanges.isAnyUnanswered()) {
            return;
        }
        ByteBuf bytes = waiting;
        waiting = null;
        pause.end(context); // before Vert.x gets the bytes: it may pause reading after them
        readHttp1(context, bytes);
        context.fireChannelReadComplete();
        if (endsLater) {
            endInput(context);
        }
    }

    /** @return how many of these bytes count as read, with all that is held before them; -1 if nothing new does */
    private int parse(ByteBuf bytes) {
        byte[] scratch = SCRATCH.get();
        int all = bytes.readableBytes();
        int at = 0;
        int read = -1;
        while (at < all && !parser.isOver() && !waitsFrom(bytes, at)) {
            int piece;
            if (parser.bodyLeft() > 0) {
                piece = (int) Math.min(parser.bodyLeft(), all - at);
                parser.bodyRead(piece);
                read = at + piece;
            } else {
                piece = Math.min(scratch.length, all - at);
                bytes.getBytes(bytes.readerIndex() + at, scratch, 0, piece);
                int readOfPiece = parser.read(scratch, 0, piece);
                if (readOfPiece >= 0) {
                    read = at + readOfPiece;
                    piece = parser.isAmidRequest() ? piece : readOfPiece;
                }
            }
            at += piece;
        }
        return read;
    }

    private void passOn(ChannelHandlerContext context, ByteBuf bytes, int read) {
        ByteBuf rest = read == bytes.readableBytes()
                ? null
                : bytes.copy(bytes.readerIndex() + read, bytes.readableBytes() - read);
        bytes.writerIndex(bytes.readerIndex() + read);
        hold(context, bytes);
        ByteBuf whole = held;
        held = rest;
        for (var name : parser.takeIgnoredNames()) {
            int from = whole.readerIndex() + (int) (name.from() - passed);
            for (int i = 0; i < name.length(); i++) {
                whole.setByte(from + i, OF_NO_KNOWN_NAME);
            }
        }
        passed += whole.readableBytes();
        context.fireChannelRead(whole);
    }

    private void hold(ChannelHandlerContext context, ByteBuf bytes) {
        if (held == null) {
            held = bytes;
        } else {
            held = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), held, bytes);
        }
    }

    private void refuse(ChannelHandlerContext context, GatewayException reason) {
        readTimeout.stop();
        ByteBuf unread = held == null ? Unpooled.EMPTY_BUFFER : held;
        held = null;
        if (parser.isAmidBody()) {
            unread.release();
            exchanges.refuseBody(reason);
        } else {
            exchanges.refuseHead(reason);
            ByteBuf inPlace = RefusedHead.inPlaceOf(context.alloc(), unread, parser.isAmidFields());
            unread.release();
            context.fireChannelRead(inPlace);
            context.fireChannelReadComplete();
        }
    }

    private void tooSlow(ChannelHandlerContext context) {
        if (!decided && held == null) {
            context.close(); // nothing has come, so there is nothing to answer
            return;
        }
        if (!decided) {
            beginHttp1(context);
        }
        refuse(context, GatewayException.of(ProblemKind.REQUEST_TIMEOUT));
    }

    // ---- everything else that happens to a connection

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        readTimeout.readComplete();
        context.fireChannelReadComplete();
    }

    @Override
    public void read(ChannelHandlerContext context) {
        if (!pause.deferRead(context)) {
            readTimeout.resume();
            context.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!decided && event == ChannelInputShutdownEvent.INSTANCE) {
            decideForHttp1(context); // the beginning of the preface of HTTP/2, and no more
        }
        if (decided && end.isInputEnd(event)) {
            endInput(context);
        } else if (event == SslCloseCompletionEvent.SUCCESS) {
            context.close(); // nothing can be sent, or nothing has been asked
        } else if (!(event instanceof ChannelInputShutdownReadComplete)) {
            context.fireUserEventTriggered(event);
        }
    }

    /** Nothing comes behind what waits. */
    private void endInput(ChannelHandlerContext context) {
        endsLater = waiting != null;
        if (endsLater) {
            exchanges.probe();
        } else {
            recordInputEnd(context);
        }
    }

    /** The caller sends nothing more, and may wait for its answers; or it has gone. */
    private void recordInputEnd(ChannelHandlerContext context) {
        if (parser.isAmidRequest() && !exchanges.isRefused()) {
            refuse(context, GatewayException.of(ProblemKind.MALFORMED_REQUEST, CUT_SHORT));
        }
        exchanges.recordInputEnd();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A broken connection is no fault of this service; the end of the connection ends what was using it.
        if (cause instanceof IOException || cause instanceof DecoderException) {
            context.close();
        } else {
            context.fireExceptionCaught(cause);
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        readTimeout.stop();
        ReferenceCountUtil.release(held);
        ReferenceCountUtil.release(waiting);
        held = null;
        waiting = null;
    }
}
