package io.itrgateway.edge;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;

/** Netty's flow controller, which queues for a client that grants no window whatever it is given, with a bound on that. */
final class MeteredFlowController implements Http2RemoteFlowController {

    /** What a stream takes with its request, as long as its answer waits. */
    private static final long STREAM_BYTES = 20 * 1024;

    private final Http2RemoteFlowController netty;
    private final UnreadBytes unread;
    private final HeadAnswers heads;
    private final Http2Connection.PropertyKey queued;

    MeteredFlowController(
            Http2Connection connection, Http2RemoteFlowController netty, UnreadBytes unread, HeadAnswers heads) {
        this.netty = netty;
        this.unread = unread;
        this.heads = heads;
        this.queued = connection.newKey();
        connection.addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                unread.remove(queuedBytes(stream));
                stream.removeProperty(queued);
            }
        });
    }

    private long queuedBytes(Http2Stream stream) {
        Long bytes = stream.getProperty(queued);
        return bytes == null ? 0 : bytes;
    }

    @Override
    public void addFlowControlled(Http2Stream stream, FlowControlled content) {
        FlowControlled payload = heads.withoutContent(stream, content);
        if (unread.isTooMuch()) {
            payload.error(
                    netty.channelHandlerContext(),
                    Http2Exception.streamError(
                            stream.id(), Http2Error.ENHANCE_YOUR_CALM, "too many answers are waiting to be read"));
            return;
        }
        long before = queuedBytes(stream);
        long more = payload.size() + (before == 0 ? STREAM_BYTES : 0);
        unread.add(more);
        stream.setProperty(queued, before + more);
        netty.addFlowControlled(stream, payload);
    }

    @Override
    public boolean hasFlowControlled(Http2Stream stream) {
        return netty.hasFlowControlled(stream);
    }

    @Override
    public void writePendingBytes() throws Http2Exception {
        netty.writePendingBytes();
    }

    @Override
    public void listener(Listener listener) {
        netty.listener(listener);
    }

    @Override
    public boolean isWritable(Http2Stream stream) {
        return netty.isWritable(stream);
    }

    @Override
    public void channelWritabilityChanged() throws Http2Exception {
        netty.channelWritabilityChanged();
    }

    @Override
    public void updateDependencyTree(int childStreamId, int parentStreamId, short weight, boolean exclusive) {
        netty.updateDependencyTree(childStreamId, parentStreamId, weight, exclusive);
    }

    @Override
    public void channelHandlerContext(ChannelHandlerContext context) throws Http2Exception {
        netty.channelHandlerContext(context);
    }

    @Override
    public ChannelHandlerContext channelHandlerContext() {
        return netty.channelHandlerContext();
    }

    @Override
    public void initialWindowSize(int bytes) throws Http2Exception {
        netty.initialWindowSize(bytes);
    }

    @Override
    public int initialWindowSize() {
        return netty.initialWindowSize();
    }

    @Override
    public int windowSize(Http2Stream stream) {
        return netty.windowSize(stream);
    }

    @Override
    public void incrementWindowSize(Http2Stream stream, int bytes) throws Http2Exception {
        netty.incrementWindowSize(stream, bytes);
    }
}
