package io.itrgateway.transport;

import static io.itrgateway.transport.ExchangeFailure.Reason.CONNECTION_LOST;
import static io.itrgateway.transport.ExchangeFailure.Reason.CUT_SHORT;
import static io.itrgateway.transport.ExchangeFailure.Reason.IDLE_TOO_LONG;
import static io.itrgateway.transport.ExchangeFailure.Reason.NEVER_CONNECTED;
import static io.itrgateway.transport.ExchangeFailure.Reason.NO_MEMORY;
import static io.itrgateway.transport.ExchangeFailure.Reason.STALE_CONNECTION;
import static io.itrgateway.transport.ExchangeFailure.Reason.TIMED_OUT;
import static io.itrgateway.transport.ExchangeFailure.Reason.TOO_LARGE;
import static io.itrgateway.transport.ExchangeFailure.Reason.UNDECODABLE;
import static io.itrgateway.transport.ExchangeFailure.Reason.UNREADABLE;
import static io.itrgateway.transport.ExchangeFailure.Reason.UNWANTED;

import io.itrgateway.fairness.LongWork;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.net.impl.ConnectionBase;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * One request to Deepvue and what becomes of it.
 *
 * <p>It watches what the declared client does not tell: whether a connection was opened before things failed, what the head of
 * a broken answer said, how much of a body has come. Cancelling a declared client's {@code Uni} resets the request on the wire;
 * therefore a subscriber who leaves is not passed on: once started, an exchange runs to an answer, a failure or the timeout.
 *
 * <p>The declared client's request is found again through the Vert.x context, which must be a duplicated one, that is, of exactly one
 * inbound request or one token fetch.
 */
final class HttpAttempt {

    /** Within which a server has accepted a connection and read from it. */
    private static final Duration ACCEPTED_WITHIN = Duration.ofSeconds(1);

    private static final Object KEY = HttpAttempt.class;

    private enum Stage {
        CONNECTING,
        SENDING,
        EXPIRED
    }

    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.CONNECTING);
    private final Vertx vertx;
    private final UniEmitter<? super Answer> emitter;
    private final BooleanSupplier maySend;
    private final Runnable sent;
    private final AnswerBody body;
    private volatile UpstreamHttp1Codec connection;
    private volatile Channel channel;
    private volatile int requestsBefore;
    private volatile HttpClientResponse head;
    private volatile Cancellable running;
    private volatile long timer;
    private volatile boolean ended;
    /** On a worker, which cannot be interrupted: the memory is in use until it has finished, even after the timeout. */
    private volatile boolean decoding;

    private HttpAttempt(
            Vertx vertx, UniEmitter<? super Answer> emitter, BooleanSupplier maySend, Runnable sent, AnswerBody body) {
        this.vertx = vertx;
        this.emitter = emitter;
        this.maySend = maySend;
        this.sent = sent;
        this.body = body;
    }

    /**
     * Starts the exchange on subscription, on the current Vert.x context.
     *
     * <p>A clock that jumps ahead, as after a process was frozen, makes every idle connection of the pool one that was idle for too long. Each
     * repeat closes one of them, and a new connection has not been idle.
     */
    static Uni<Answer> send(
            Vertx vertx,
            Supplier<AnswerBody> body,
            Duration timeout,
            Supplier<Uni<Response>> call,
            BooleanSupplier maySend,
            Runnable sent) {
        return Uni.createFrom()
                .<Answer>emitter(
                        emitter -> new HttpAttempt(vertx, emitter, maySend, sent, body.get()).start(timeout, call))
                .onFailure(ExchangeFailure::isIdleTooLong)
                .retry()
                .indefinitely();
    }

    /** For the client's hook: a connection is there and the request is about to be written to it. */
    static void onOpen(HttpClientRequest request, Clock clock, Runnable onSurplus) {
        // What breaks is reported to the exchange. The client would also log some of it as an error, with the
        // upstream's text in it.
        request.exceptionHandler(failure -> {});
        HttpAttempt exchange = Vertx.currentContext().getLocal(KEY);
        if (exchange == null || !exchange.stage.compareAndSet(Stage.CONNECTING, Stage.SENDING)) {
            // It is no longer waited for, and has been reported as "not sent": keep that true.
            request.reset(MultiAddressHttpClient.NOTHING_SENT);
            return;
        }
        if (!exchange.maySend.getAsBoolean()) {
            exchange.stage.set(Stage.EXPIRED);
            exchange.end(() -> exchange.emitter.fail(new ExchangeFailure(UNWANTED)));
            request.reset(MultiAddressHttpClient.NOTHING_SENT);
            return;
        }
        exchange.connection = UpstreamHttp1Codec.of(request.connection(), clock, onSurplus);
        exchange.channel = ((ConnectionBase) request.connection()).channel();
        exchange.requestsBefore = exchange.connection.use().requestsBegun();
        exchange.connection.onWritten(exchange.requestsBefore > 0 ? exchange.sent : exchange::markSentAfterDelay);
        exchange.connection.readInto(exchange.body);
        request.response().onSuccess(exchange::onHead);
    }

    /** A connection is open before the other side has accepted it, and on a busy machine long before. */
    private void markSentAfterDelay() {
        vertx.setTimer(ACCEPTED_WITHIN.toMillis(), accepted -> sent.run());
    }

    private void start(Duration timeout, Supplier<Uni<Response>> call) {
        Context context = vertx.getOrCreateContext();
        context.putLocal(KEY, this);
        timer = vertx.setTimer(timeout.toMillis(), id -> expire());
        running = call.get().subscribe().with(answer -> onAnswer(), this::onFailure);
    }

    private void expire() {
        if (stage.compareAndSet(Stage.CONNECTING, Stage.EXPIRED)) {
            // Not cancelled: a request that is cancelled while it connects would keep its connection without end.
            end(() -> emitter.fail(new ExchangeFailure(NEVER_CONNECTED)));
            return;
        }
        endWith(body.lease().isWaiting() ? NO_MEMORY : TIMED_OUT);
        running.cancel();
        Optional.ofNullable(channel).ifPresent(open -> open.eventLoop().execute(() -> closeIfUnanswered(open)));
    }

    /**
     * By the codec: the client would close the connection once all of the request is written, and an upstream that does not read it may delay
     * that without end. An answer that waits to be decoded has left its connection to others. On the event loop of the connection.
     */
    private void closeIfUnanswered(Channel open) {
        if (connection.use().carries(requestsBefore)) {
            Optional.ofNullable(open.pipeline().context(connection)).ifPresent(ChannelHandlerContext::close);
        }
    }

    private void onHead(HttpClientResponse response) {
        head = response;
        // The body decides, not what it is said to be: the declared client would choose a reader by it, or fail to
        // parse it. It sees none: the codec of the connection has put it into one array.
        response.headers().set(HttpHeaders.CONTENT_TYPE, "application/octet-stream");
    }

    private void onFailure(Throwable failure) {
        if (body.isTooLong()) {
            endWith(TOO_LARGE);
        } else if (stage.get() == Stage.SENDING) {
            endWith(head == null ? reasonOfSilence() : reasonOfBreak());
        } else {
            end(() -> emitter.fail(new ExchangeFailure(isStale(failure) ? STALE_CONNECTION : NEVER_CONNECTED)));
        }
    }

    /** What is not read for lack of memory comes late, and the upstream may give it up. */
    private ExchangeFailure.Reason reasonOfBreak() {
        return body.lease().hasWaited() ? NO_MEMORY : CUT_SHORT;
    }

    private ExchangeFailure.Reason reasonOfSilence() {
        if (connection.isUnreadable()) {
            return UNREADABLE;
        }
        if (!connection.use().endUnused(requestsBefore)) {
            return CONNECTION_LOST;
        }
        return connection.wasIdleTooLong() ? IDLE_TOO_LONG : STALE_CONNECTION;
    }

    /** A head that says no is an answer, even where its body broke off. */
    private void endWith(ExchangeFailure.Reason reason) {
        HttpClientResponse begun = head;
        if (begun != null && begun.statusCode() >= 300) {
            end(() -> emitter.complete(new Answer(
                    begun.statusCode(),
                    new byte[0],
                    Optional.empty(),
                    Optional.ofNullable(begun.getHeader("Retry-After")))));
        } else {
            end(() -> emitter.fail(new ExchangeFailure(reason)));
        }
    }

    private static boolean isStale(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof HttpClosedException) {
                return true;
            }
        }
        return false;
    }

    private void onAnswer() {
        HttpClientResponse response = head;
        byte[] received = body.take();
        // RFC 9110, section 5.3: lines of the same name are one list.
        List<String> codings =
                ContentDecoder.codings(String.join(",", response.headers().getAll(HttpHeaders.CONTENT_ENCODING)));
        if (codings.isEmpty() || received.length == 0) {
            complete(response, received);
            return;
        }
        Optional<byte[]> decodedShort;
        try {
            decodedShort = ContentDecoder.decodeShort(received, codings);
        } catch (IOException e) {
            endWith(UNDECODABLE);
            return;
        }
        if (decodedShort.isPresent()) {
            complete(response, decodedShort.get());
        } else {
            decodeLong(response, received, codings);
        }
    }

    private void decodeLong(HttpClientResponse response, byte[] received, List<String> codings) {
        Context context = vertx.getOrCreateContext();
        Runnable granted = () -> context.runOnContext(there -> decodeWithMemory(response, received, codings));
        if (body.lease().acquire(AnswerBody.LONGEST_BYTES, granted)) {
            decodeWithMemory(response, received, codings);
        }
    }

    private void decodeWithMemory(HttpClientResponse response, byte[] received, List<String> codings) {
        if (ended) {
            return; // the timeout came after the memory, and has given it back
        }
        decoding = true;
        LongWork.run(vertx, () -> ContentDecoder.decode(received, codings, AnswerBody.LONGEST_BYTES))
                .onComplete(done -> decoding = false)
                .onSuccess(decoded -> complete(response, decoded))
                .onFailure(failure -> endWith(failure instanceof ContentDecoder.TooLong ? TOO_LARGE : UNDECODABLE));
    }

    private void complete(HttpClientResponse response, byte[] whole) {
        end(() -> emitter.complete(new Answer(
                response.statusCode(),
                whole,
                Optional.ofNullable(response.getHeader("Date")),
                Optional.ofNullable(response.getHeader("Retry-After")))));
    }

    /** From here on the code that passes the body on counts its memory. */
    private void end(Runnable with) {
        vertx.cancelTimer(timer);
        ended = true;
        try {
            with.run();
        } finally {
            if (!decoding) {
                body.lease().close();
            }
        }
    }
}
