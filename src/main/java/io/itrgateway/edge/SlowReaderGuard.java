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
final class SlowReaderGuard extends ChannelDuplexHandler {

    /** For so long a client may take nothing of what is waiting for it. */
    static final long LONGEST_STALL_SECONDS = 30;

    /**
     * How far the client has got.
     *
     * @param written how many buffers it has taken whole
     * @param partBytes of the one that it is taking, so many
     * @param pendingBytes how much waits in all, which TLS has cut into records of its own
     */
    private record Progress(long written, long partBytes, long pendingBytes) {
        private boolean isBehind(Progress later) {
            return later.written != written || later.partBytes != partBytes || later.pendingBytes < pendingBytes;
        }
    }

    private final UnreadBytes unread;
    private long written;
    private ScheduledFuture<?> watch;

    SlowReaderGuard(UnreadBytes unread) {
        this.unread = unread;
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        // An empty buffer is a marker: its promise completes when everything before it has been sent, as at the end of
        // a long answer.
        boolean isMore = !(message instanceof ByteBuf bytes) || bytes.isReadable();
        if (isMore && unread.isTooMuch()) {
            context.flush();
        }
        if (isMore && unread.isTooMuch()) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
            context.close();
            return;
        }
        if (message instanceof ByteBuf buffer) {
            int bytes = buffer.readableBytes();
            unread.add(bytes);
            context.write(message, promise.unvoid()).addListener(gone -> {
                written++;
                unread.remove(bytes);
            });
        } else {
            context.write(message, promise);
        }
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        context.flush();
        if (watch == null && progress(context.channel()).pendingBytes() > 0) {
            watch(context);
        }
    }

    private void watch(ChannelHandlerContext context) {
        Progress before = progress(context.channel());
        watch = context.executor()
                .schedule(
                        () -> {
                            watch = null;
                            Progress now = progress(context.channel());
                            if (now.pendingBytes() > 0 && !before.isBehind(now)) {
                                context.close();
                            } else if (now.pendingBytes() > 0) {
                                watch(context);
                            }
                        },
                        LONGEST_STALL_SECONDS,
                        TimeUnit.SECONDS);
    }

    private Progress progress(Channel channel) {
        var outbound = channel.unsafe().outboundBuffer();
        return outbound == null
                ? new Progress(written, 0, 0)
                : new Progress(written, outbound.currentProgress(), outbound.totalPendingWriteBytes());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        if (watch != null) {
            watch.cancel(false);
        }
        super.channelInactive(context);
    }
}
