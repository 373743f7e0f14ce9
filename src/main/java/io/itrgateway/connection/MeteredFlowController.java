package io.itrgateway.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;

/** Netty's flow controller, which queues for a client that grants no window whatever it is given, with a bound on that. */
final class MeteredFlowController implements Http2RemoteFlowController {

    /** What a stream takes with its request, as long as its answer waits, unless the head is long. */
    private static final long STREAM_BYTES = 20 * 1024;

    /** A long head takes so many times its size, with what is made of it. */
    private static final long COPIES_OF_HEAD = 4;

    /** For so many bytes that are sent, a client may update a window once. Clients that return the window as they read do so buffer by buffer. */
    private static final int BYTES_OF_UPDATE = 1024;

    /** What an answer counts beside its bytes: some clients return the windows of stream and connection however short the answer is. */
    private static final int CREDIT_BYTES_OF_ANSWER = 4 * BYTES_OF_UPDATE;

    /** A client may read later, at once, what it was sent before. */
    private static final long MOST_CREDIT_BYTES = 100L * 1024 * 1024;

    private final Http2Connection connection;
    private final Http2RemoteFlowController netty;
    private final UnreadBytes unread;
    private final Http2HeadResponseFilter heads;
    private final Http2Connection.PropertyKey answer;
    private final Http2Connection.PropertyKey headBytes;
    /** Of what was sent, the bytes for which no window has been updated. */
    private long creditBytes;

    /** What one stream takes, and what has been written of its answer, in bytes. */
    private static final class Answer {
        private final long streamBytes;
        private long writtenBytes;

        private Answer(long streamBytes) {
            this.streamBytes = streamBytes;
        }
    }

    MeteredFlowController(
            Http2Connection connection,
            Http2RemoteFlowController netty,
            UnreadBytes unread,
            Http2HeadResponseFilter heads) {
        this.connection = connection;
        this.netty = netty;
        this.unread = unread;
        this.heads = heads;
        this.answer = connection.newKey();
        this.headBytes = connection.newKey();
        connection.addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                Answer begun = stream.removeProperty(answer);
                if (begun != null) {
                    unread.remove(begun.streamBytes);
                }
            }
        });
    }

    /** To be called for the head of a request and for its trailers. */
    void countHead(Http2Stream stream, int bytes) {
        stream.setProperty(headBytes, headBytes(stream) + bytes);
    }

    private long headBytes(Http2Stream stream) {
        Long bytes = stream.getProperty(headBytes);
        return bytes == null ? 0 : bytes;
    }

    /** How many bytes of its answer the stream has been able to send. */
    long writtenBytes(Http2Stream stream) {
        Answer begun = stream.getProperty(answer);
        return begun == null ? 0 : begun.writtenBytes;
    }

    /** Takes the credit for one update of a window. @return whether there was enough */
    boolean takeUpdateCredit() {
        boolean isEnough = creditBytes >= BYTES_OF_UPDATE;
        creditBytes -= isEnough ? BYTES_OF_UPDATE : 0;
        return isEnough;
    }

    private void addCredit(int bytes) {
        creditBytes = Math.min(MOST_CREDIT_BYTES, creditBytes + bytes);
    }

    @Override
    public void addFlowControlled(Http2Stream stream, FlowControlled content) {
        FlowControlled payload = heads.withoutContent(stream, content);
        Answer begun = stream.getProperty(answer);
        long streamBytes = Math.max(STREAM_BYTES, COPIES_OF_HEAD * headBytes(stream));
        long more = payload.size() + (begun != null || isTakenAtOnce(stream, payload.size()) ? 0 : streamBytes);
        // What takes no room, such as the end of a long answer, is let through.
        if (payload.size() > 0 && unread.isTooMuchFor(more)) {
            payload.error(
                    netty.channelHandlerContext(),
                    Http2Exception.streamError(
                            stream.id(), Http2Error.ENHANCE_YOUR_CALM, "too many answers are waiting to be read"));
            return;
        }
        if (begun == null) {
            begun = new Answer(streamBytes);
            stream.setProperty(answer, begun);
            unread.add(streamBytes);
            addCredit(CREDIT_BYTES_OF_ANSWER);
        }
        netty.addFlowControlled(stream, new Metered(payload, begun));
    }

    /** Whether the client has room for an answer that begins with so many bytes. */
    private boolean isTakenAtOnce(Http2Stream stream, int bytes) {
        return netty.isWritable(stream)
                && netty.windowSize(stream) >= bytes
                && netty.windowSize(connection.connectionStream()) >= bytes;
    }

    /** Counts as unread what Netty has not written yet. */
    private final class Metered implements FlowControlled {
        private final FlowControlled payload;
        private final Answer of;
        private int counted;

        private Metered(FlowControlled payload, Answer of) {
            this.payload = payload;
            this.of = of;
            count(payload.size());
        }

        private void count(int bytes) {
            unread.add(bytes - counted);
            counted = bytes;
        }

        @Override
        public int size() {
            return payload.size();
        }

        @Override
        public void write(ChannelHandlerContext context, int allowedBytes) {
            int before = payload.size();
            payload.write(context, allowedBytes);
            of.writtenBytes += before - payload.size();
            addCredit(before - payload.size());
            count(payload.size());
        }

        @Override
        public void writeComplete() {
            count(0);
            payload.writeComplete();
        }

        @Override
        public void error(ChannelHandlerContext context, Throwable cause) {
            count(0);
            payload.error(context, cause);
        }

        @Override
        public boolean merge(ChannelHandlerContext context, FlowControlled next) {
            if (!(next instanceof Metered other) || !payload.merge(context, other.payload)) {
                return false;
            }
            other.count(0);
            count(payload.size());
            return true;
        }
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
