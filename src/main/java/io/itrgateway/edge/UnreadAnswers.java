package io.itrgateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose client does not read: when it has left too many bytes unread, or took nothing for a while.
 *
 * <p>Vert.x writes each answer at once, however much is waiting already. A client that pipelines requests, or has its PINGs answered,
 * and never reads, would fill the heap.
 */
final class UnreadAnswers extends ChannelDuplexHandler {

    /** For so long a client may take nothing of what is waiting for it. */
    static final long LONGEST_STALL_SECONDS = 30;

    private final UnreadBytes unread;
    private ScheduledFuture<?> watch;

    UnreadAnswers(UnreadBytes unread) {
        this.unread = unread;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (unread.isTooMuch()) {
            context.flush();
        }
        if (unread.isTooMuch()) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
            context.close();
            return;
        }
        if (message instanceof ByteBuf buffer) {
            int bytes = buffer.readableBytes();
            unread.add(bytes);
            context.write(message, promise.unvoid()).addListener(gone -> unread.remove(bytes));
        } else {
            context.write(message, promise);
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        context.flush();
        if (watch == null && pendingBytes(context.channel()) > 0) {
            watch(context);
        }
    }

    private void watch(ChannelHandlerContext context) {
        long before = pendingBytes(context.channel());
        watch = context.executor()
                .schedule(
                        () -> {
                            watch = null;
                            long now = pendingBytes(context.channel());
                            if (now > 0 && now >= before) {
                                context.close();
                            } else if (now > 0) {
                                watch(context);
                            }
                        },
                        LONGEST_STALL_SECONDS,
                        TimeUnit.SECONDS);
    }

    private static long pendingBytes(Channel channel) {
        var outbound = channel.unsafe().outboundBuffer();
        return outbound == null ? 0 : outbound.totalPendingWriteBytes();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        if (watch != null) {
            watch.cancel(false);
        }
        super.channelInactive(context);
    }
}
