package io.itrgateway.edge;

import io.itrgateway.connection.ArrivalLimits;
import io.itrgateway.connection.Http1Exchanges;
import io.itrgateway.problem.GatewayException;
import io.itrgateway.problem.ProblemKind;
import io.itrgateway.problem.ProblemMapper;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * Reads the body of a request, counting while it comes.
 *
 * <p>Why not Quarkus': its limit answers without a problem document, and does not see a body without a Content-Length until it is
 * over. Why not Vert.x' body handler before the routing: Quarkus REST then fails for HTTP/2.
 */
public final class BoundedBodyReader {

    /** Longest body, in bytes. */
    static final int LONGEST_BYTES = 64 * 1024;

    private static final GatewayException TOO_LARGE = GatewayException.of(ProblemKind.PAYLOAD_TOO_LARGE);

    private final HttpServerRequest request;
    private final UniEmitter<? super byte[]> emitter;
    private final Limit limit;
    // Vert.x keeps the handlers of a request, and so this object, until the request is answered.
    private Buffer body = Buffer.buffer();
    private long bytes;
    private boolean refused;

    /**
     * How much of a body is read.
     *
     * @param longestBytes of one body
     * @param tooLarge how a longer one is refused
     * @param room asked for each part that has come, in bytes, whether it may be kept
     */
    public record Limit(int longestBytes, GatewayException tooLarge, IntPredicate room) {}

    BoundedBodyReader(HttpServerRequest request, UniEmitter<? super byte[]> emitter, Limit limit) {
        this.request = request;
        this.emitter = emitter;
        this.limit = limit;
    }

    /**
     * The whole body, at most 64 KiB; fails with {@link ProblemKind#PAYLOAD_TOO_LARGE} as soon as it is known to be longer, and with
     * {@link ProblemKind#OVERLOADED} where {@link LongBodies} take too much. Never comes when the request has been answered meanwhile: nothing
     * more may be done for it.
     */
    public static Uni<byte[]> read(RoutingContext context) {
        var share = LongBodies.OF_THIS_PROCESS.open();
        context.addEndHandler(ended -> share.giveBack()); // where a request is answered first, reading it does not end
        return read(context, new Limit(LONGEST_BYTES, TOO_LARGE, share::take))
                .onTermination()
                .invoke(share::giveBack);
    }

    /** The same with another limit; fails with {@link ProblemKind#OVERLOADED} where there is no room. */
    public static Uni<byte[]> read(RoutingContext context, Limit limit) {
        return Uni.createFrom().emitter(emitter -> {
            if (context.response().ended()) {
                return;
            }
            var condemned = refuseByHeaders(context, limit);
            if (condemned.isPresent()) {
                emitter.fail(condemned.get());
                return;
            }
            Buffer there = context.body().buffer();
            if (there != null) {
                emitter.complete(there.getBytes());
            } else if (context.request().isEnded()) {
                emitter.complete(new byte[0]);
            } else {
                new BoundedBodyReader(context.request(), emitter, limit).read(context.vertx());
                if (context.response().closed()) {
                    // The connection was lost while a token was judged, and no further event follows. What had come is
                    // delivered first.
                    Vertx.currentContext()
                            .runOnContext(
                                    delivered -> emitter.fail(GatewayException.of(ProblemKind.MALFORMED_REQUEST)));
                }
            }
        });
    }

    /**
     * Drops the body of a request whose method has none. Otherwise the request stays paused, and a service that stops takes it for one that
     * has not arrived in full.
     */
    public static void discard(HttpServerRequest request) {
        request.resume();
    }

    /** Why the body is refused by the head; it is not asked for then. */
    private static Optional<GatewayException> refuseByHeaders(RoutingContext context, Limit limit) {
        var headers = context.request().headers();
        if (headers.contains(HttpHeaders.CONTENT_ENCODING)
                && FieldValue.members(headers.getAll(HttpHeaders.CONTENT_ENCODING)).stream()
                        .anyMatch(coding -> !coding.equalsIgnoreCase("identity"))) {
            context.response().putHeader(HttpHeaders.ACCEPT_ENCODING, HttpHeaders.IDENTITY);
            return Optional.of(GatewayException.of(
                    ProblemKind.UNSUPPORTED_MEDIA_TYPE, "The body has a Content-Encoding. Send it as it is."));
        }
        return isLongerThan(limit.longestBytes, headers.get(HttpHeaders.CONTENT_LENGTH))
                ? Optional.of(limit.tooLarge)
                : Optional.empty();
    }

    private static boolean isLongerThan(int longestBytes, String contentLength) {
        if (contentLength == null) {
            return false;
        }
        try {
            return Long.parseLong(contentLength) > longestBytes;
        } catch (NumberFormatException e) {
            return false; // not of HTTP/1, whose length has been judged: counted while it comes
        }
    }

    void read(Vertx vertx) {
        request.exceptionHandler(gone -> emitter.fail(GatewayException.of(ProblemKind.MALFORMED_REQUEST)));
        request.handler(this::append);
        var exchanges = Http1Exchanges.of(request);
        if (exchanges == null) {
            long timer = vertx.setTimer(
                    ArrivalLimits.current().requestTimeout().toMillis(),
                    over -> emitter.fail(GatewayException.of(ProblemKind.REQUEST_TIMEOUT)));
            emitter.onTermination(() -> vertx.cancelTimer(timer));
            request.endHandler(end -> {
                vertx.cancelTimer(timer);
                complete();
            });
        } else {
            request.endHandler(end -> complete());
            exchanges.readBody(emitter::fail);
        }
        if (request.getHeader(HttpHeaders.EXPECT) != null
                && request.version() != HttpVersion.HTTP_1_0
                && FieldValue.members(request.headers().getAll(HttpHeaders.EXPECT)).stream()
                        .anyMatch("100-continue"::equalsIgnoreCase)) {
            request.response().writeContinue();
            if (exchanges != null) {
                exchanges.recordContinueSent();
            }
        }
        request.resume();
    }

    /** How much of the body is kept here now. */
    int heldBytes() {
        return body.length();
    }

    private void complete() {
        byte[] whole = body.getBytes();
        body = Buffer.buffer();
        emitter.complete(whole);
    }

    private void append(Buffer chunk) {
        bytes += chunk.length();
        if (bytes <= limit.longestBytes && !refused) {
            if (limit.room.test(chunk.length())) {
                body.appendBuffer(chunk);
                return;
            }
            refused = true;
            body = Buffer.buffer();
            emitter.fail(GatewayException.of(
                    ProblemKind.OVERLOADED, "The bodies of other requests take all the memory there is for them."));
        }
        body = Buffer.buffer();
        emitter.fail(limit.tooLarge);
        if (bytes > limit.longestBytes + ProblemMapper.MOST_DRAINED_BYTES) {
            ProblemMapper.cutOff(request);
        }
    }
}
