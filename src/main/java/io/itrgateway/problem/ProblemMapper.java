package io.itrgateway.problem;

import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Singleton;
import jakarta.ws.rs.WebApplicationException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestResponse;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/**
 * The one exit for failures: whatever goes wrong, before, in or after a resource, becomes a problem document here.
 *
 * <p>There are two ways in, since the HTTP layer fails outside of Quarkus REST too: the exception mappers, and
 * {@link #answer(RoutingContext)}. Both end in {@link #headers} and {@link Problem#toJson()}.
 */
@Singleton
public class ProblemMapper {

    /** Where the edge leaves the request id in the routing context. */
    public static final String REQUEST_ID = "itr.request-id";

    /** Where this exit leaves the {@link ProblemKind} of the answer, for metrics and logs. */
    public static final String KIND = "itr.problem-kind";

    /** Where the effect of the operation that is called is found in the routing context; absent where none is. */
    public static final String EFFECT = "itr.effect";

    /** Where a resource that requires other credentials than a caller's leaves the challenge for its 401. */
    public static final String CHALLENGE = "itr.challenge";

    /** Where authentication leaves the {@link GatewayException} by which it refuses the request, if that is more than 401. */
    public static final String REFUSAL = "itr.refusal";

    /** Unless a challenge was left. */
    public static final String CALLERS_CHALLENGE = "ApiKey realm=\"itr-gateway\", header=\"x-api-key\"";

    /** So much of a body is read and dropped for a caller to get its answer; one that sends more is cut off. */
    public static final long MOST_DRAINED_BYTES = 8L * 1024 * 1024;

    private static final long HTTP2_NO_ERROR = 0;
    private static final long HTTP2_INTERNAL_ERROR = 2;

    private static final Logger LOG = Logger.getLogger(ProblemMapper.class);

    /** The types for which Quarkus has mappers of its own, and all others. */
    @ServerExceptionMapper({
        AuthenticationFailedException.class,
        UnauthorizedException.class,
        ForbiddenException.class,
        WebApplicationException.class,
        Throwable.class
    })
    public RestResponse<byte[]> map(Throwable failure, RoutingContext context) {
        return response(toGatewayException(failure, context), context);
    }

    /** Answers a request that failed, or found no handler, outside of Quarkus REST. */
    public void answer(RoutingContext context) {
        if (context.response().closed()) {
            return; // the caller hung up while it was sending
        }
        answer(context, ofRouter(context));
    }

    /** A status that the router chose says more than the exception that it came with. */
    private static GatewayException ofRouter(RoutingContext context) {
        boolean callersFault = context.statusCode() >= 400 && context.statusCode() < 500;
        return context.failure() == null || callersFault
                ? ofFrameworkStatus(context.statusCode(), context)
                : toGatewayException(context.failure(), context);
    }

    /** Answers a request that authentication has refused before any resource could. */
    public void refuse(RoutingContext context) {
        answer(context, refusal(context));
    }

    private static GatewayException refusal(RoutingContext context) {
        GatewayException said = context.get(REFUSAL);
        return said == null ? GatewayException.of(ProblemKind.UNAUTHENTICATED) : said;
    }

    /** Answers with that failure, unless an answer has begun; then nothing truthful can be added to it. */
    public void answer(RoutingContext context, GatewayException failure) {
        var response = context.response();
        if (response.headWritten() || response.closed()) {
            cutOff(context.request());
            return;
        }
        context.put(KIND, failure.kind());
        response.setStatusCode(failure.kind().status());
        headers(failure, context).forEach(response::putHeader);
        response.end(Buffer.buffer(document(failure, context)));
        if (!context.request().isEnded()) {
            drain(context.request());
        }
    }

    /**
     * Reads and drops what is still coming of the body. To close at once would reset the connection of a caller who is still
     * sending, and the answer with it. One who goes on for long is closed all the same.
     */
    private static void drain(HttpServerRequest request) {
        var dropped = new AtomicLong();
        request.handler(chunk -> {
            if (dropped.addAndGet(chunk.length()) > MOST_DRAINED_BYTES) {
                cutOff(request);
            }
        });
        request.endHandler(end -> {});
        request.exceptionHandler(gone -> {});
        request.resume();
    }

    /**
     * Ends a request to which nothing truthful can be added: in HTTP/2 its stream, since the others have nothing to do with it. What a caller
     * has not read of an incomplete answer is dropped: the connection itself, and its channel, close only when everything has been written.
     */
    public static void cutOff(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2) {
            if (request.connection() instanceof ConnectionBase connection
                    && !request.response().ended()) {
                connection.channelHandlerContext().close();
            } else {
                request.connection().close();
            }
        } else if (!request.response().closed()) {
            request.response().reset(request.response().ended() ? HTTP2_NO_ERROR : HTTP2_INTERNAL_ERROR);
        }
    }

    private static RestResponse<byte[]> response(GatewayException failure, RoutingContext context) {
        context.put(KIND, failure.kind());
        var answer = RestResponse.ResponseBuilder.<byte[]>create(failure.kind().status(), null)
                .entity(document(failure, context));
        headers(failure, context).forEach(answer::header);
        return answer.build();
    }

    private static byte[] document(GatewayException failure, RoutingContext context) {
        String requestId = context.get(REQUEST_ID);
        Optional<Effect> effect = Optional.ofNullable(context.get(EFFECT));
        return new Problem(failure, effect, context.request().path(), requestId == null ? "" : requestId).toJson();
    }

    private static Map<String, String> headers(GatewayException failure, RoutingContext context) {
        Map<String, String> headers = new TreeMap<>();
        headers.put("Content-Type", Problem.MEDIA_TYPE);
        failure.retryAfterSeconds().ifPresent(seconds -> headers.put("Retry-After", Long.toString(seconds)));
        if (failure.kind() == ProblemKind.UNAUTHENTICATED) {
            String challenge = context.get(CHALLENGE);
            headers.put("WWW-Authenticate", challenge == null ? CALLERS_CHALLENGE : challenge);
        }
        if (failure.kind() == ProblemKind.METHOD_NOT_ALLOWED
                && !context.response().headers().contains("Allow")) {
            var methods = AllowedMethods.of(context.request().path());
            headers.put("Allow", String.join(", ", AllowedMethods.completed(methods)));
        }
        return headers;
    }

    private static GatewayException toGatewayException(Throwable failure, RoutingContext context) {
        if (failure instanceof GatewayException known) {
            return known;
        }
        if (failure instanceof AuthenticationFailedException || failure instanceof UnauthorizedException) {
            return refusal(context);
        }
        if (failure instanceof ForbiddenException) {
            return GatewayException.of(ProblemKind.FORBIDDEN);
        }
        if (failure instanceof WebApplicationException framework) {
            var kind = ProblemKind.ofFrameworkStatus(framework.getResponse().getStatus());
            if (kind.isPresent()) {
                return GatewayException.of(kind.get());
            }
        }
        if (failure instanceof io.vertx.ext.web.handler.HttpException framework) {
            return ofFrameworkStatus(framework.getStatusCode(), context);
        }
        return logAndMapBug(failure, context);
    }

    private static GatewayException ofFrameworkStatus(int status, RoutingContext context) {
        return ProblemKind.ofFrameworkStatus(status)
                .map(GatewayException::of)
                .orElseGet(() -> logAndMapBug(new IllegalStateException("status " + status), context));
    }

    /** Whether it says no more than that the caller has gone while something was written to it. */
    private static boolean isEndOfConnection(Throwable failure, RoutingContext context) {
        return failure instanceof IOException
                && context.request().connection() instanceof ConnectionBase connection
                && !connection.channel().isActive();
    }

    private static GatewayException logAndMapBug(Throwable failure, RoutingContext context) {
        // What comes after the answer is the result of a call that had to be answered before it came: no bug.
        if (!context.response().ended() && !isEndOfConnection(failure, context)) {
            LOG.errorf(
                    new RedactedThrowable(failure), "internal error, request_id=%s", context.<String>get(REQUEST_ID));
        }
        return GatewayException.of(ProblemKind.INTERNAL_ERROR);
    }
}
