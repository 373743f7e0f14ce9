package io.itrgateway.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/** The streams of one HTTP/2 connection: whether there is room for it, how many there may be, and how those end that their client does not end. */
final class Http2Streams extends Http2ConnectionAdapter {

    /** So many of the streams that were reset are remembered, to ignore what is still on its way for them. */
    private static final int MOST_REMEMBERED = 256;

    /** How far an answer has got. */
    private record Progress(long writtenBytes, int ticks) {}

    private final Http2ConnectionHandler http2;
    private final ChannelHandlerContext context;
    private final Http2Connection connection;
    private final InboundLimits limits;
    private final Http2Connection.PropertyKey progress;
    private final Http2Connection.PropertyKey isAdmitted;
    private final Http2HeadResponseFilter heads;
    private final MeteredFlowController answers;
    private final Queue<Http2Stream> answeredEarly = new ArrayDeque<>();
    private final int[] remembered = new int[MOST_REMEMBERED];
    private int resets;
    /** Those that were admitted, and of which nothing is over that they have begun. */
    private int admitted;
    /** What to do when no stream is open; null if nothing is. */
    private Runnable whenNoneIsOpen;

    /** Enforces the number of streams at once, where Netty would wait for the client to acknowledge it. */
    Http2Streams(Http2ConnectionHandler http2, ChannelHandlerContext guard, InboundLimits limits, UnreadBytes unread) {
        this.http2 = http2;
        this.context = guard.pipeline().context(http2);
        this.connection = http2.connection();
        this.limits = limits;
        this.progress = connection.newKey();
        this.isAdmitted = connection.newKey();
        this.heads = new Http2HeadResponseFilter(connection);
        connection.remote().maxActiveStreams(limits.maxStreams());
        this.answers = new MeteredFlowController(connection, connection.remote().flowController(), unread, heads);
        connection.remote().flowController(answers);
        connection.addListener(this);
        takePlace();
    }

    private void takePlace() {
        if (limits.acquireHttp2()) {
            context.channel().closeFuture().addListener(closed -> limits.releaseHttp2());
        } else {
            context.channel().close();
        }
    }

    Http2HeadResponseFilter headResponses() {
        return heads;
    }

    boolean isAnyOpen() {
        return connection.numActiveStreams() > 0;
    }

    /** As soon as all answers have been written. */
    void whenNoneIsOpen(Runnable next) {
        whenNoneIsOpen = next;
        endIfNoneIsOpen();
    }

    private void endIfNoneIsOpen() {
        if (whenNoneIsOpen != null && !isAnyOpen()) {
            context.executor().execute(whenNoneIsOpen); // not here and now: the end of the stream is being written
        }
    }

    boolean isOpen(int id) {
        return connection.stream(id) != null;
    }

    /** Takes the credit for one update of a window. @return whether there was enough */
    boolean takeUpdateCredit() {
        return answers.takeUpdateCredit();
    }

    /**
     * Whether there is room for a request, whose head has come. If not, its stream is refused: nothing is done for it, and its client may send it
     * again (RFC 9113, 8.7). To be called for trailers, too.
     *
     * @param headBytes the size of what has come
     */
    boolean admit(int id, int headBytes) {
        Http2Stream stream = connection.stream(id);
        if (stream == null) {
            return true;
        }
        answers.countHead(stream, headBytes);
        if (stream.getProperty(isAdmitted) != null) {
            return true;
        }
        if (!limits.acquireStream(admitted + 1)) {
            reset(stream, Http2Error.REFUSED_STREAM);
            return false;
        }
        admitted++;
        stream.setProperty(isAdmitted, true);
        return true;
    }

    /** Whether the client may send DATA on that stream. */
    boolean isSending(int id) {
        Http2Stream stream = connection.stream(id);
        return stream != null && stream.state().remoteSideOpen() && !stream.isResetSent();
    }

    /** Whether that stream, whose head has come, never began or was reset by this side. */
    boolean isGone(int id) {
        if (isOpen(id)) {
            return false;
        }
        for (int reset : remembered) {
            if (reset == id) {
                return true;
            }
        }
        return !connection.streamMayHaveExisted(id);
    }

    /** Notes a stream whose answer is complete while its request is not: nothing would be done with the rest. */
    @Override
    public void onStreamHalfClosed(Http2Stream stream) {
        if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
            if (answeredEarly.isEmpty()) {
                context.executor().execute(this::resetAnswered);
            }
            answeredEarly.add(stream);
        }
    }

    /**
     * Resets those streams, if their requests have not ended after all. To be called when what has come is read: later would be after the
     * reads of all other connections, and each stream takes some 20 KiB until then. A reset may write the end of a further answer.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc9113#section-8.1">RFC 9113, 8.1</a>
     */
    void resetAnswered() {
        for (Http2Stream stream = answeredEarly.poll(); stream != null; stream = answeredEarly.poll()) {
            if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
                reset(stream, Http2Error.NO_ERROR);
            }
        }
    }

    /**
     * The place of the stream is released behind the tasks that it has queued, which hold its request, and all that was made of it, in memory: a
     * client that resets what it sends closes hundreds of streams in one read, and as many come from each connection before a task runs.
     */
    @Override
    public void onStreamClosed(Http2Stream stream) {
        if (stream.removeProperty(isAdmitted) != null) {
            context.executor().execute(this::release);
        }
        if (stream.isResetSent()) {
            remembered[resets++ % MOST_REMEMBERED] = stream.id();
        }
        endIfNoneIsOpen();
    }

    private void release() {
        admitted--;
        limits.releaseStream();
    }

    /** Past the encoder, which counts resets for those that a client has provoked by faults. */
    private void reset(Http2Stream stream, Http2Error error) {
        http2.resetStream(context, stream.id(), error.code(), context.newPromise());
        context.flush();
    }

    /** To be called once a tick. Resets the streams whose answer the client has let wait for several, taking nothing of it. */
    void resetStalled() {
        List<Http2Stream> stalled = new ArrayList<>();
        try {
            connection.forEachActiveStream(stream -> {
                if (countStalledTick(stream)) {
                    stalled.add(stream);
                }
                return true;
            });
        } catch (Http2Exception e) {
            throw new IllegalStateException("the visitor throws nothing", e);
        }
        stalled.forEach(stream -> reset(stream, Http2Error.CANCEL));
    }

    /** Whether data is queued for the stream, or none can be: a long response is written only while the flow-control window is open. */
    private boolean isWaitingForRoom(Http2Stream stream) {
        return answers.hasFlowControlled(stream)
                || stream.isHeadersSent() && stream.state().localSideOpen() && !answers.isWritable(stream);
    }

    private boolean countStalledTick(Http2Stream stream) {
        if (!isWaitingForRoom(stream)) {
            stream.removeProperty(progress);
            return false;
        }
        Progress before = stream.getProperty(progress);
        long written = answers.writtenBytes(stream);
        int ticks = before != null && before.writtenBytes() == written ? before.ticks() + 1 : 0;
        stream.setProperty(progress, new Progress(written, ticks));
        return ticks >= Http2Guard.MOST_TICKS;
    }
}
