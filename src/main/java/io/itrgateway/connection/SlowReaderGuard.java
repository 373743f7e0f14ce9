package io.itrgateway.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection whose client does not read: when it has left too many bytes unread, or took too little of them for a while.
 *
 * <p>Vert.x writes each answer at once, however much is waiting already. A client that pipelines requests, or has its PINGs answered,
 * and never reads, would fill the heap.
 *
 * <p>There is a second one between TLS and the network, since TLS itself answers, too: each KeyUpdate with another (RFC 8446, 4.6.3).
 */
final class SlowReaderGuard extends ChannelDuplexHandler {

    /** In this time a client takes {@link #LEAST_BYTES} of what is waiting for it, or all of it. */
    private static final long PERIOD_SECONDS = 30;

    private static final long LEAST_BYTES = 64 * 1024;

    /** What a message that waits takes beside its content: the answer to a PING has 17 bytes. */
    private static final int BYTES_OF_A_MESSAGE = 256;

    /**
     * How far the client has got.
     *
     * @param takenBytes all that it has taken; with TLS, of a buffer only when it has been taken whole
     * @param leftBytes all that has left, by what still waits; less exact without TLS
     * @param waitingBytes what it has not taken
     */
    private record Progress(long takenBytes, long leftBytes, long waitingBytes) {
        private boolean isEnough(Progress later) {
            long least = Math.max(1, Math.min(LEAST_BYTES, waitingBytes));
            return later.takenBytes - takenBytes >= least || later.leftBytes - leftBytes >= least;
        }
    }

    private final UnreadBytes unread;
    private final boolean isOfTls;
    private long writtenBytes;
    private long takenBytes;
    private ScheduledFuture<?> watch;

    private SlowReaderGuard(UnreadBytes unread, boolean isOfTls) {
        this.unread = unread;
        this.isOfTls = isOfTls;
    }

    static SlowReaderGuard ofAnswers(UnreadBytes unread) {
        return new SlowReaderGuard(unread, false);
    }

    static SlowReaderGuard ofTlsRecords(UnreadBytes unread) {
        return new SlowReaderGuard(unread, true);
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        // An empty buffer is a marker: its promise completes when everything before it has been sent, as at the end of
        // a long answer.
        boolean isMore = !(message instanceof ByteBuf bytes) || bytes.isReadable();
        if (isMore && unread.isTooMuchFor(0)) {
            context.flush();
        }
        if (isMore && unread.isTooMuchFor(0)) {
            ReferenceCountUtil.release(message);
            promise.tryFailure(new ClosedChannelException());
            context.close();
            return;
        }
        int bytesInMemory = message instanceof ByteBuf buffer ? buffer.readableBytes() : 0;
        long bytes = message instanceof FileRegion file ? file.count() : bytesInMemory;
        // The content of TLS records has been counted before it was encrypted.
        int counted = BYTES_OF_A_MESSAGE + (isOfTls ? 0 : bytesInMemory);
        writtenBytes += bytes;
        unread.add(counted);
        context.write(message, promise.unvoid()).addListener(gone -> {
            takenBytes += bytes;
            unread.remove(counted);
        });
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        context.flush();
        if (unread.isOverShare()) {
            // Only now, since a client that reads may have taken it: also the first answer of a connection may be too
            // long.
            context.close();
        } else if (watch == null && isAnythingWaiting(context.channel())) {
            watch(context);
        }
    }

    private void watch(ChannelHandlerContext context) {
        Progress before = progress(context.channel());
        watch = context.executor()
                .schedule(
                        () -> {
                            watch = null;
                            if (!isAnythingWaiting(context.channel())) {
                                return;
                            }
                            if (before.isEnough(progress(context.channel()))) {
                                watch(context);
                            } else {
                                context.close();
                            }
                        },
                        PERIOD_SECONDS,
                        TimeUnit.SECONDS);
    }

    private static boolean isAnythingWaiting(Channel channel) {
        var outbound = channel.unsafe().outboundBuffer();
        return outbound != null && outbound.totalPendingWriteBytes() > 0;
    }

    private Progress progress(Channel channel) {
        var outbound = channel.unsafe().outboundBuffer();
        return new Progress(
                takenBytes + outbound.currentProgress(),
                writtenBytes - outbound.totalPendingWriteBytes(),
                writtenBytes - takenBytes - outbound.currentProgress());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        if (watch != null) {
            watch.cancel(false);
        }
        super.channelInactive(context);
    }
}
