package io.itrgateway.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Ends a connection so that its last answer is not lost (RFC 9112, 9.6): first the side of the service is closed, and what the caller
 * is still sending is read and dropped for a while, since to close at once would reset the connection.
 */
final class LingeringClose {

    private static final long LONGEST_LINGER_MILLIS = 2_000;
    private static final long MOST_DISCARDED_BYTES = 8L * 1024 * 1024;

    /** Doubling from there on. */
    private static final long FIRST_PROBE_PAUSE_MILLIS = 250;

    /** Probe of HTTP/1.1: those that wait for an answer skip interim ones (RFC 9110, 15.2). */
    static final ByteBuf INTERIM = Unpooled.unreleasableBuffer(
            Unpooled.copiedBuffer("HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII));

    /** Probe of HTTP/2: a PING frame (RFC 9113, 6.7), which a client that has closed its side cannot acknowledge. */
    static final ByteBuf PING = Unpooled.unreleasableBuffer(Unpooled.buffer()
            .writeMedium(Long.BYTES)
            .writeByte(Http2FrameTypes.PING)
            .writeZero(1 + Integer.BYTES + Long.BYTES));

    private final ChannelHandlerContext context;
    private final ByteBuf probe;
    private boolean begun;
    private boolean hasLeft;
    private boolean isProbing;
    private boolean inputEnded;
    private long discarded;

    /** @param probe what is sent to find out whether a caller that has closed its side is still there */
    LingeringClose(ChannelHandlerContext context, ByteBuf probe) {
        this.context = context;
        this.probe = probe;
    }

    /** Ends it when what was written so far has left. */
    void begin() {
        if (begun) {
            return;
        }
        begun = true;
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> {
            hasLeft = true;
            if (inputEnded || !written.isSuccess()) {
                context.close();
            } else {
                closeOutput();
                context.channel().config().setAutoRead(true);
                whileOpen(LONGEST_LINGER_MILLIS, context::close);
            }
        });
    }

    /** Cancelled when the connection is closed: a timer would keep it, and its last request, in memory for that time. */
    private void whileOpen(long afterMillis, Runnable task) {
        var timer = context.executor().schedule(task, afterMillis, TimeUnit.MILLISECONDS);
        context.channel().closeFuture().addListener(closed -> timer.cancel(false));
    }

    private void closeOutput() {
        var tls = context.pipeline().get(SslHandler.class);
        if (tls != null) {
            tls.closeOutbound();
        } else if (context.channel() instanceof DuplexChannel channel) {
            channel.shutdownOutput();
        }
    }

    /** Takes what comes behind the last request that is read. */
    void discard(ByteBuf bytes) {
        countDiscarded(bytes.readableBytes());
        bytes.release();
    }

    /** The next request is there: what was dropped of those before it counts no longer. */
    void resetDiscarded() {
        discarded = 0;
    }

    /** Counts bytes that arrived and are no longer needed. */
    void countDiscarded(int bytes) {
        discarded += bytes;
        if (discarded > MOST_DISCARDED_BYTES) {
            context.close();
        }
    }

    /**
     * Whether the caller has closed its side, and may be answered. With TLS 1.3 a close_notify ends one direction only (RFC 8446, 6.1); with 1.2
     * nothing may be sent behind it (RFC 5246, 7.2.1).
     */
    boolean isInputEnd(Object event) {
        if (event != SslCloseCompletionEvent.SUCCESS) {
            return event instanceof ChannelInputShutdownEvent;
        }
        var session = context.pipeline().get(SslHandler.class).engine().getSession();
        boolean mayAnswer = session.getProtocol().equals("TLSv1.3");
        if (mayAnswer) {
            // The end of TCP may follow.
            context.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
        return mayAnswer;
    }

    /** The caller has closed its side. */
    void recordInputEnd() {
        inputEnded = true;
        if (hasLeft) {
            context.close();
        }
    }

    /**
     * Finds out whether a caller that has closed its side still waits for its answer: one that has gone resets the connection when something
     * is sent, and the next attempt to send something fails.
     *
     * @param isAnswering whether an answer has begun that is not complete: nothing may be sent in the middle of it
     */
    void probe(BooleanSupplier isAnyUnanswered, BooleanSupplier isAnswering) {
        if (!isProbing) {
            probe(isAnyUnanswered, isAnswering, FIRST_PROBE_PAUSE_MILLIS);
        }
    }

    private void probe(BooleanSupplier isAnyUnanswered, BooleanSupplier isAnswering, long pauseMillis) {
        isProbing = !begun && context.channel().isActive() && isAnyUnanswered.getAsBoolean();
        if (!isProbing) {
            return;
        }
        if (!isAnswering.getAsBoolean()) {
            context.writeAndFlush(probe.duplicate());
        }
        whileOpen(pauseMillis, () -> probe(isAnyUnanswered, isAnswering, 2 * pauseMillis));
    }
}
