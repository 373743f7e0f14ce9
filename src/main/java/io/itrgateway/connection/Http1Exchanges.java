package io.itrgateway.connection;

import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemMapper;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The requests of one HTTP/1 connection, from where their bytes come ({@link Http1Guard}) to where they are answered (the router): which of
 * them was refused for how it was written or how slowly it came, and which answer is the last one.
 *
 * <p>Both sides count: the router gets the requests in the order in which they came, one after the other. Everything happens on the event loop
 * of the connection.
 */
public final class Http1Exchanges {

    private static final AttributeKey<Http1Exchanges> KEY = AttributeKey.valueOf(Http1Exchanges.class, "exchanges");

    /** For so long a client that has closed its side gets events, which have no end. */
    private static final long LONGEST_EVENTS_MILLIS = 500;

    private final ChannelHandlerContext context;
    private final Http1Parser parser;
    private final LingeringClose end;
    private final Runnable onAnswered;

    private int refusedHeads;
    private int routed;
    private int begun;
    private int answered;
    /** Whether the answer that was begun last is a stream of events. */
    private boolean events;

    private GatewayException refusal;
    private Consumer<GatewayException> bodyReader;
    private boolean continued;
    private boolean inputEnded;
    /** Whether an answer has said that its connection ends. */
    private boolean over;
    /** The number of the request whose answer ends the connection from here; 0 if there is none, or others end it. */
    private int last;

    /** @param onAnswered is called when a request has been answered */
    Http1Exchanges(ChannelHandlerContext context, Http1Parser parser, LingeringClose end, Runnable onAnswered) {
        this.context = context;
        this.parser = parser;
        this.end = end;
        this.onAnswered = onAnswered;
        context.channel().attr(KEY).set(this);
    }

    /** Those of the connection of this request; null if it is not one of HTTP/1. */
    public static Http1Exchanges of(HttpServerRequest request) {
        return request.connection() instanceof ConnectionBase connection
                ? connection.channelHandlerContext().channel().attr(KEY).get()
                : null;
    }

    // ---- the side of the connection

    /** Requests that the router has, or will have. */
    private int passedOn() {
        return parser.heads() + refusedHeads;
    }

    boolean isRefused() {
        return refusal != null;
    }

    /** Whether an answer is due. */
    boolean isAnyUnanswered() {
        return passedOn() > answered;
    }

    /** The head that is being read is refused, and a request will be passed on in its place. */
    void refuseHead(GatewayException reason) {
        refusal = reason;
        refusedHeads = 1;
    }

    /** The body that is being read is refused; its end will not come. */
    void refuseBody(GatewayException reason) {
        refusal = reason;
        if (bodyReader != null && routed == passedOn()) {
            bodyReader.accept(reason);
        }
        settle();
    }

    /** The caller sends nothing more. */
    void recordInputEnd() {
        inputEnded = true;
        end.recordInputEnd();
        endEvents();
        probe();
        settle();
    }

    /** Finds out, as long as an answer is due, whether a caller that has closed its side still waits for it. */
    void probe() {
        end.probe(this::mayBeProbed, this::isAnswering);
    }

    /** The request whose answer is due knows interim ones: those of HTTP/1.0 do not, and may come behind one that does (RFC 9110, 15.2). */
    private boolean mayBeProbed() {
        return isAnyUnanswered() && parser.isHttp11() && !isRefused();
    }

    /** Whether an answer has begun and is not known to be complete. */
    private boolean isAnswering() {
        return begun > answered;
    }

    /** A caller that closes its side while it reads events needs no more of them. */
    private void endEvents() {
        if (inputEnded && events) {
            int number = begun;
            context.executor()
                    .schedule(
                            () -> {
                                if (number == begun && isAnswering()) {
                                    context.close();
                                }
                            },
                            LONGEST_EVENTS_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private void settle() {
        boolean lastIsAnswered = last > 0 && answered >= last;
        if (lastIsAnswered || !isAnyUnanswered() && (endsAfterLast() || inputEnded)) {
            end.begin();
        }
    }

    private boolean endsAfterLast() {
        // A client that was not sent 100 Continue may send the body all the same, or the next request in its place.
        return parser.isOver() || isRefused() || parser.wantsContinue() && !continued;
    }

    // ---- the side of the router

    /** Whether an answer has said that it is the last one of its connection: requests behind it are not answered (RFC 9112, 9.6). */
    public boolean isOver() {
        return over;
    }

    /** The router begins with the next request; if it is the one that was refused, the reason is its {@link ProblemMapper#REFUSAL}. */
    public void beginRequest(RoutingContext request) {
        routed++;
        end.resetDiscarded();
        continued = false;
        bodyReader = null;
        if (refusedHeads > 0 && routed == passedOn()) {
            request.put(ProblemMapper.REFUSAL, refusal);
        }
        request.addHeadersEndHandler(head -> onHead(request));
        request.addEndHandler(ended -> {
            recordAnswered();
            if (!request.request().isEnded()) {
                request.request().resume(); // what is left of the body is dropped: behind it comes the next request
            }
        });
    }

    static boolean isEventStream(HttpServerResponse response) {
        String type = response.headers().get(HttpHeaders.CONTENT_TYPE);
        return type != null && type.startsWith("text/event-stream");
    }

    /** Closes the connection after this response if it has {@code Connection: close}, including where the operator has configured that header. */
    private void onHead(RoutingContext request) {
        begun++;
        events = isEventStream(request.response());
        endEvents();
        boolean endsHere = endsWithThis() || isEndedByClose(request);
        if (endsHere || parser.isAmidLast() || parser.bodyLeft() > ProblemMapper.MOST_DRAINED_BYTES) {
            request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        if (!request.response().headers().contains(HttpHeaders.CONNECTION, HttpHeaders.CLOSE, true)) {
            return;
        }
        over = true;
        int number = routed;
        if (endsHere || request.request().isEnded()) {
            last = number;
        } else {
            // Many clients read no answer before they have sent the whole body.
            request.request().end().onComplete(read -> {
                last = number;
                settle();
            });
        }
    }

    /** RFC 9112, 6.3 and 9.3: in HTTP/1.0, which has no chunks, an answer without a length ends with its connection. */
    private static boolean isEndedByClose(RoutingContext request) {
        var response = request.response();
        int status = response.getStatusCode();
        return request.request().version() == HttpVersion.HTTP_1_0
                && request.request().method() != HttpMethod.HEAD
                && status != 204
                && status != 304
                && !response.headers().contains(HttpHeaders.CONTENT_LENGTH);
    }

    /** Whether the connection ends with the answer to the request that the router has. */
    private boolean endsWithThis() {
        return routed == passedOn() && endsAfterLast();
    }

    /** Sets the reader of the body of the request that the router has; it is called if the body is refused. */
    public void readBody(Consumer<GatewayException> reader) {
        bodyReader = reader;
        if (isRefused() && routed == passedOn()) {
            reader.accept(refusal);
        }
    }

    /** The caller was sent 100 Continue. */
    public void recordContinueSent() {
        continued = true;
    }

    /** The router has answered, or has seen the connection break. */
    private void recordAnswered() {
        // Not here and now: the answer is on its way through the connection.
        context.executor().execute(() -> {
            answered++;
            settle();
            onAnswered.run();
        });
    }
}
