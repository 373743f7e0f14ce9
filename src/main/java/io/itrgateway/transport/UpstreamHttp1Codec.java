package io.itrgateway.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.nio.channels.ClosedChannelException;
import java.time.Clock;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The HTTP/1.1 codec of one connection to Deepvue, in place of the HTTP client's own. It makes sure that an answer reaches the exchange whose request
 * it answers, or none, as far as HTTP/1.1 lets a client know.
 *
 * <p>The client matches answers to requests only by their order. It takes most interim responses for the final one, and returns a connection to its
 * pool without looking at what else arrives on it. Here, interim responses are skipped; and a connection on which anything was received that no request
 * asked for, or whose answers have no certain end, is taken out of the pool before the client learns that the exchange is over. A request is written
 * only while nothing unasked-for is waiting in the socket, so that a later exchange neither gets such bytes as its answer nor fails because of them: it
 * finds out that nothing of it was written, and can be repeated on another connection. State belongs to the event loop of the connection, except where noted.
 *
 * <p>HTTP/1.1 has no sign by which an answer says which request it is for. Bytes that no request asked for, and that arrive after the next request
 * was written, are taken for its answer; only a connection for each request would prevent that. Mostly the connection shows it
 * afterwards, when the answer that was asked for is left over, which is reported.
 */
final class UpstreamHttp1Codec
        extends CombinedChannelDuplexHandler<UpstreamHttp1Codec.Answers, UpstreamHttp1Codec.Requests> {

    /** The name under which the HTTP client installs its own codec. */
    private static final String NAME = "codec";

    /** The client closes a connection that is shut down when its exchange ends, which here is at once; this is for the worst case. */
    private static final long SHUTDOWN_SECONDS = 5;

    private enum Phase {
        /** No exchange: whatever arrives was not asked for. */
        IDLE,
        /** The exchange has failed here; the rest of its answer is skipped. */
        CLOSING,
        AWAITING_ANSWER,
        /** The answer is complete, and its end is held back until everything that came with it has been looked at. */
        ANSWERED
    }

    private final HttpConnection connection;
    private final ConnectionUse use;
    private final Runnable onSurplus;
    private Phase phase = Phase.IDLE;
    private LastHttpContent end;
    private boolean requestWritten;
    private boolean lastExchange;
    private boolean refusing;
    private AnswerBody body;
    private volatile boolean unreadable;
    private volatile boolean idleTooLong;
    private volatile AnswerBody nextBody;
    /** Leads to the call and what is secret in it, so that it is not kept in an idle connection. */
    private volatile Runnable whenWritten;

    private UpstreamHttp1Codec(HttpConnection connection, Clock clock, Runnable onSurplus) {
        this.connection = connection;
        this.use = new ConnectionUse(clock);
        this.onSurplus = onSurplus;
        init(new Answers(), new Requests());
    }

    /**
     * The codec of the connection; installed on its first use. To be called before a request is written to it, on any thread.
     *
     * @param onSurplus run once, if bytes come beyond the answers after a further request was begun
     */
    static UpstreamHttp1Codec of(HttpConnection connection, Clock clock, Runnable onSurplus) {
        var pipeline = ((ConnectionBase) connection).channel().pipeline();
        if (pipeline.get(NAME) instanceof UpstreamHttp1Codec present) {
            return present;
        }
        // What breaks is reported to the exchange. The client would log it as an error, with the upstream's text in it.
        connection.exceptionHandler(failure -> {});
        var codec = new UpstreamHttp1Codec(connection, clock, onSurplus);
        try {
            pipeline.replace(NAME, NAME, codec);
        } catch (NoSuchElementException closed) {
            // A closed channel has an empty pipeline: nothing will be written to it.
        }
        return codec;
    }

    /** Runs the task when the next request has been written whole. */
    void onWritten(Runnable task) {
        whenWritten = task;
    }

    /** Puts the body of the next exchange's answer there, and passes on the rest of the answer as one without a body. */
    void readInto(AnswerBody next) {
        nextBody = next;
    }

    /** How many requests have been written to the connection, and whether there may be more. */
    ConnectionUse use() {
        return use;
    }

    /** Whether something was received that is not an HTTP answer with one certain length within the bounds. */
    boolean isUnreadable() {
        return unreadable;
    }

    /** Whether the last exchange was refused because the connection had been idle for too long. */
    boolean wasIdleTooLong() {
        return idleTooLong;
    }

    /** Takes the connection out of the pool, and closes it when the exchange that it carries is over. */
    private void retire() {
        use.end();
        connection.shutdown(SHUTDOWN_SECONDS, TimeUnit.SECONDS);
    }

    private void noteSurplus(ByteBuf bytes) {
        if (phase != Phase.CLOSING && !AnswerFraming.isRequestTimeout(bytes) && use.noteSurplus()) {
            onSurplus.run();
        }
    }

    /** The outbound half. */
    final class Requests extends HttpRequestEncoder {

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws Exception {
            if (message instanceof HttpRequest) {
                refusing = !begin(ctx.channel());
                if (refusing) {
                    ctx.close();
                }
            }
            if (refusing && message instanceof HttpObject) {
                ReferenceCountUtil.release(message);
                promise.tryFailure(new ClosedChannelException());
                return;
            }
            if (message instanceof LastHttpContent) {
                ChannelPromise written = promise.unvoid();
                written.addListener(done -> recordWritten(done.isSuccess()));
                super.write(ctx, message, written);
            } else {
                super.write(ctx, message, promise);
            }
            if (message instanceof HttpRequest) {
                // The read before it may have ended a batch of reads, after which the client flushes.
                ctx.flush();
            }
        }

        private void recordWritten(boolean whole) {
            requestWritten = whole;
            if (whole) {
                Optional.ofNullable(whenWritten).ifPresent(Runnable::run);
                whenWritten = null;
            }
        }

        private boolean begin(Channel channel) {
            if (use.requestsBegun() > 0) {
                idleTooLong = use.isIdleTooLong() && channel.isActive();
                if (idleTooLong) {
                    return false;
                }
                if (channel.unsafe() instanceof AbstractNioChannel.NioUnsafe socket) {
                    socket.read(); // what has arrived already would look like the answer to this request
                }
            }
            if (phase != Phase.IDLE || !channel.isActive() || !use.beginRequest()) {
                return false;
            }
            phase = Phase.AWAITING_ANSWER;
            body = nextBody;
            requestWritten = false;
            return true;
        }
    }

    /** The inbound half. */
    final class Answers extends HttpResponseDecoder {

        private boolean interim;
        private boolean closing;

        private Answers() {
            super(AnswerFraming.decoderConfig());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            if (phase == Phase.AWAITING_ANSWER) {
                super.channelRead(ctx, message);
                return;
            }
            if (message instanceof ByteBuf bytes && bytes.isReadable()) {
                noteSurplus(bytes);
                retire();
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        protected HttpMessage createMessage(String[] statusLine) {
            return AnswerFraming.asVersion11(super.createMessage(statusLine));
        }

        @Override
        protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
            if (phase != Phase.AWAITING_ANSWER) {
                noteSurplus(in);
                in.skipBytes(in.readableBytes());
                lastExchange = true;
                return;
            }
            int known = out.size();
            super.decode(ctx, in, out);
            filter(ctx, out, known);
        }

        @Override
        protected void decodeLast(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) throws Exception {
            closing = true;
            int known = out.size();
            super.decodeLast(ctx, in, out);
            filter(ctx, out, known);
        }

        private void filter(ChannelHandlerContext ctx, List<Object> out, int from) {
            for (int i = from; i < out.size(); ) {
                Object passedOn = handlePart(ctx, out.get(i));
                if (passedOn == null) {
                    out.remove(i);
                } else {
                    out.set(i++, passedOn);
                }
            }
        }

        /** @return what is passed on to the client, which releases only content that has bytes left; or null */
        private Object handlePart(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpResponse head) {
                return handleHead(ctx, head) ? head : null;
            }
            if (interim && message instanceof LastHttpContent) {
                interim = false;
                return null;
            }
            var part = (HttpContent) message;
            if (part.decoderResult().isFailure() || body != null && !body.add(ctx.channel(), part.content())) {
                part.release();
                phase = Phase.CLOSING;
                ctx.close();
                return null;
            }
            boolean last = part instanceof LastHttpContent;
            if (body != null) {
                part.release();
                part = last ? LastHttpContent.EMPTY_LAST_CONTENT : null;
            }
            if (last && closing) {
                retire();
                phase = Phase.IDLE;
            } else if (last) {
                end = (LastHttpContent) part;
                phase = Phase.ANSWERED;
                return null;
            }
            return part;
        }

        private boolean handleHead(ChannelHandlerContext ctx, HttpResponse head) {
            if (head.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)
                    || !head.protocolVersion().equals(HttpVersion.HTTP_1_1)) {
                head.setDecoderResult(DecoderResult.failure(new DecoderException("another protocol than asked for")));
            }
            if (head.decoderResult().isFailure()) {
                // The client fails the exchange and closes the connection.
                unreadable |= !closing;
                retire();
                return true;
            }
            interim = head.status().codeClass() == HttpStatusClass.INFORMATIONAL;
            lastExchange |= AnswerFraming.isUncertain(head.status(), head.headers());
            AnswerFraming.longestIdleMillis(head.headers()).ifPresent(use::limitIdle);
            if (!interim && body != null) {
                body.begin(ctx.channel(), HttpUtil.getContentLength(head, -1L));
            }
            return !interim;
        }

        /** The chunks count (RFC 9112, 6.3), but another reader might go by the length. */
        @Override
        protected void handleTransferEncodingChunkedWithContentLength(HttpMessage head) {
            clearContentLength();
            head.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
            lastExchange = true;
        }

        /** Called before the decoder removes the fields that contradict it. */
        @Override
        protected boolean isContentAlwaysEmpty(HttpMessage head) {
            boolean empty = super.isContentAlwaysEmpty(head);
            lastExchange |= empty && AnswerFraming.announcesContent(head.headers());
            return empty;
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
            finish(ctx);
            super.channelReadComplete(ctx);
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) throws Exception {
            finish(ctx);
            super.channelInactive(ctx);
        }

        /** Passes on the end of the answer, after what becomes of the connection has been decided. */
        private void finish(ChannelHandlerContext ctx) {
            if (phase != Phase.ANSWERED) {
                return;
            }
            if (lastExchange || !requestWritten) {
                retire();
            }
            if (body != null) {
                body.end(ctx.channel());
            }
            boolean early = !requestWritten;
            LastHttpContent held = end;
            end = null;
            phase = Phase.IDLE;
            use.beginIdle();
            ctx.fireChannelRead(held);
            if (early) {
                // The client would wait until the rest of the request has been taken, which may never be.
                ctx.close();
            }
        }

        /**
         * A failure ends the connection, and the end is what the client learns: it would tell the exchange of the failure at once,
         * from this thread, and of what was received before it later, in the exchange's own, which then finds itself failed.
         */
        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
            ctx.close();
        }

        /**
         * The upstream says, within TLS, that it sends nothing more: an answer that ends with its connection is complete (RFC 9112, 9.8), any
         * other is cut short. It may wait for this side to close.
         */
        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
            if (event instanceof SslCloseCompletionEvent) {
                retire();
                if (phase == Phase.AWAITING_ANSWER) {
                    ctx.close();
                }
            }
            super.userEventTriggered(ctx, event);
        }

        @Override
        protected void handlerRemoved0(ChannelHandlerContext ctx) throws Exception {
            ReferenceCountUtil.release(end);
            end = null;
            super.handlerRemoved0(ctx);
        }
    }
}
